"""Lists: one page, the next page, or every item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, overload

import attrs

from orange_ordering_client.checks import check_integer
from orange_ordering_client.errors import DecodeError, PaginationError
from orange_ordering_client.pagination.prefetch import DEFAULT_WIDTH, Window, check_width
from orange_ordering_client.pagination.progress import Progress

__all__ = ["MAX_LIMIT", "Batch", "Page", "Pager"]

T = TypeVar("T")
MAX_LIMIT: Final = 250
"""Largest number of items per page, which is also the default (FACTS, Lists)."""

_ITEMS_PER_TURN: Final = 32
"""Number of items that are yielded before other tasks, such as those that fetch pages, may run."""


class Batch:
    """An undecoded page: JSON items, and the total number of items.

    Args:
        items: items, or a function that parses them on first use.
        total: total number of items; None if the server did not announce it.
    """

    __slots__ = ("_items", "_read", "total")

    def __init__(self, items: list[Any] | Callable[[], list[Any]], total: int | None) -> None:
        self._items: list[Any] | None = None
        self._read: Callable[[], list[Any]] | None = None
        if callable(items):
            self._read = items
        else:
            self._items = items
        self.total = total

    @property
    def items(self) -> list[Any]:
        """The items.

        Raises:
            DecodeError: the page is not a JSON list.
        """
        if self._read is not None:
            self._items, self._read = self._read(), None
        return self._items or []


class Pager(Generic[T]):
    """A list that was not read yet: `await` returns one page, `async for` yields every item.

    While items are read, the next pages are fetched; the results are the same as without prefetching. Leaving the loop
    cancels these requests.

    If the list changes while it is read, no item is yielded twice. No remaining item is skipped if the total shows the
    change. The total does not show it if as many items were removed as added between two pages.

    Args:
        fetch: function that fetches one page for an offset and a limit.
        decode_item: function that decodes one JSON item.
        offset: offset of the first item, from 0.
        limit: items per page, 1 to 250; None means 250.
        width: pages that are requested or in memory at once, 1 to 8.

    Raises:
        InvalidArgument: a number is out of range; nothing is sent.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], Awaitable[Batch]],
        decode_item: Callable[[Any], T],
        *,
        offset: int = 0,
        limit: int | None = None,
        width: int = DEFAULT_WIDTH,
    ) -> None:
        self._fetch = fetch
        self._decode_item = decode_item
        self._offset = check_integer("offset", offset, 0)
        self._limit = MAX_LIMIT if limit is None else check_integer("limit", limit, 1, MAX_LIMIT)
        check_width(width)
        self._width = width

    def fetch_ahead(self, width: int) -> Pager[T]:
        """Return the same list with another number of prefetched pages.

        Args:
            width: pages that are requested or in memory at once, 1 to 8, including the current page; 1 means no
                prefetching.

        Raises:
            InvalidArgument: the number is out of range.
        """
        return Pager(self._fetch, self._decode_item, offset=self._offset, limit=self._limit, width=width)

    def __repr__(self) -> str:
        return (
            f"<list from item {self._offset} on, {self._limit} per page, not read yet: use `async for` for every item,"
            " or `await` for one page>"
        )

    if TYPE_CHECKING:
        pass  # Without these methods, a type checker reports the wrong uses; with them it would accept these uses.
    else:

        def __iter__(self) -> NoReturn:
            raise TypeError("A list is read from the server: use `async for item in ...`, not `for`.")

        def __len__(self) -> NoReturn:
            raise TypeError("A list has no length before it is read: use `(await ...list(limit=1)).total`.")

        def __getitem__(self, place: object) -> NoReturn:
            raise TypeError("A list has no items before it is read: `(await ...list())[0]` is the first one.")

        def __bool__(self) -> NoReturn:
            raise TypeError("A list is not read yet: use `await ...list(limit=1)`, which is false if it is empty.")

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._page(self._offset, Progress(self._offset, self._limit)).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        window, progress = self._window(), Progress(self._offset, self._limit)
        offset: int | None = self._offset
        try:
            while offset is not None:
                batch = await window.take(offset, progress.total)
                places = progress.fresh(batch.items, offset, batch.total)
                items, step = [*batch.items], len(batch.items)
                del batch
                offset = progress.next_offset
                for turn, place in enumerate(places):
                    yield self._decode(items, place)
                    if turn % _ITEMS_PER_TURN == 0:
                        # Prefetching starts after the first item: a caller that stops there requests only one page.
                        if offset is not None:
                            window.extend(offset, progress.total, step)
                            await asyncio.sleep(0)
                        else:
                            await window.close()
                # The memory of this page is released before the next page is requested.
                items.clear()
        finally:
            await window.close()

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Yield every page in sequence."""
        window, progress = self._window(), Progress(self._offset, self._limit)
        offset: int | None = self._offset
        try:
            while offset is not None:
                batch = await window.take(offset, progress.total)
                step = len(batch.items)
                page = self._read(batch, offset, progress)
                del batch
                offset = progress.next_offset
                if offset is not None:
                    window.extend(offset, progress.total, step)
                else:
                    await window.close()
                yield page
                # The memory of this page is released before the next page is requested.
                del page
        finally:
            await window.close()

    def _window(self) -> Window[Batch]:
        return Window(lambda offset: self._fetch(offset, self._limit), self._width)

    async def _page(self, offset: int, progress: Progress) -> Page[T]:
        return self._read(await self._fetch(offset, self._limit), offset, progress)

    def _read(self, batch: Batch, offset: int, progress: Progress) -> Page[T]:
        places = progress.fresh(batch.items, offset, batch.total)
        items, total = [*batch.items], batch.total
        del batch
        models = [self._decode(items, place) for place in places]
        # Each page has its own copy, because every page may be asked for the next one, at any time and repeatedly.
        return Page(models, total, offset, self._limit, progress.next_offset, self, progress.copy())

    def _decode(self, items: list[Any], place: int) -> T:
        # The item is removed from the page, because releasing the JSON item by item is faster than all at once.
        item, items[place] = items[place], None
        try:
            return self._decode_item(item)
        except DecodeError as error:
            raise error.at(place) from None


@attrs.frozen(eq=False, repr=False)
class Page(Generic[T]):
    """One page of a list.

    It can be pickled. A pickled page has its items and numbers, but no client to read the next page.

    Attributes:
        items: decoded items.
        total: number of items in the list (`X-Total-Count`); None if the server did not announce it. It may be wrong.
        offset: offset of the first requested item, from 0.
        limit: number of requested items.
    """

    items: list[T]
    total: int | None
    offset: int
    limit: int
    _next_offset: int | None
    _pager: Pager[T] | None
    _progress: Progress | None

    def __reduce__(self) -> tuple[Any, ...]:
        return Page, (self.items, self.total, self.offset, self.limit, self._next_offset, None, None)

    def __repr__(self) -> str:
        total = "an unknown number" if self.total is None else self.total
        more = "; `await page.next()` for the next" if self.has_next else ""
        return f"<page of {len(self.items)} items from item {self.offset} on, of {total}: use `for`{more}>"

    if TYPE_CHECKING:
        pass  # Without this method, a type checker reports the wrong use; with it the checker would accept this use.
    else:

        def __aiter__(self) -> NoReturn:
            raise TypeError("A page has its items: use `for`, not `async for`. `async for` is for the whole list.")

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        try:
            return self.items[place]
        except IndexError:
            raise IndexError(
                f"The page has {len(self.items)} items and none at {place}. For items of other pages use `async for` or"
                " `await page.next()`."
            ) from None

    @property
    def has_next(self) -> bool:
        """Whether there may be another page. The last page is empty, or reaches the announced total."""
        return self._next_offset is not None

    async def next(self) -> Page[T] | None:
        """Fetch and return the page after this one; None after the last page. Each call fetches it again.

        Raises:
            PaginationError: the server repeats a page, the list cannot be read completely, or this page was pickled.
        """
        if self._next_offset is None:
            return None
        if self._pager is None or self._progress is None:
            raise PaginationError(
                f"This page was pickled and has no client. Read on with list(offset={self._next_offset})."
            )
        return await self._pager._page(self._next_offset, self._progress.copy())  # pyright: ignore[reportPrivateUsage]  # page and pager are one unit
