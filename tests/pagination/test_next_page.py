"""pagination: every page gives the page after it, however often and from wherever it is asked."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import PaginationError
from orange_ordering_client.pagination import Page
from orange_ordering_client.pagination.progress import Progress
from tests.pagination.shelf import Items, Shelf, items, whole


async def following(page: Page[object]) -> Page[object]:
    """The page after one that is not the last."""
    found = await page.next()
    assert found is not None
    return found


async def ids_to_the_end(page: Page[object] | None) -> list[object]:
    """The ids on a page and on those after it."""
    found: list[object] = []
    while page is not None:
        found += [item["id"] for item in page.items]  # type: ignore[index]  # JSON objects
        page = await page.next()
    return found


@pytest.mark.parametrize("total", [None, 7])
async def test_each_call_on_one_page_gives_the_page_after_it(total: int | None) -> None:
    first = await Shelf(whole(7), total).pager(limit=2)

    found = [await following(first) for _ in range(4)]

    assert [(page.offset, page.items) for page in found] == [(2, items(2, 3))] * 4


async def test_two_tasks_get_the_same_page_from_one_page() -> None:
    first = await Shelf(whole(7)).pager(limit=2)

    found = await asyncio.gather(following(first), following(first))

    assert [page.items for page in found] == [items(2, 3)] * 2


@pytest.mark.parametrize("width", [1, 4])
async def test_looking_at_the_next_page_takes_nothing_from_the_loop_over_pages(width: int) -> None:
    seen: list[tuple[Items, Items | None]] = []

    async for page in Shelf(whole(7), 7).pager(limit=2, width=width).pages():
        peeked = await page.next()
        seen.append((page.items, None if peeked is None else peeked.items))

    assert seen == [
        (items(0, 1), items(2, 3)),
        (items(2, 3), items(4, 5)),
        (items(4, 5), items(6)),
        (items(6), None),
    ]


async def test_an_old_page_leads_through_the_whole_list_again() -> None:
    first = await Shelf(whole(9)).pager(limit=2)

    assert await ids_to_the_end(first) == [str(number) for number in range(9)]
    assert await ids_to_the_end(first) == [str(number) for number in range(9)]


async def test_pages_without_ids_are_given_again_too() -> None:
    states = [{"status": status} for status in "ABCDEF"]
    first = await Shelf(lambda offset, limit: states[offset : offset + limit]).pager(limit=2)

    assert [(await following(first)).items for _ in range(3)] == [states[2:4]] * 3


async def test_a_page_that_repeats_itself_is_the_same_error_each_time() -> None:
    first = await Shelf(lambda _offset, _limit: items(1, 2)).pager(limit=2)
    second = await following(first)

    for _ in range(2):
        with pytest.raises(PaginationError, match="again and again"):
            await second.next()


async def test_items_that_left_between_two_calls_make_only_the_second_one_step_back() -> None:
    left = [str(number) for number in range(8)]
    shelf = Shelf(lambda offset, limit: items(*left[offset : offset + limit]), 8)
    first = await shelf.pager(limit=2)
    before = await following(first)
    del left[:2]
    shelf.total = 6
    after = await following(first)

    assert (before.items, after.items) == (items(2, 3), items(4, 5))
    # The first page of the shorter list is read again: what moved there was not seen after the removal.
    assert await ids_to_the_end(after) == ["4", "5", "2", "3", "6", "7"]
    assert await ids_to_the_end(before) == ["2", "3", "6", "7", "4", "5"]


@given(
    st.integers(0, 40),
    st.integers(1, 6),
    st.lists(st.sets(st.integers(0, 39), min_size=1), max_size=6),
    st.lists(st.integers(0, 3), max_size=12),
)
def test_whatever_leaves_the_list_and_however_often_next_is_called_the_rest_is_given_once(
    count: int, limit: int, removals: list[set[int]], peeks: list[int]
) -> None:
    present, pending, extra = [str(number) for number in range(count)], list(removals), list(peeks)

    def page(offset: int, wanted: int) -> Items:
        if pending and offset:
            for place in sorted(pending.pop(), reverse=True):
                if place < len(present):
                    del present[place]
        shelf.total = len(present)
        return items(*present[offset : offset + wanted])

    shelf = Shelf(page, count)

    async def read() -> list[str]:
        found: list[str] = []
        async with asyncio.timeout(5):
            current: Page[dict[str, str]] | None = await shelf.pager(limit=limit)
            while current is not None:
                found += [item["id"] for item in current.items]
                for _ in range(extra.pop() if extra else 0):
                    await current.next()
                current = await current.next()
        return found

    found = asyncio.run(read())

    assert len(found) == len(set(found))
    assert set(present) <= set(found)


def test_what_one_copy_of_a_reader_sees_is_new_to_the_other() -> None:
    one = Progress(0, 2)
    one.fresh(items(1, 2), 0, None)
    other = one.copy()

    assert one.fresh(items(2, 3), 2, None) == [1]
    assert other.fresh(items(1, 3), 2, None) == [1]
    assert one.fresh(items(3, 4), 4, None) == [1]
    assert other.fresh(items(4, 5), 4, None) == [0, 1]
