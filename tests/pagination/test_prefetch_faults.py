"""pagination: pages fetched ahead over real sockets, under faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import attrs
import pytest

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.pagination import Pager
from orange_ordering_client.retry import RetryPolicy
from tests.calls import READ, STATUS, as_is, calling
from tests.clocks import FakeTime
from tests.servers import DROP, Received, Reply, Server, Truncated, answer, error, serving


def numbered(first: int, last: int) -> list[Any]:
    return [{"id": str(n)} for n in range(first, last)]


async def read_all(
    pager: Pager[Any], items: list[Any], after_each: Callable[[], Awaitable[None]] | None = None
) -> None:
    async for item in pager:
        items.append(item)
        if after_each is not None:
            await after_each()


async def outcome(pager: Pager[Any]) -> tuple[list[Any], str | None]:
    """All items, and what reading ended with."""
    items: list[Any] = []
    try:
        await read_all(pager, items)
    except OrderingError as failure:
        return items, type(failure).__name__
    return items, None


SIZE = 95


def shelf_of(server: Server, faults: dict[int, list[Any]]) -> None:
    """A list of SIZE items, some pages of which first answer with a fault."""
    pending = {offset: list(scripts) for offset, scripts in faults.items()}

    def play(request: Received) -> Any:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        if pending.get(offset):
            return pending[offset].pop(0)
        return page_of(offset, limit)

    server.on("/requests", play)


def page_of(offset: int, limit: int) -> Reply:
    return answer(numbered(offset, min(offset + limit, SIZE)), X_Total_Count=str(SIZE))


QUICK = RetryPolicy(max_attempts=3, first_delay=0.001)

FAULTS: dict[str, dict[int, list[Any]]] = {
    "none": {},
    "dropped": {30: [DROP]},
    "truncated": {30: [Truncated(page_of(30, 10))]},
    "a gateway's page": {20: [Reply(502, b"<html>")], 40: [Reply(503, b"")]},
    "rate limited": {offset: [error(429, 53, Retry_After="0")] for offset in range(0, SIZE, 10)},
    "rate limited, the other way": {40: [error(403, 53)] * 2},
    "token refused once": {50: [error(401, 42)]},
    "not json": {30: [Reply(200, b"[{")] * 9},
    "no list": {30: [answer({})] * 9},
    "not found": {30: [error(404, 60)] * 9},
    "forbidden": {60: [error(403, 50)] * 9},
    "down for good": {30: [error(500, 1)] * 9},
    "rate limited for good": {30: [error(429, 53)] * 99},
    "a pause too long": {30: [error(429, 53, Retry_After="3600")] * 99},
    "dropped for good": {30: [DROP] * 9},
    "empty in the middle": {40: [answer([])]},
    "short in the middle": {40: [answer(numbered(40, 43))]},
    "the same page again": {40: [page_of(30, 10)], 50: [page_of(30, 10)]},
    "moved by three": {40: [page_of(37, 10)]},
}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS)
async def test_under_every_fault_the_results_are_those_of_reading_one_by_one(server: Server, fault: str) -> None:
    results: list[Any] = []
    for width in (1, 4, 8):
        shelf_of(server, FAULTS[fault])
        async with calling(server, retry=QUICK, fetch_ahead=width) as pipeline:
            results.append(await outcome(pipeline.pager(READ, as_is, limit=10)))

    assert results[1:] == results[:1] * 2


async def test_one_rate_limit_pauses_every_page_under_way(server: Server) -> None:
    time = FakeTime()
    shelf_of(server, {30: [error(429, 53, Retry_After="7")]})
    async with calling(server, clock=time.clock, timeout=60) as pipeline:
        items, failure = await outcome(pipeline.pager(READ, as_is, limit=10))

    assert (len(items), failure) == (SIZE, None)
    assert max(time.slept) >= 7


async def test_leaving_early_closes_the_connections_under_way() -> None:
    waiting, closed = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"offset=0" in await reader.readuntil(b"\r\n\r\n"):
            await attrs.evolve(page_of(0, 10), close=True).play(writer)
        else:
            waiting.release()
            await reader.read()
            closed.release()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server = Server()
    server.port = listening.sockets[0].getsockname()[1]
    async with asyncio.timeout(10), calling(server) as pipeline:
        async for item in pipeline.pager(STATUS, as_is, limit=10):
            if item["id"] == "1":
                for _ in range(3):
                    await waiting.acquire()
                break
        for _ in range(3):
            await closed.acquire()
    listening.close()
