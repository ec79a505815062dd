"""pagination: a list ends when it is known to end, complete or with an error, whatever the server says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import PaginationError
from orange_ordering_client.pagination.progress import Progress
from tests.pagination.shelf import Items, Shelf, items, whole


@pytest.mark.parametrize("total", [None, 0, 1, 4, 5, 7, 10**15], ids=lambda total: f"total {total}")
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
async def test_only_an_empty_page_or_the_total_ends_a_list(count: int, total: int | None) -> None:
    shelf = Shelf(whole(count), total)
    asked, end = [0], min(2, count)
    while end != total and asked[-1] != end:
        asked.append(end)
        end = min(end + 2, count)

    assert await shelf.read(limit=2, width=1) == items(*range(end))
    assert [offset for offset, _ in shelf.asked] == asked


def capped(count: int, cap: int) -> Callable[[int, int], Items]:
    """A list whose server gives at most so many items at once."""
    return lambda offset, limit: items(*range(offset, min(count, offset + min(limit, cap))))


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("total", [None, 650])
async def test_a_server_that_caps_pages_below_the_limit_is_read_to_its_end(total: int | None, width: int) -> None:
    shelf = Shelf(capped(650, 100), total)

    assert await shelf.read(width=width) == items(*range(650))
    # Fetched ahead as the server cuts its pages, not as they were asked for.
    assert sorted(offset for offset, _ in shelf.asked) == [*range(0, 650, 100), *([650] if total is None else [])]


@pytest.mark.parametrize("total", [None, 499])
async def test_a_short_page_in_the_middle_does_not_end_a_list(total: int | None) -> None:
    shelf = Shelf(lambda offset, limit: whole(499)(offset, limit - (offset == 100)), total)

    assert await shelf.read(limit=100) == items(*range(499))


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("removed", [1, 3, 40])
async def test_an_item_that_leaves_the_list_makes_no_other_one_be_skipped(removed: int, width: int) -> None:
    left = [str(number) for number in range(100)]

    def page(offset: int, limit: int) -> Items:
        if len(shelf.asked) == 3:
            del left[:removed]
            shelf.total = len(left)
        return items(*left[offset : offset + limit])

    shelf = Shelf(page, 100)
    found = [item["id"] for item in await shelf.read(limit=10, width=width)]

    assert set(left) <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("removed", [5, 20, 45, 60, 99])
@pytest.mark.parametrize("width", [1, 4])
async def test_items_that_leave_behind_a_reader_end_the_list_earlier_and_are_no_error(removed: int, width: int) -> None:
    left = [str(number) for number in range(100)]

    def page(offset: int, limit: int) -> Items:
        if len(shelf.asked) == 6:
            del left[-removed:]
            shelf.total = len(left)
        return items(*left[offset : offset + limit])

    shelf = Shelf(page, 100)
    found = [item["id"] for item in await shelf.read(limit=10, width=width)]

    assert set(left) <= set(found)


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("ids", [True, False])
async def test_a_total_that_shrinks_for_ever_does_not_hold_a_reader(ids: bool, width: int) -> None:
    def page(offset: int, limit: int) -> Items:
        shelf.total = 10**15 - len(shelf.asked)
        return [{"id": "1"}, {"id": "2"}] if ids or offset == 0 else []

    shelf = Shelf(page, 10**15)
    with pytest.raises(PaginationError):
        await shelf.read(limit=2, width=width)

    assert len(shelf.asked) < 20


@given(
    st.integers(0, 60),
    st.integers(1, 9),
    st.integers(1, 9),
    st.lists(st.sets(st.integers(0, 59), min_size=1), max_size=8),
)
def test_whatever_leaves_a_list_with_an_honest_total_the_rest_is_given_once(
    count: int, cap: int, limit: int, removals: list[set[int]]
) -> None:
    present, pending = [str(number) for number in range(count)], list(removals)

    def page(offset: int, wanted: int) -> Items:
        if pending and offset:
            for place in sorted(pending.pop(), reverse=True):
                if place < len(present):
                    del present[place]
        shelf.total = len(present)
        return items(*present[offset : offset + min(cap, wanted)])

    shelf = Shelf(page, count)
    found = [item["id"] for item in asyncio.run(shelf.read(limit=limit, width=1))]

    assert len(found) == len(set(found))
    assert set(present) <= set(found)


async def test_items_without_ids_of_a_list_that_shrinks_cannot_be_read() -> None:
    def page(offset: int, limit: int) -> Items:
        shelf.total = 10 - len(shelf.asked)
        return [{"status": "A"}] * 2

    shelf = Shelf(page, 10)
    with pytest.raises(PaginationError) as caught:
        await shelf.read(limit=2, width=1)
    assert str(caught.value) == (
        "Items left the list while it was read, and without an id those that are left cannot be told apart."
        " Read it again, with `id` among the fields."
    )


@pytest.mark.parametrize("how", ["items", "pages", "next"])
async def test_a_list_that_shrinks_is_not_read_again_from_before_its_first_page(how: str) -> None:
    def page(offset: int, limit: int) -> Items:
        shelf.total = 100 if len(shelf.asked) < 3 else 30
        return items(*range(offset, offset + limit))

    shelf = Shelf(page, 100)
    pager = shelf.pager(offset=25, limit=5, width=1)
    if how == "items":
        assert len([item async for item in pager]) == 15
    elif how == "pages":
        assert [len(page) async for page in pager.pages()] == [5, 5, 5, 0]
    else:
        first = await pager
        second = await first.next()
        assert second is not None
        third = await second.next()
        assert third is not None
        await third.next()

    assert [offset for offset, _ in shelf.asked[-4:]] == [25, 30, 35, 25]


async def test_pages_that_tell_of_removals_may_hold_nothing_new() -> None:
    progress = Progress(0, 2)
    assert progress.fresh(items(1, 2), 0, 8) == [0, 1]
    assert progress.fresh(items(3, 4), 2, 8) == [0, 1]
    assert progress.fresh(items(3, 4), 4, 7) == []
    assert progress.fresh(items(3, 4), 3, 6) == []
    assert progress.next_offset == 2


@pytest.mark.parametrize("total", [2, 4])
async def test_an_ignored_offset_is_found_out_even_where_the_total_seems_reached(total: int) -> None:
    shelf = Shelf(lambda _offset, _limit: items(1, 2), total)
    if total == 2:
        assert await shelf.read(limit=2) == items(1, 2)
    else:
        with pytest.raises(PaginationError):
            await shelf.read(limit=2)


async def test_a_server_that_does_not_page_gives_its_whole_list_once() -> None:
    shelf = Shelf(lambda _offset, _limit: items(1, 2, 3))

    assert await shelf.read() == items(1, 2, 3)
    assert len(shelf.asked) == 2
    assert [len(page) async for page in shelf.pager().pages()] == [3, 0]


@given(
    st.integers(0, 60),
    st.integers(1, 9),
    st.integers(1, 9),
    st.booleans(),
    st.lists(st.tuples(st.booleans(), st.integers(0, 59)), max_size=8),
)
def test_what_stays_in_a_list_is_given_once_whatever_comes_and_goes(
    count: int, cap: int, limit: int, counted: bool, moves: list[tuple[bool, int]]
) -> None:
    present, pending, gone = [str(number) for number in range(count)], list(moves), set[str]()

    def page(offset: int, wanted: int) -> Items:
        batch = items(*present[offset : offset + min(cap, wanted)])
        shelf.total = len(present) if counted else None
        # One move between two pages: of two at once, the total shows only the difference.
        if counted and pending:
            adds, place = pending.pop()
            if adds:
                present.insert(0, f"new-{len(pending)}")
            elif present:
                gone.add(present.pop(place % len(present)))
        return batch

    shelf = Shelf(page, count)
    try:
        found = [item["id"] for item in asyncio.run(shelf.read(limit=limit, width=1))]
    except PaginationError:
        return
    assert len(found) == len(set(found))
    assert {str(number) for number in range(count)} - gone <= set(found)


async def test_a_list_that_ends_before_its_announced_total_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    for total in (None, 3, 9):
        await Shelf(whole(3), total=total).read(limit=2)
    await Shelf(lambda offset, limit: items(*range(offset, offset + limit))[: 2 - offset], total=0).read(limit=9)

    assert caplog.messages == ["list ended after 3 items although the server announced 9"]


async def test_a_server_that_gives_more_than_was_asked_for_loses_nothing() -> None:
    generous = Shelf(lambda offset, limit: items(*range(offset, min(7, offset + limit + 1))))

    assert await generous.read(limit=2) == items(*range(7))


async def test_a_page_that_repeats_itself_is_an_error_after_its_items_were_given_once() -> None:
    shelf = Shelf(lambda _offset, _limit: items(1, 2))
    found: Items = []

    async def read() -> None:
        async for item in shelf.pager(limit=2):
            found.append(item)

    with pytest.raises(
        PaginationError, match=r"^The server gives the same items again and again, whatever the offset\.$"
    ):
        await read()

    assert found == items(1, 2)
    assert len(shelf.asked) == 3


STUCK: dict[str, Callable[[int, int], Items]] = {
    "one page": lambda offset, limit: items(1, 2),
    "two pages in turn": lambda offset, limit: items(1, 2) if offset % 4 == 0 else items(3, 4),
    "the same in another order": lambda offset, limit: items(1, 2) if offset % 4 == 0 else items(2, 1),
    "without ids": lambda offset, limit: [{"status": "A"}, {"status": "B"}],
    "without ids, two pages in turn": lambda offset, limit: [{"status": "AB"[offset // 2 % 2]}] * 2,
    "some without ids": lambda offset, limit: [{"id": "1"}, {"status": "A"}],
    "ids that are numbers": lambda offset, limit: [{"id": 1}, {"id": 2}],
    "no objects": lambda offset, limit: [1, 2],  # type: ignore[list-item]  # what a broken server sends
}


@pytest.mark.parametrize("name", STUCK)
@pytest.mark.parametrize("total", [None, 5])
async def test_a_server_that_never_moves_on_does_not_hold_a_reader_for_ever(name: str, total: int | None) -> None:
    with pytest.raises(PaginationError):
        await Shelf(STUCK[name], total).read(limit=2)


async def test_following_by_hand_ends_too() -> None:
    page = await Shelf(lambda _offset, _limit: items(1, 2)).pager(limit=2)
    following = await page.next()
    assert following is not None
    assert following.items == []

    with pytest.raises(PaginationError):
        await following.next()


async def test_items_that_shift_back_are_not_given_twice() -> None:
    # Two items appear in front between the first page and the second.
    shelf = Shelf(
        lambda offset, limit: items(
            *range(max(0, offset - 2) if offset else 0, min(6, offset + limit - 2 * bool(offset)))
        )
    )

    assert await shelf.read(limit=3) == items(*range(6))


async def test_one_page_without_anything_new_is_forgiven() -> None:
    pages = [items(1, 2), items(1, 2), items(3, 4), items()]
    shelf = Shelf(lambda offset, _limit: pages[offset // 2])

    assert await shelf.read(limit=2) == items(1, 2, 3, 4)


async def test_pages_without_ids_may_be_alike_as_far_as_the_total_goes() -> None:
    alike: Callable[[int, int], Items] = lambda offset, limit: [{"status": "A"}] * max(0, min(limit, 9 - offset))  # noqa: E731 -- one line says it

    assert len(await Shelf(alike, total=9).read(limit=2)) == 9


async def test_pages_without_ids_that_differ_are_all_read_though_no_total_is_known() -> None:
    states = [{"status": status} for status in "ABCDEFG"]

    assert await Shelf(lambda offset, limit: states[offset : offset + limit]).read(limit=2) == states


async def test_an_item_twice_on_one_page_is_given_once() -> None:
    assert await Shelf(lambda _offset, _limit: items(1, 1, 2)).read(limit=9) == items(1, 2)


@given(st.lists(st.lists(st.integers(0, 5), max_size=3), max_size=12), st.none() | st.integers(0, 40))
def test_whatever_pages_a_server_gives_a_reader_comes_to_an_end_and_gets_nothing_twice(
    pages: list[list[int]], total: int | None
) -> None:
    def page(offset: int, _limit: int) -> Items:
        place = len(shelf.asked) - 1
        return items(*pages[place % len(pages)]) if pages else []

    shelf = Shelf(page, total)

    async def read() -> Items:
        found: Items = []
        try:
            async with asyncio.timeout(5):
                async for item in shelf.pager(limit=3, width=1):
                    found.append(item)
        except PaginationError:
            pass
        return found

    found = asyncio.run(read())

    assert len(found) == len({item["id"] for item in found})
    assert len(shelf.asked) <= 2 * 6 + 3


def test_after_a_step_back_all_pages_may_come_again_without_new_items() -> None:
    progress = Progress(0, 1)
    for offset in range(12):
        progress.fresh(items(offset), offset, 20)
    progress.fresh(items(12), 12, 8)
    assert progress.next_offset == 0

    for offset in range(13):
        assert progress.fresh(items(offset), offset, 20) == []
    assert progress.fresh(items(13), 13, 20) == [0]
