"""Prefetching of pages: they are fetched undecoded, in order, a few at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from orange_ordering_client.checks import check_integer
from orange_ordering_client.errors import ConnectionFailed, DeadlineExceeded, RateLimited

__all__ = ["DEFAULT_WIDTH", "Window", "check_width"]

Raw = TypeVar("Raw")

DEFAULT_WIDTH: Final = 4
_MAX_WIDTH: Final = 8
"""Default and largest number of pages of a list that are requested or in memory at once."""

_CAUSED_BY_PREFETCH = (RateLimited, DeadlineExceeded, ConnectionFailed)
"""Failures that parallel requests may cause: a rate limit, its cooldown, a busy pool. Such a page is requested again
when it is the current page, without parallel requests."""


def check_width(width: object) -> None:
    """Check the number of prefetched pages.

    Raises:
        InvalidArgument: the number is not an integer from 1 to 8.
    """
    check_integer("fetch_ahead", width, 1, _MAX_WIDTH, unit="pages")


class Window(Generic[Raw]):
    """The current page and the prefetched pages.

    Args:
        fetch: function that fetches the page at an offset.
        width: pages that are requested or in memory at once, including the current page; 1 means no prefetching.
    """

    def __init__(self, fetch: Callable[[int], Awaitable[Raw]], width: int) -> None:
        self._fetch = fetch
        self._step = 1
        self._width = width
        self._tasks: deque[tuple[int, asyncio.Task[Raw]]] = deque()
        self._limited: RateLimited | None = None

    async def take(self, offset: int, total: int | None = None) -> Raw:
        """Return the page at an offset, prefetched or fetched now. The caller must have released the previous page.

        Args:
            offset: offset of the page, from 0.
            total: announced number of items.

        Raises:
            OrderingError: error of the fetch, the same as without prefetching.
        """
        if not self._tasks or self._tasks[0][0] != offset:
            await self.close()
            return await self._fetch(offset)
        self._begin(offset, total, self._width)
        try:
            page = await self._tasks[0][1]
        except _CAUSED_BY_PREFETCH as error:
            if isinstance(error, RateLimited):
                self._limited = error
        else:
            self._tasks.popleft()
            return page
        await self.close()
        try:
            return await self._fetch(offset)
        except DeadlineExceeded as error:
            # The cooldown ends after the call. Without prefetching, the rate limit itself would have been raised.
            raise (self._limited or error) from None

    def extend(self, offset: int, total: int | None, step: int) -> None:
        """Start to prefetch the pages after the current page.

        Args:
            offset: offset of the next page.
            total: announced number of items. Without it, nothing is prefetched, because the end of the list is unknown.
            step: number of items of the current page; servers may cap pages below the limit.
        """
        # The step is not changed while pages are prefetched: the last page may be shorter, but no page follows it.
        if not self._tasks:
            self._step = max(1, step)
        self._begin(offset, total, self._width - 1)

    async def close(self) -> None:
        """Cancel running requests, and wait until they have ended and released their connections."""
        tasks = [task for _, task in self._tasks]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _begin(self, offset: int, total: int | None, room: int) -> None:
        # After a failure no more pages are requested, because the list may end there.
        if total is None or any(_failed(task) for _, task in self._tasks):
            return
        offset += len(self._tasks) * self._step
        while len(self._tasks) < room and offset < total:
            task = asyncio.create_task(_run(self._fetch, offset), name="orange-ordering-page")
            task.add_done_callback(_seen)
            self._tasks.append((offset, task))
            offset += self._step


async def _run(fetch: Callable[[int], Awaitable[Raw]], offset: int) -> Raw:
    return await fetch(offset)


def _failed(task: asyncio.Task[Raw]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _seen(task: asyncio.Task[Raw]) -> None:
    # Reading the exception marks it as retrieved, because this page may never become the current page.
    if not task.cancelled():
        task.exception()
