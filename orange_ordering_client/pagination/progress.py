"""Decisions on where a list continues and where it ends."""

from __future__ import annotations

import copy
import logging
from collections.abc import Hashable
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from orange_ordering_client.errors import PaginationError

__all__ = ["Progress", "next_offset"]

_REPEATED: Final = 10
"""After a step back, so many times the pages that were read may come without new items: each removal repeats some."""

logger = logging.getLogger("orange_ordering_client")

Mark = TypeVar("Mark", bound=Hashable)


def next_offset(*, start: int, offset: int, received: int, total: int | None, before: int | None) -> int | None:
    """Return the offset of the next page; None at the end of the list.

    Only an empty page, or the announced total, ends a list, because servers may return pages shorter than `limit`.

    Args:
        start: offset of the first page.
        offset: offset of the last received page.
        received: number of items of that page.
        total: number of items in the list, as that page announced; None if it did not.
        before: number of items in the list, as the previous page announced; None if it did not.
    """
    if total is not None and before is not None and total < before and offset > start:
        # Items were removed. If they were in front of this page, as many items have moved in front of its offset.
        return max(start, offset - (before - total))
    end = offset + received
    # A total below the number of received items is wrong; then only an empty page ends the list.
    return None if received == 0 or end == total else end


class _Marks(Generic[Mark]):
    """A set that only grows. A copy costs nothing until it grows, and the other one has grown, too.

    A copy shares the values, which are kept in the sequence in which they were added, and counts how many are its own.
    """

    def __init__(self) -> None:
        self._values: dict[Mark, None] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, mark: Mark) -> bool:
        """Add a value; return whether it is new."""
        if len(self._values) != self._count:
            # A copy has added values that are unknown here.
            self._values = dict.fromkeys(islice(self._values, self._count))
        self._values[mark] = None
        before, self._count = self._count, len(self._values)
        return self._count > before


class Progress:
    """The items that a reader has seen. No item is yielded twice, and a repeating server causes no endless loop.

    Args:
        start: offset of the first page.
        limit: number of requested items.

    Attributes:
        total: number of items in the list, as the last page announced; None if it did not.
        next_offset: offset of the next page; None at the end of the list.
    """

    def __init__(self, start: int, limit: int) -> None:
        self.total: int | None = None
        self.next_offset: int | None = start
        self._start = start
        self._limit = limit
        self._first_total: int | None = None
        self._seen = _Marks[str]()
        self._looks = _Marks[int]()
        self._pages = 0
        self._patience = 1
        self._may_step_back = True

    def copy(self) -> Progress:
        """Return a reader that has seen the same items; what one of the two reads is unknown to the other."""
        copied = copy.copy(self)
        copied._seen, copied._looks = copy.copy(self._seen), copy.copy(self._looks)
        return copied

    def fresh(self, items: list[Any], offset: int, total: int | None) -> list[int]:
        """Return the indexes of the items on a page that were not seen before.

        Args:
            items: JSON items of the page.
            offset: offset of the page.
            total: number of items in the list, as the page announced; None if it did not.

        Raises:
            PaginationError: several pages have no new items although the offset changes, or items were removed and the
                others have no ids. One page without new items is tolerated, because new items in front may move the
                old ones; after a step back, as many as the pages that are read again.
        """
        fresh: list[int] = []
        has_ids = has_new = False
        for place, item in enumerate(items):
            # Without an id (`fields=` can leave it out), two equal items look like one repeated item.
            identity: Any = item.get("id") if isinstance(item, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # JSON
            if isinstance(identity, str):
                has_ids = True
                if not self._seen.add(identity):
                    continue
                has_new = True
            fresh.append(place)
        before, self.total = self.total, total
        if self._first_total is None:
            self._first_total = total
        self.next_offset = next_offset(
            start=self._start, offset=offset, received=len(items), total=total, before=before
        )
        stepped_back = self.next_offset is not None and self.next_offset < offset
        if stepped_back and len(self._seen) == 0:
            raise PaginationError(
                "Items left the list while it was read, and without an id those that are left cannot be told apart."
                " Read it again, with `id` among the fields."
            )
        self._check_moves(items, offset, has_ids=has_ids, has_new=has_new, stepped_back=stepped_back)
        if self.next_offset is None and total is not None and not items and offset < total:
            logger.warning("list ended after %d items although the server announced %d", offset, total)
        return fresh

    def _check_moves(self, items: list[Any], offset: int, *, has_ids: bool, has_new: bool, stepped_back: bool) -> None:
        if has_ids or stepped_back:
            stale = not has_new
        else:
            # Without ids, equal pages may be correct (`fields="status"`), up to the announced total. Hashes are stored
            # instead of pages, to save memory.
            is_repeated = not self._looks.add(hash(str(items)))
            stale = bool(items) and is_repeated and not offset < (self.total or 0)
        if not stale:
            self._pages += 1
            self._patience = max(1, self._patience)
            self._may_step_back = True
        if stepped_back and self._may_step_back:
            # Only new items allow the next step back; a total that shrinks for ever does not.
            self._may_step_back = False
            self._patience = _REPEATED * self._pages
        if not stale:
            return
        if self.total is None and len(items) < self._limit:
            # A server without paging returns the whole list at every offset.
            self.next_offset = None
            return
        # A last page without new items is not tolerated: the server ignored the offset, or items were added in front.
        last = self.next_offset is None and (self.total or 0) <= (self._first_total or 0)
        if self._patience == 0 or (last and len(self._seen) < (self.total or 0) - self._start):
            raise PaginationError("The server gives the same items again and again, whatever the offset.")
        self._patience -= 1
