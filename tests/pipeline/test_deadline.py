"""pipeline: the deadline covers attempts, pauses and the token."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken, DeadlineExceeded, OrderingError, ServiceUnavailable
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.operation import Operation
from orange_ordering_client.retry import RetryPolicy
from tests.calls import ORDER, READ, as_is, calling, http_client, settings_for
from tests.clocks import FakeTime, StoppedTime
from tests.servers import Held, Reply, Server, answer, closed_port, error, grant

UNAVAILABLE = error(503, 5)


async def test_the_deadline_covers_pauses(server: Server) -> None:
    server.on("/requests", UNAVAILABLE)
    time = FakeTime()

    async with calling(server, clock=time.clock, timeout=4.0, retry=RetryPolicy(max_attempts=99)) as pipeline:
        with pytest.raises(ServiceUnavailable):
            await pipeline.call(READ, as_is)

    assert time.slept == [0.5, 1.0, 2.0]
    assert time.elapsed < 4.0


async def test_the_deadline_covers_attempts(server: Server) -> None:
    server.on("/requests", Held())

    async with calling(server, timeout=0.2, retry=RetryPolicy(attempt_timeout=0.05, first_delay=0.01)) as pipeline:
        before = asyncio.get_running_loop().time()
        with pytest.raises((DeadlineExceeded, ConnectionBroken)):
            await pipeline.call(READ, as_is)
        assert asyncio.get_running_loop().time() - before < 0.35

    assert len(server.calls) > 1


async def test_a_silent_server_is_a_deadline_exceeded(server: Server) -> None:
    server.on("/requests", Held())

    async with calling(server, timeout=0.1) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"No answer within the 0\.1 s of this call\."):
            await pipeline.call(READ, as_is)


async def test_the_deadline_covers_the_token(server: Server) -> None:
    server.tokens(Held())

    async with calling(server, timeout=0.1) as pipeline:
        with pytest.raises(DeadlineExceeded, match="Nothing was sent: no access token") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert not caught.value.may_have_been_accepted


async def test_the_connection_is_free_again_before_a_pause(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", UNAVAILABLE, answer([1]))
    server.on("/other", answer([2]))
    async with calling(
        server, clock=time.clock, http=http_client(limits=httpx.Limits(max_connections=1)), timeout=5.0
    ) as pipeline:
        pausing = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)

        assert await pipeline.call(Operation("other", "GET", "/other"), as_is) == [2]

        time.advance(1.0)
        assert await pausing == [1]
    assert len({call.connection for call in server.calls}) == 1


async def test_a_call_that_never_connected_says_so_whatever_its_timeout(server: Server) -> None:
    unreachable = settings_for(server, base_url=f"http://127.0.0.1:{closed_port()}")

    async with calling(server, timeout=1.0, settings=unreachable) as pipeline:
        with pytest.raises(OrderingError, match="could not be reached"):
            await pipeline.call(READ, as_is)


async def test_a_deadline_during_a_later_token_wait_names_the_failure_before(server: Server) -> None:
    server.on("/requests", Reply(401))
    server.tokens(grant(), Held())

    async with calling(server, timeout=0.5) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"no access token.*previous attempt failed: Unauthorized \(401\)"):
            await pipeline.call(READ, as_is)


async def test_a_deadline_that_a_hook_uses_up_names_the_failure_before(server: Server) -> None:
    server.on("/requests", UNAVAILABLE)
    time = FakeTime()
    hooks = Hooks(on_request=lambda record: time.advance(61.0) if record.attempt == 2 else None)

    async with calling(server, clock=time.clock, hooks=hooks) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"previous attempt failed: ServiceUnavailable \(503\)") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert not caught.value.may_have_been_accepted
