"""Reading a list that moves while it is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client._generated.models import Request
from orange_ordering_client.errors import PaginationError
from orange_ordering_client.orders.sweeping import Descent, sweep
from orange_ordering_client.pagination import Batch, Page, Pager

LIMIT = 25
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ids(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": f"3-{number}"} for number in numbers]


class Moving:
    """A list that something happens to after each page. Its pages hold as many items as `sizes` say, in turn."""

    def __init__(
        self,
        items: list[dict[str, Any]],
        happens: Callable[[list[Any], int], None] | None = None,
        *,
        sizes: Sequence[int] = (LIMIT,),
        announces: bool = False,
        counts_so_far: bool = False,
    ) -> None:
        self.items = items
        self.pages = 0
        self._happens = happens
        self._sizes = sizes
        self._announces = announces
        self._counts_so_far = counts_so_far

    def fetch(self, offset: int) -> Awaitable[Page[Request]]:
        async def get(offset: int, limit: int) -> Batch:
            size = self._sizes[self.pages % len(self._sizes)]
            items = self.items[offset : offset + size]
            total = len(self.items) if self._announces else None
            batch = Batch(items, offset + len(items) if self._counts_so_far else total)
            self.pages += 1
            if self._happens is not None:
                self._happens(self.items, self.pages)
            return batch

        async def first() -> Page[Request]:
            return await Pager(get, Request.from_dict, offset=offset, limit=LIMIT)

        return first()


async def read(moving: Moving, *, certain: bool = False) -> list[str | None]:
    return [item.id async for page in sweep(moving.fetch, certain=certain) for item in page]


@given(st.integers(0, 130))
async def test_a_list_that_stands_still_is_read_whole_once_in_order(length: int) -> None:
    moving = Moving(ids(*range(length)))
    assert await read(moving) == [item["id"] for item in ids(*range(length))]


@given(st.integers(30, 130), st.lists(st.tuples(st.integers(-60, 1), st.integers(0, 129)), max_size=12))
async def test_items_that_stay_are_never_skipped_whatever_comes_and_goes(
    length: int, moves: list[tuple[int, int]]
) -> None:
    pending = list(moves)
    gone: set[str] = set()

    def happens(items: list[Any], pages: int) -> None:
        for _ in range(min(3, len(pending))):
            more, place = pending.pop()
            if more > 0:
                items.insert(min(place, len(items)), {"id": f"new-{len(pending)}"})
            else:
                gone.update(item["id"] for item in items[place : place - more])
                del items[place : place - more]

    found = await read(Moving(ids(*range(length)), happens))
    assert {item["id"] for item in ids(*range(length))} - gone <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("after", "lost"), [(1, 20), (4, 70)], ids=["one page up", "three pages up"])
async def test_a_list_that_loses_more_than_a_page_shares_is_read_again_from_further_up(after: int, lost: int) -> None:
    def happens(items: list[Any], pages: int) -> None:
        if pages == after:
            del items[:lost]

    found = await read(Moving(ids(*range(100)), happens))
    assert found == [item["id"] for item in ids(*range(100))]


@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize("announces", [False, True])
@pytest.mark.parametrize(("size", "after", "lost"), [(2, 12, 10), (9, 8, 30), (10, 8, 30), (11, 8, 30), (24, 3, 40)])
async def test_a_list_that_loses_more_than_a_page_shares_is_read_whole_however_few_items_a_page_holds(
    size: int, after: int, lost: int, announces: bool, certain: bool
) -> None:
    def happens(items: list[Any], pages: int) -> None:
        if pages == after:
            del items[:lost]

    moving = Moving(ids(*range(100)), happens, sizes=[size], announces=announces)
    assert await read(moving, certain=certain) == [item["id"] for item in ids(*range(100))]


@pytest.mark.parametrize("announces", [False, True])
async def test_a_list_with_one_item_per_page_is_read_to_its_end(announces: bool) -> None:
    moving = Moving(ids(*range(30)), sizes=[1], announces=announces)
    assert await read(moving) == [item["id"] for item in ids(*range(30))]


@given(
    st.integers(0, 130),
    st.lists(st.integers(1, LIMIT), min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
    st.lists(st.integers(0, 60), max_size=6),
)
async def test_pages_of_any_size_are_read_whole_or_raise(
    length: int, sizes: list[int], announces: bool, certain: bool, arrivals: list[int]
) -> None:
    def happens(items: list[Any], pages: int) -> None:
        if arrivals:
            items[:0] = ids(*(1000 * pages + number for number in range(arrivals.pop())))

    whole = {item["id"] for item in ids(*range(length))}
    try:
        found = await read(Moving(ids(*range(length)), happens, sizes=sizes, announces=announces), certain=certain)
    except PaginationError:
        # Never silently incomplete.
        return
    assert whole <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("sizes", "arrivals"), [([LIMIT, 12, LIMIT], 0), ([LIMIT], 15)], ids=["short page", "page without new items"]
)
async def test_a_total_that_counts_what_came_so_far_does_not_end_a_list_that_is_read_for_certain(
    sizes: list[int], arrivals: int
) -> None:
    def happens(items: list[Any], pages: int) -> None:
        if pages == 1:
            items[:0] = ids(*range(1000, 1000 + arrivals))

    moving = Moving(ids(*range(60)), happens, sizes=sizes, counts_so_far=True)
    assert await read(moving, certain=True) == [item["id"] for item in ids(*range(60))]


async def test_a_list_that_shrinks_below_the_place_of_reading_ends() -> None:
    def happens(items: list[Any], pages: int) -> None:
        if pages == 1:
            del items[5:]

    assert len(await read(Moving(ids(*range(100)), happens))) == LIMIT


async def test_a_list_that_is_new_each_time_is_given_up() -> None:
    def happens(items: list[Any], pages: int) -> None:
        items[:] = ids(*range(pages * 1000, pages * 1000 + 300))

    moving = Moving(ids(*range(300)), happens)
    with pytest.raises(PaginationError, match=r"^The list changes faster than it can be read\. Read it again later\.$"):
        await read(moving)
    # One page, then forty times one that has nothing in common with it and the one above, and one more.
    assert moving.pages == 1 + 2 * 40 + 1


async def test_a_server_that_ignores_the_offset_is_given_up() -> None:
    moving = Moving(ids(*range(LIMIT)))
    stuck = moving.fetch

    with pytest.raises(
        PaginationError, match=r"^The server gives the same items again and again, whatever the offset\.$"
    ):
        async for _ in sweep(lambda _: stuck(0)):
            pass
    assert moving.pages == 1 + 9


async def test_items_without_an_id_are_given_as_they_come() -> None:
    found = await read(Moving([{"name": "a"}] * 30))
    assert found == [None] * 30


async def test_only_the_page_that_is_asked_for_is_fetched() -> None:
    moving = Moving(ids(*range(100)))
    pages = sweep(moving.fetch)
    await anext(pages)
    assert moving.pages == 1
    await pages.aclose()


def at(*minutes: int | None) -> list[datetime | None]:
    return [None if minute is None else NOON - timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("pages", "passed"),
    [
        ([at(0, 1, 11)], True),
        ([at(0, 1), at(1, 12)], True),
        ([at(0, None, 11)], True),
        ([at(0, 9)], False),  # not there yet
        ([at(11)], False),  # one item could come from a list in any order
        ([at(11, 11, 11)], False),
        ([at(20, 15, 11)], False),  # rises: the server ignores the order asked for
        ([at(0, 20), at(5, 30)], False),
        ([at(None)], False),
        ([], False),
    ],
)
def test_a_moment_is_passed_only_on_evidence_of_order(pages: list[list[datetime | None]], passed: bool) -> None:
    descent = Descent()
    for page in pages:
        descent.take(page)
    assert descent.passed(NOON - timedelta(minutes=10)) is passed
    assert not descent.passed(None)


def test_the_newest_is_known_only_of_a_list_in_order() -> None:
    descent = Descent()
    assert descent.newest is None
    descent.take(at(0, 1))
    assert descent.newest == NOON
    descent.take(at(0))
    assert descent.newest is None


@pytest.mark.parametrize("total", [None, 100, 650])
async def test_a_certain_end_takes_one_more_call_with_the_announced_total_and_two_without(total: int | None) -> None:
    asked: list[int] = []

    async def get(offset: int, limit: int) -> Batch:
        asked.append(offset)
        return Batch(ids(*range(offset, min(100, offset + 40))), total)

    async def fetch(offset: int) -> Page[Request]:
        return await Pager(get, Request.from_dict, offset=offset)

    found: list[str | None] = []

    async def read_all() -> None:
        async for page in sweep(fetch, certain=True):
            found.extend(item.id for item in page)

    if total == 650:
        with pytest.raises(PaginationError, match="after 100 items although the server announced 650"):
            await read_all()
    else:
        await read_all()
    assert found == [item["id"] for item in ids(*range(100))]
    assert asked == [0, 30, 60, 90, *([] if total == 100 else [100])]
