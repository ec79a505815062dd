"""pipeline: cancellation passes from every await."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from orange_ordering_client.operation import Operation
from tests.calls import ORDER, READ, as_is, calling, http_client
from tests.clocks import StoppedTime
from tests.servers import Drip, Held, Server, answer, error, grant


async def cancelled(call: asyncio.Task[Any]) -> None:
    """Cancelling has to end a call within a few turns of the loop, not after some timeout."""
    call.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await call


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_cancelling_passes_from_the_wait_for_a_token(server: Server, operation: Operation) -> None:
    held = Held(grant())
    server.tokens(held)
    async with calling(server) as pipeline:
        call = asyncio.create_task(pipeline.call(operation, as_is))
        await server.until(lambda s: len(s.token_requests) == 1)

        await cancelled(call)

        held.release.set()
        assert await pipeline.call(operation, as_is) == {}
    assert len(server.token_requests) == 1


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_cancelling_passes_from_the_request_and_frees_its_connection(
    server: Server, operation: Operation
) -> None:
    server.on("/requests", Held(), answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=1))
    async with calling(server, http=http, timeout=2.0) as pipeline:
        call = asyncio.create_task(pipeline.call(operation, as_is))
        await server.until(lambda s: len(s.calls) == 1)

        await cancelled(call)

        assert await pipeline.call(operation, as_is) == [1]


async def test_cancelling_passes_from_the_reading_of_a_body(server: Server) -> None:
    server.on("/requests", Drip(answer("x" * 500)), answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=1))
    async with calling(server, http=http, timeout=2.0) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await server.until(lambda s: len(s.calls) == 1)
        await asyncio.sleep(0.05)

        await cancelled(call)

        assert await pipeline.call(READ, as_is) == [1]


async def test_cancelling_passes_from_a_pause_and_from_the_gate(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", error(429, 53, Retry_After="7"), answer([1]))
    async with calling(server, clock=time.clock) as pipeline:
        pausing = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)
        gated = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(2)

        await cancelled(pausing)
        await cancelled(gated)

        time.advance(7.0)
        assert await pipeline.call(READ, as_is) == [1]


async def test_a_callers_own_timeout_works_as_everywhere(server: Server) -> None:
    server.on("/requests", Held())
    async with calling(server) as pipeline:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pipeline.call(READ, as_is)


async def test_a_hundred_cancelled_calls_leave_no_connection_behind(server: Server) -> None:
    server.on("/requests", *[Held()] * 100, answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=10))
    async with calling(server, http=http, timeout=5.0) as pipeline:
        calls = [asyncio.create_task(pipeline.call(READ, as_is)) for _ in range(100)]
        await server.until(lambda s: len(s.calls) == 10)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        server.on("/requests", answer([1]))

        assert await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(20))) == [[1]] * 20
