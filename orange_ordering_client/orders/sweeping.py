"""Reading a sorted list that changes while it is read, without skipping an item."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.errors import PaginationError
from orange_ordering_client.pagination import Page

__all__ = ["MAX_SWEPT", "Descent", "sweep"]

MAX_SWEPT = 50_000
"""Requests that are read at most if the server does not sort or filter."""

_OVERLAP = 10
"""Items that each page shares with the one before, half of its items at most. A removal in front of a page moves later
items up; without an overlap, the next page would skip as many."""

_STEPS_BACK = 40
_STALE = 8
"""Pages that may have nothing in common with those before, and pages in a row that may bring nothing new, before the
list is called unreadable."""


async def sweep(
    fetch: Callable[[int], Awaitable[Page[Request]]], *, certain: bool = False
) -> AsyncGenerator[list[Request], None]:
    """Read a list to its end, page by page without prefetching, each item once.

    Pages overlap, so that removals above are noticed; if a page has nothing in common with those before, it is read
    again from further up. Without ids, or with one item per page, there is no overlap.

    Args:
        fetch: gets the page at an offset.
        certain: do not rely on counts. The list ends when a page reaches no further than those before, which takes one
            more call, and not before the announced total. Without that total, it ends with an empty page.

    Raises:
        PaginationError: the list shrinks faster than it can be read, the server repeats itself, or `certain` cannot be.
    """
    seen: set[str] = set()
    offset = reached = size = apart = stale = 0
    is_lost = False
    while True:
        page = await fetch(offset)
        fresh = [item for item in page.items if item.id is None or item.id not in seen]
        if offset and len(fresh) == len(page.items) and (is_lost or offset < reached):
            apart += 1
            if apart > _STEPS_BACK:
                raise PaginationError("The list changes faster than it can be read. Read it again later.")
            # By one page: whatever the limit, the pages of this server hold so many.
            offset, reached, is_lost = max(0, offset - size), 0, True
            continue
        is_lost = False
        # A page may bring nothing new: as many items may have come in above it as it holds.
        stale = 0 if fresh else stale + 1
        if stale > _STALE:
            raise PaginationError("The server gives the same items again and again, whatever the offset.")
        seen.update(item.id for item in fresh if item.id is not None)
        yield fresh
        end, size = offset + len(page.items), max(size, len(page.items))
        if not certain and not page.has_next:
            return
        # New items in front push the last ones on: then the end is a short page with nothing new.
        may_be_end = not fresh and (end <= reached or len(page.items) < size)
        if may_be_end and (not page.items or page.total == end):
            if certain and page.total is not None and page.total > end:
                raise PaginationError(f"The list ends after {end} items although the server announced {page.total}.")
            return
        # A short page may stand in the middle, so what comes after it is asked for, without an overlap.
        can_overlap = not may_be_end and any(item.id is not None for item in page.items)
        # Pages may be shorter than requested. Without ids an overlap could not be recognised.
        reached, offset = end, end - (min(_OVERLAP, len(page.items) // 2) if can_overlap else 0)


class Descent:
    """Whether a list is really sorted from new to old: servers may ignore `sort` silently."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._holds = True

    def take(self, moments: list[datetime | None]) -> None:
        """Add the times of a page, in its order; None is skipped."""
        for moment in moments:
            if moment is None:
                continue
            if self._last is not None and moment > self._last:
                self._holds = False
            self._first = moment if self._first is None else self._first
            self._last = moment

    def passed(self, moment: datetime | None) -> bool:
        """Whether all later items are certainly older than a moment.

        This needs evidence: times that never rise and fall at least once. One item, or many with one time, may be
        part of a list in any order.
        """
        first, last = self._first, self._last
        return (
            moment is not None
            and self._holds
            and first is not None
            and last is not None
            and first > last
            and last < moment
        )

    @property
    def newest(self) -> datetime | None:
        """Time of the first item, None if the list is not sorted."""
        return self._first if self._holds else None
