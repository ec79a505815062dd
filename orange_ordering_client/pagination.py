"""Lists: one page, the next, or every item."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any, Final, Generic, TypeVar

import attrs

from orange_ordering_client.ahead import DEFAULT_WIDTH, Window, check_width
from orange_ordering_client.errors import DecodeError, InvalidArgument, PaginationError

__all__ = ["MAX_LIMIT", "Batch", "Page", "Pager"]

logger = logging.getLogger("orange_ordering_client")

T = TypeVar("T")
MAX_LIMIT: Final = 250
"""Items per page, at most and unless told otherwise (FACTS, Lists)."""

_ITEMS_PER_TURN: Final = 32
"""So many items are given out before other tasks, the fetching ones among them, get their turn."""


class Batch:
    """A page as it came: JSON items, and the number that match in all as far as the server said.

    Args:
        items: or what reads them, when they are first looked at.
        total: None if the server did not say.
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


class _Progress:
    """What a reader has seen, so that moving pages give nothing twice and a stuck server does not hold it for ever."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._looks: set[int] = set()
        self._stale = 0

    def fresh(self, batch: Batch, offset: int) -> list[int]:
        """The places on the page of the items not seen before.

        Raises:
            PaginationError: page after page brings nothing new although the offset moves. One such page is forgiven:
                a burst of new items in front shifts a page onto itself.
        """
        fresh: list[int] = []
        identified = new = 0
        for place, item in enumerate(batch.items):
            # Without an id (`fields=` can leave it out) two items cannot be told from one item seen twice.
            identity: Any = item.get("id") if isinstance(item, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # JSON
            if isinstance(identity, str):
                identified += 1
                if identity in self._seen:
                    continue
                self._seen.add(identity)
                new += 1
            fresh.append(place)
        if identified:
            stale = not new
        else:
            # Without ids pages may be alike and all be right (`fields="status"`), as far as there is anything to read.
            # What they looked like is remembered, rather than the pages themselves, which would stay in memory.
            looks = hash(str(batch.items))
            stale = bool(batch.items) and looks in self._looks and not offset < (batch.total or 0)
            self._looks.add(looks)
        self._stale = self._stale + 1 if stale else 0
        if self._stale > 1:
            raise PaginationError("The server gives the same items again and again, whatever the offset.")
        return fresh


@attrs.frozen(eq=False)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: decoded.
        total: how many match in all, as the server says (`X-Total-Count`); None if it does not. Not to be relied on.
        offset: of the first item asked for, from 0.
        limit: how many were asked for.
    """

    items: list[T]
    total: int | None
    offset: int
    limit: int
    _received: int = attrs.field(repr=False)
    _pager: Pager[T] = attrs.field(repr=False)
    _progress: _Progress = attrs.field(repr=False)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_next(self) -> bool:
        """Whether there may be another page: a short or empty page is the last one, whatever the counts say."""
        return self._received >= self.limit

    async def next(self) -> Page[T] | None:
        """Fetch the page after this one, None after the last.

        Raises:
            PaginationError: the server keeps giving the same page.
        """
        if not self.has_next:
            return None
        return await self._pager._page(self.offset + self._received, self._progress)  # pyright: ignore[reportPrivateUsage]  # a page is a part of its pager


class Pager(Generic[T]):
    """A list not yet read: `await` it for one page, `async for` over it for every item.

    While items are read, the next pages are fetched; results are those of reading one page after the other. Leaving
    the loop cancels what is under way.

    Args:
        fetch: gets one batch for an offset and a limit.
        decode_item: makes a model of one JSON item.
        offset: where to begin, from 0.
        limit: items per page, 1 to 250; None is 250.
        width: pages under way or in memory at once, 1 to 8.

    Raises:
        InvalidArgument: one of them is out of range; nothing is sent.
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
        self._offset = _whole("offset", offset, 0, None)
        self._limit = MAX_LIMIT if limit is None else _whole("limit", limit, 1, MAX_LIMIT)
        check_width(width)
        self._width = width

    def fetch_ahead(self, width: int) -> Pager[T]:
        """The same list, read with more or fewer pages under way.

        Args:
            width: pages under way or in memory at once, 1 to 8, the one being read included; 1 reads one after the
                other.

        Raises:
            InvalidArgument: out of range.
        """
        return Pager(self._fetch, self._decode_item, offset=self._offset, limit=self._limit, width=width)

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._page(self._offset, _Progress()).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        window, progress = self._window(), _Progress()
        offset, total, more = self._offset, None, True
        try:
            while more:
                batch = await window.take(offset, total)
                places, items, total = progress.fresh(batch, offset), [*batch.items], batch.total
                del batch
                offset, more = offset + len(items), len(items) >= self._limit
                for turn, place in enumerate(places):
                    yield self._decode(items, place)
                    if turn % _ITEMS_PER_TURN == 0:
                        # Not before the first item is out: whoever leaves then has cost the server one page.
                        if more:
                            window.extend(offset, total)
                            await asyncio.sleep(0)
                        else:
                            await window.close()
                # A page is let go before the next is asked for.
                items.clear()
                self._tell_end(offset, total, more)
        finally:
            await window.close()

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Every page, one after the other."""
        window, progress = self._window(), _Progress()
        offset, total, more = self._offset, None, True
        try:
            while more:
                page = self._read(await window.take(offset, total), offset, progress)
                offset, total, more = offset + page._received, page.total, page.has_next  # pyright: ignore[reportPrivateUsage]  # a page is a part of its pager
                if more:
                    window.extend(offset, total)
                else:
                    await window.close()
                yield page
                # A page is let go before the next is asked for.
                del page
        finally:
            await window.close()

    def _window(self) -> Window[Batch]:
        return Window(lambda offset: self._fetch(offset, self._limit), self._limit, self._width)

    async def _page(self, offset: int, progress: _Progress) -> Page[T]:
        return self._read(await self._fetch(offset, self._limit), offset, progress)

    def _read(self, batch: Batch, offset: int, progress: _Progress) -> Page[T]:
        places, items, total = progress.fresh(batch, offset), [*batch.items], batch.total
        del batch
        models = [self._decode(items, place) for place in places]
        page = Page(models, total, offset, self._limit, len(items), self, progress)
        self._tell_end(offset + len(items), total, page.has_next)
        return page

    def _tell_end(self, read: int, total: int | None, more: bool) -> None:
        if not more and total is not None and total > read:
            logger.warning("list ended after %d items although the server announced %d", read, total)

    def _decode(self, items: list[Any], place: int) -> T:
        # Taken off the page: its JSON shrinks as the models grow, which is quicker than to let go of it all at once.
        item, items[place] = items[place], None
        try:
            return self._decode_item(item)
        except DecodeError as error:
            raise error.at(place) from None


def _whole(name: str, value: object, lowest: int, highest: int | None) -> int:
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and lowest <= value
        and (highest is None or value <= highest)
    ):
        return value
    allowed = f"from {lowest}" if highest is None else f"from {lowest} to {highest}"
    raise InvalidArgument(f"{name} is {value!r}; give a whole number {allowed}.")
