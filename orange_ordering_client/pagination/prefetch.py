"""Pages fetched before their turn: raw, in order, a few at a time."""

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
"""Pages of a list under way or in memory at once."""

_HASTE = (RateLimited, DeadlineExceeded, ConnectionFailed)
"""What can befall a page only because others were asked for at the same time: a rate limit, the pause that follows, a
busy pool. Such a page is asked for again when its turn comes, alone, as if nothing had been fetched ahead."""


def check_width(width: object) -> None:
    """Check a number of pages.

    Raises:
        InvalidArgument: it is not an integer from 1 to 8.
    """
    check_integer("fetch_ahead", width, 1, _MAX_WIDTH, unit="pages")


class Window(Generic[Raw]):
    """The page being read and those fetched ahead of it.

    Args:
        fetch: gets the page at an offset.
        step: items per page.
        width: pages under way or in memory at once, the one being read included; 1 fetches nothing ahead.
    """

    def __init__(self, fetch: Callable[[int], Awaitable[Raw]], step: int, width: int) -> None:
        self._fetch = fetch
        self._step = step
        self._width = width
        self._tasks: deque[tuple[int, asyncio.Task[Raw]]] = deque()
        self._limited: RateLimited | None = None

    async def take(self, offset: int, total: int | None = None) -> Raw:
        """The page at an offset, fetched ahead or now; the page taken before is taken to be gone.

        Args:
            offset: of the page, from 0.
            total: how many items there are, as the server says.

        Raises:
            OrderingError: of the fetch, as if nothing had been fetched ahead.
        """
        if not self._tasks or self._tasks[0][0] != offset:
            await self.close()
            return await self._fetch(offset)
        self._begin(offset, total, self._width)
        try:
            page = await self._tasks[0][1]
        except _HASTE as error:
            if isinstance(error, RateLimited):
                self._limited = error
        else:
            self._tasks.popleft()
            return page
        await self.close()
        try:
            return await self._fetch(offset)
        except DeadlineExceeded as error:
            # The pause after a rate limit is longer than a call may take. Read one by one, the limit would be told.
            raise (self._limited or error) from None

    def extend(self, offset: int, total: int | None, step: int) -> None:
        """Begin to fetch what follows the page being read; each fetch starts with a turn of the event loop.

        Args:
            offset: of the first page not yet taken.
            total: how many items there are, as the server says: how far to run ahead. Without a total nothing is
                fetched ahead: nobody knows how far the list goes.
            step: items that the last page had; servers cap pages below what is asked for.
        """
        # A last, shorter page says nothing of the next ones, and there are none.
        if not self._tasks:
            self._step = max(1, step)
        self._begin(offset, total, self._width - 1)

    async def close(self) -> None:
        """Cancel what is under way and wait until it is gone, its connections included."""
        tasks = [task for _, task in self._tasks]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _begin(self, offset: int, total: int | None, room: int) -> None:
        # After a failure nothing more is begun: the list may end there.
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
    # Reading the exception marks it as seen: nobody may ever come to this page.
    if not task.cancelled():
        task.exception()
