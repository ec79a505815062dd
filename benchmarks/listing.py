"""Benchmark of reading 10,000 requests in 40 pages of 50 ms each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import attrs

from benchmarks import sample, stock
from benchmarks.calling import client
from benchmarks.rounds import Medians, interleave_async
from orange_ordering_client import Hooks, OrderingClient
from orange_ordering_client.notifier import Notifier
from orange_ordering_client.session import Session

_WIDEST = 8


Run = Callable[[], Coroutine[Any, Any, Any]]


async def everything(origin: str) -> Medians:
    """Return the seconds until the last item."""

    def ours(which: OrderingClient, width: int) -> Run:
        async def run() -> None:
            async for item in which.requests.list().fetch_ahead(width):
                _touch(item)

        return run

    async with _peers(origin) as (theirs, plain):

        async def stock_sequential() -> None:
            # This is the simplest possible loop: it relies on the total.
            for offset in range(0, sample.TOTAL, sample.PAGE):
                for item in await theirs(offset):
                    _touch(item)

        contenders = {
            "stock, sequential": stock_sequential,
            "this SDK, one by one": ours(plain, 1),
            "this SDK, 4 pages (default)": ours(plain, 4),
            "this SDK, 8 pages": ours(plain, _WIDEST),
        }
        return await interleave_async(contenders, rounds=7)


async def first_item(origin: str) -> Medians:
    """Return the seconds until the first item."""

    def ours(which: OrderingClient) -> Run:
        async def run() -> float:
            started = time.perf_counter()
            async for item in which.requests.list().fetch_ahead(_WIDEST):
                _touch(item)
                break
            elapsed = time.perf_counter() - started
            await asyncio.sleep(0.01)
            return elapsed

        return run

    async with _peers(origin) as (theirs, plain):

        async def stock_first() -> float:
            started = time.perf_counter()
            _touch((await theirs(0))[0])
            return time.perf_counter() - started

        contenders = {"stock": stock_first, "this SDK": ours(plain)}
        return await interleave_async(contenders, rounds=25)


async def pages_held(origin: str) -> int:
    """Return the largest number of pages in memory at once, for a slow reader with the widest window."""
    arrived = most = read = 0

    def note(*_: object) -> None:
        nonlocal arrived, most
        arrived += 1
        most = max(most, arrived - read // sample.PAGE)

    async with client(origin) as plain:
        watch(plain, note)
        async for item in plain.requests.list().fetch_ahead(_WIDEST):
            _touch(item)
            read += 1
            if read % 50 == 0:
                await asyncio.sleep(0.01)
    return most


def watch(which: OrderingClient, note: object) -> None:
    """Call `note` for every response of the API."""
    session: Session = which._pipeline.session  # noqa: SLF001, RUF100 -- a benchmark may use private attributes
    hooks = session.notifier.hooks if session.notifier is not None else Hooks()
    session.notifier = Notifier(attrs.evolve(hooks, on_response=note))  # type: ignore[arg-type]  # any callable


@asynccontextmanager
async def _peers(origin: str) -> AsyncIterator[tuple[Callable[[int], Awaitable[Any]], OrderingClient]]:
    listing, clients = stock.load("api.requests.requests_list"), stock.load("client")
    async with (
        clients.AuthenticatedClient(base_url=f"{origin}/api", token="t") as theirs,  # noqa: S106 -- not a real secret
        client(origin) as plain,
    ):
        yield (
            lambda offset: listing.asyncio(client=theirs, offset=offset, limit=sample.PAGE),
            plain,
        )


def _touch(item: object) -> None:
    item.id  # type: ignore[attr-defined]  # noqa: B018 -- the least that a reader does
