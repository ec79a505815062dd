"""pagination: where the next page begins, as a table."""

from __future__ import annotations

import pytest

from orange_ordering_client.pagination.progress import next_offset
from tests.pagination.shelf import Shelf, whole


@pytest.mark.parametrize(
    ("start", "offset", "received", "total", "before", "expected"),
    [
        (0, 0, 10, None, None, 10),
        (0, 0, 7, None, None, 7),
        (0, 10, 0, None, None, None),
        (0, 10, 0, 30, 30, None),
        (0, 20, 10, 30, 30, None),
        (0, 20, 9, 30, 30, 29),
        (0, 20, 10, 25, 25, 30),
        (0, 20, 10, 40, 30, 30),
        # Items left the list: as many back, but never before the first page.
        (0, 20, 10, 97, 100, 17),
        (5, 20, 10, 97, 100, 17),
        (5, 15, 10, 50, 100, 5),
        (5, 5, 10, 97, 100, 15),
        (0, 20, 10, None, 100, 30),
    ],
)
def test_the_next_page_begins_where_the_items_that_came_end(
    start: int, offset: int, received: int, total: int | None, before: int | None, expected: int | None
) -> None:
    assert next_offset(start=start, offset=offset, received=received, total=total, before=before) == expected


async def test_a_list_that_is_fetched_ahead_begins_at_the_same_offset() -> None:
    shelf = Shelf(whole(10))
    read = [item["id"] async for item in shelf.pager(offset=4, limit=2).fetch_ahead(3)]

    assert read == ["4", "5", "6", "7", "8", "9"]
    assert min(offset for offset, _ in shelf.asked) == 4


async def test_no_page_behind_the_announced_total_is_fetched_ahead() -> None:
    shelf = Shelf(whole(10), total=10)
    assert len([item async for item in shelf.pager(limit=2).fetch_ahead(8)]) == 10

    assert sorted(shelf.asked) == [(offset, 2) for offset in range(0, 10, 2)]
