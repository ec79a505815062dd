"""call: what the state of a call says at each moment, read by who made the call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from orange_ordering_client.call import CallState
from orange_ordering_client.errors import OrderingError, ServiceUnavailable
from orange_ordering_client.operation import Operation
from orange_ordering_client.retry import RetryPolicy
from tests.calls import ORDER, READ, as_is, calling
from tests.clocks import FakeTime
from tests.servers import DROP, Held, Received, Reply, Server, answer, error, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


async def test_an_order_may_have_been_accepted_while_its_response_is_awaited(server: Server) -> None:
    server.on("/requests", Held())
    state = CallState()
    async with calling(server) as pipeline:
        call = asyncio.create_task(pipeline.tracked(state).call(ORDER, as_is, body={}))
        assert not state.may_have_been_accepted
        await server.until(lambda s: len(s.calls) == 1)

        assert state.may_have_been_accepted

        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    assert state.may_have_been_accepted


@pytest.mark.parametrize(
    ("operation", "reply", "expected"),
    [
        (ORDER, DROP, True),
        (ORDER, error(500, 1), True),
        (ORDER, error(422, 3620), False),
        (ORDER, answer({}, 201), True),
        (READ, DROP, False),
        (READ, error(500, 1), False),
    ],
    ids=["dropped", "500", "422", "created", "read dropped", "read 500"],
)
async def test_the_state_says_whether_an_order_may_have_been_accepted(
    server: Server, operation: Operation, reply: Reply | Callable[[Received], Reply], expected: bool
) -> None:
    server.on("/requests", reply)
    state = CallState()
    async with calling(server, retry=None) as pipeline:
        with contextlib.suppress(OrderingError):
            await pipeline.tracked(state).call(operation, as_is)

    assert state.may_have_been_accepted is expected


async def test_the_state_counts_attempts_and_pauses_and_keeps_the_last_failure(server: Server) -> None:
    time = FakeTime()
    server.on("/requests", error(503, 5), error(503, 5), answer({}, 201))
    state = CallState()
    async with calling(server, clock=time.clock, retry=RetryPolicy(first_delay=1.0)) as pipeline:
        await pipeline.tracked(state).call(ORDER, as_is, body={})

    assert state.attempt == 3
    assert state.waited == time.elapsed > 0
    assert isinstance(state.failure, ServiceUnavailable)
