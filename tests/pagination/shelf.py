"""A list in memory, as a server gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from orange_ordering_client.pagination import Batch, Pager

Items = list[dict[str, Any]]


def items(*ids: object) -> Items:
    return [{"id": str(each)} for each in ids]


class Shelf:
    """A list behind a server: what it answers for an offset and a limit, and what it was asked."""

    def __init__(self, page: Callable[[int, int], Items], total: int | None = None) -> None:
        self.page = page
        self.total = total
        self.asked: list[tuple[int, int]] = []

    async def fetch(self, offset: int, limit: int) -> Batch:
        self.asked.append((offset, limit))
        await asyncio.sleep(0)
        return Batch(self.page(offset, limit), self.total)

    def pager(self, decode: Callable[[Any], Any] = lambda item: item, **options: Any) -> Pager[Any]:
        return Pager(self.fetch, decode, **options)

    async def read(self, **options: Any) -> Items:
        async with asyncio.timeout(5):
            return [item async for item in self.pager(**options)]


def whole(count: int) -> Callable[[int, int], Items]:
    """An honest list of so many items."""
    return lambda offset, limit: items(*range(offset, min(count, offset + limit)))
