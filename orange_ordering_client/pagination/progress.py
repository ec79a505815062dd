"""Where a list goes on and where it ends, decided from what its pages said."""

from __future__ import annotations

import logging
from typing import Any

from orange_ordering_client.errors import PaginationError

__all__ = ["Progress", "next_offset"]

logger = logging.getLogger("orange_ordering_client")


def next_offset(*, start: int, offset: int, received: int, total: int | None, before: int | None) -> int | None:
    """The offset of the next page; None where the list has ended.

    Only an empty page, or the announced total, ends a list: servers cap pages below `limit`, and give short ones.

    Args:
        start: where reading began.
        offset: of the page that came last.
        received: how many items it had.
        total: how many items there are, as it said; None if it did not.
        before: the same, as the page before said.
    """
    if total is not None and before is not None and total < before and offset > start:
        # Items have left the list. Where they stood in front of this page, as many others moved up past its beginning.
        return max(start, offset - (before - total))
    end = offset + received
    # A total below what has come already is wrong, and then only an empty page tells.
    return None if received == 0 or end == total else end


class Progress:
    """What a reader has seen, so that moving pages give nothing twice and a stuck server does not hold it for ever.

    Args:
        start: offset of the first page.
        limit: items that are asked for.

    Attributes:
        total: how many items there are, as the last page said; None if it did not.
        next_offset: of the page to ask for next; None where the list has ended.
    """

    def __init__(self, start: int, limit: int) -> None:
        self.total: int | None = None
        self.next_offset: int | None = start
        self._start = start
        self._limit = limit
        self._first_total: int | None = None
        self._seen: set[str] = set()
        self._looks: set[int] = set()
        self._stale = 0

    def fresh(self, items: list[Any], offset: int, total: int | None) -> list[int]:
        """The places on a page of the items not seen before.

        Args:
            items: of the page, as JSON.
            offset: of the page.
            total: how many items there are, as the page said; None if it did not.

        Raises:
            PaginationError: page after page brings nothing new although the offset moves (one is forgiven: a burst of
                new items in front shifts a page onto itself), or items left the list and those that are left cannot be
                told apart.
        """
        fresh: list[int] = []
        identified = new = 0
        for place, item in enumerate(items):
            # Without an id (`fields=` can leave it out) two items cannot be told from one item seen twice.
            identity: Any = item.get("id") if isinstance(item, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # JSON
            if isinstance(identity, str):
                identified += 1
                if identity in self._seen:
                    continue
                self._seen.add(identity)
                new += 1
            fresh.append(place)
        before, self.total = self.total, total
        if self._first_total is None:
            self._first_total = total
        self.next_offset = next_offset(
            start=self._start, offset=offset, received=len(items), total=total, before=before
        )
        stepped_back = self.next_offset is not None and self.next_offset <= offset and bool(items or offset)
        if stepped_back and len(self._seen) == 0:
            raise PaginationError(
                "Items left the list while it was read, and without an id those that are left cannot be told apart."
                " Read it again, with `id` among the fields."
            )
        self._check_moves(items, offset, identified=identified, new=new, stepped_back=stepped_back)
        if self.next_offset is None and total is not None and total > offset + len(items):
            logger.warning("list ended after %d items although the server announced %d", offset + len(items), total)
        return fresh

    def _check_moves(self, items: list[Any], offset: int, *, identified: int, new: int, stepped_back: bool) -> None:
        if identified:
            stale = not new and not stepped_back
        else:
            # Without ids pages may be alike and all be right (`fields="status"`), as far as there is anything to read.
            # What they looked like is remembered, rather than the pages themselves, which would stay in memory.
            looks = hash(str(items))
            stale = bool(items) and looks in self._looks and not offset < (self.total or 0)
            self._looks.add(looks)
        self._stale = self._stale + 1 if stale else 0
        if stale and self.total is None and len(items) < self._limit:
            # A server that does not page gives the whole list, whatever the offset.
            self.next_offset = None
            return
        # A last page with nothing new is not forgiven: then the offset was ignored, unless new items came in front.
        last = self.next_offset is None and (self.total or 0) <= (self._first_total or 0)
        if self._stale > 1 or (stale and last):
            raise PaginationError("The server gives the same items again and again, whatever the offset.")
