"""pagination: pages fetched before their turn come in order, and none too many."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.error_mapping import api_error
from orange_ordering_client.errors import (
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    DecodeError,
    InvalidArgument,
    NotFound,
    OrderingError,
    PaginationError,
    RateLimited,
)
from orange_ordering_client.pagination import Batch, Pager
from orange_ordering_client.settings import CallOptions
from tests.calls import as_is


def numbered(first: int, last: int) -> list[Any]:
    return [{"id": str(n)} for n in range(first, last)]


class Shelf:
    """A list of numbered items that says how many it holds, and remembers what was asked."""

    def __init__(self, size: int, *, announced: int | None = -1) -> None:
        self.size = size
        self.announced = size if announced == -1 else announced
        self.asked: list[int] = []
        self.under_way = 0
        self.most_under_way = 0
        self.gone: list[int] = []
        self.failures: dict[int, list[OrderingError]] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, offset: int, limit: int) -> Batch:
        self.asked.append(offset)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            if self.failures.get(offset):
                raise self.failures[offset].pop(0)
            if offset:
                await self.gate.wait()
            return Batch(numbered(offset, min(offset + limit, max(self.size, offset))), self.announced)
        except asyncio.CancelledError:
            self.gone.append(offset)
            raise
        finally:
            self.under_way -= 1

    def pager(self, *, limit: int = 10, width: int = 4, decode: Callable[[Any], Any] = as_is) -> Pager[Any]:
        return Pager(self.fetch, decode, limit=limit, width=width)


def rate_limit() -> RateLimited:
    failure = api_error(429, {}, b"")
    assert isinstance(failure, RateLimited)
    return failure


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def read_all(
    pager: Pager[Any], items: list[Any], after_each: Callable[[], Awaitable[None]] | None = None
) -> None:
    async for item in pager:
        items.append(item)
        if after_each is not None:
            await after_each()


@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 95, 100])
async def test_every_item_comes_once_and_in_order_and_no_page_more_is_asked_for(size: int, width: int) -> None:
    shelf, one_by_one = Shelf(size), Shelf(size)

    items = [item async for item in shelf.pager(width=width)]
    assert items == [item async for item in one_by_one.pager(width=1)] == numbered(0, size)

    assert sorted(shelf.asked) == one_by_one.asked


@given(
    size=st.integers(0, 60),
    announced=st.none() | st.integers(0, 90),
    limit=st.integers(1, 12),
    width=st.integers(1, 8),
)
async def test_whatever_total_is_announced_the_items_are_those_of_reading_one_by_one(
    size: int, announced: int | None, limit: int, width: int
) -> None:
    shelf = Shelf(size, announced=announced)

    # A total that is reached ends the list, though it may be too small.
    end = announced if announced and announced <= size and announced % limit == 0 else size
    assert [item async for item in shelf.pager(limit=limit, width=width)] == numbered(0, end)
    assert shelf.most_under_way <= width
    assert len(shelf.asked) <= size // limit + 2 + width


async def test_pages_come_in_order_too_and_are_fetched_ahead() -> None:
    shelf = Shelf(35)

    pages = [page async for page in shelf.pager().pages()]

    assert [len(page) for page in pages] == [10, 10, 10, 5]
    assert [page.offset for page in pages] == [0, 10, 20, 30]
    assert shelf.most_under_way == 3


@pytest.mark.parametrize(("width", "under_way"), [(1, 1), (2, 2), (4, 4), (8, 8)])
async def test_so_many_pages_are_under_way_as_the_width_says(width: int, under_way: int) -> None:
    shelf = Shelf(1000)
    shelf.gate.clear()

    async def read() -> list[Any]:
        return [item async for item in shelf.pager(width=width)]

    reading = asyncio.create_task(read())
    await turns()
    assert shelf.under_way == under_way
    shelf.gate.set()

    assert await reading == numbered(0, 1000)
    assert shelf.most_under_way == under_way


async def test_pages_under_way_have_a_name() -> None:
    shelf = Shelf(1000)

    async with aclosing(aiter(shelf.pager())) as reading:  # type: ignore[type-var]  # as above
        await anext(reading)
        await anext(reading)
        names = [task.get_name() for task in asyncio.all_tasks()]

    assert names.count("orange-ordering-page") == 3


async def test_pages_that_are_never_reached_leave_no_complaint_behind() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    shelf = Shelf(1000)
    shelf.failures[10] = [api_error(404, {}, b"")]

    async with aclosing(aiter(shelf.pager())) as reading:  # type: ignore[type-var]  # as above
        await anext(reading)
        await anext(reading)
        await turns()
        shelf.gate.clear()
        await anext(reading)
    gc.collect()

    assert not complaints


async def test_without_an_announced_total_nothing_is_fetched_ahead() -> None:
    shelf = Shelf(35, announced=None)

    assert len([item async for item in shelf.pager()]) == 35
    assert shelf.most_under_way == 1


async def test_a_slow_reader_is_not_outrun() -> None:
    shelf = Shelf(1000)

    async with aclosing(aiter(shelf.pager())) as reading:  # type: ignore[type-var]  # an async generator, typed as what users need of it
        for _ in range(15):
            await anext(reading)
            await turns()

    assert shelf.asked == [0, 10, 20, 30, 40]


async def test_whoever_wants_only_the_first_item_costs_the_server_one_page() -> None:
    shelf = Shelf(1000)

    async for _ in shelf.pager():
        break
    await turns()

    assert shelf.asked == [0]


async def test_the_first_item_is_out_before_the_others_are_decoded() -> None:
    decoded: list[Any] = []

    def decode(item: Any) -> Any:
        decoded.append(item)
        return item

    async for item in Shelf(1000).pager(decode=decode):
        assert decoded == [item]
        break


async def test_a_page_is_read_only_when_its_turn_comes() -> None:
    read: list[int] = []

    async def fetch(offset: int, limit: int) -> Batch:
        def items() -> list[Any]:
            read.append(offset)
            return numbered(offset, offset + limit)

        return Batch(items, 30)

    async for item in Pager(fetch, as_is, limit=10):
        await turns()
        assert read == list(range(0, int(item["id"]) + 1, 10))
        if item["id"] == "29":
            break


async def leave_by_break(pager: Pager[Any]) -> None:
    async for item in pager:
        await turns()
        if item["id"] == "3":
            break


async def leave_by_error(pager: Pager[Any]) -> None:
    items: list[Any] = []

    async def fail() -> None:
        await turns()
        if len(items) == 3:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await read_all(pager, items, fail)


async def leave_by_cancellation(pager: Pager[Any]) -> None:
    waiting = asyncio.Event()

    async def read() -> None:
        async for item in pager:
            if item["id"] == "9":
                waiting.set()

    reading = asyncio.create_task(read())
    await waiting.wait()
    await turns()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def leave_pages(pager: Pager[Any]) -> None:
    async for _ in pager.pages():
        await turns()
        break


@pytest.mark.parametrize("leave", [leave_by_break, leave_by_error, leave_by_cancellation, leave_pages])
async def test_leaving_early_cancels_what_is_under_way(leave: Callable[[Pager[Any]], Any]) -> None:
    shelf = Shelf(1000)
    shelf.gate.clear()

    await leave(shelf.pager())
    gc.collect()
    await turns()

    assert shelf.asked[:4] == [0, 10, 20, 30]
    assert sorted(shelf.gone) == shelf.asked[1:]
    assert shelf.under_way == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_short_page_ends_the_list_and_what_was_fetched_beyond_it() -> None:
    shelf = Shelf(5, announced=1000)

    assert len([item async for item in shelf.pager()]) == 5
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_list_that_ends_before_its_total_takes_no_page_under_way_along(caplog: Any) -> None:
    shelf = Shelf(15, announced=1000)

    assert len([item async for item in shelf.pager()]) == 15
    assert shelf.under_way == 0
    assert "ended after 15 items although the server announced 1000" in caplog.text


async def test_pages_longer_than_asked_for_move_the_offset_as_they_do_one_by_one() -> None:
    async def fetch(offset: int, limit: int) -> Batch:
        await asyncio.sleep(0)
        return Batch(numbered(offset, min(offset + limit + 3, 40)), 40)

    for width in (1, 4):
        assert [item async for item in Pager(fetch, as_is, limit=10, width=width)] == numbered(0, 40)


async def test_a_server_that_repeats_itself_is_found_out_all_the_same() -> None:
    async def fetch(offset: int, limit: int) -> Batch:
        return Batch(numbered(0, limit), 1000)

    items: list[Any] = []
    with pytest.raises(PaginationError):
        await read_all(Pager(fetch, as_is, limit=10), items)
    assert items == numbered(0, 10)


@pytest.mark.parametrize("failure", [api_error(404, {}, b""), ConnectionBroken("x"), DecodeError("y")])
async def test_a_failure_comes_when_its_page_does(failure: OrderingError) -> None:
    shelf = Shelf(100)
    shelf.failures[30] = [failure]

    items: list[Any] = []
    with pytest.raises(type(failure)) as caught:
        await read_all(shelf.pager(), items)

    assert caught.value is failure
    assert items == numbered(0, 30)
    assert shelf.under_way == 0


async def test_after_a_failure_nothing_more_is_begun() -> None:
    shelf = Shelf(1000)
    shelf.failures[30] = [api_error(404, {}, b"")]

    with pytest.raises(NotFound):
        await read_all(shelf.pager(), [], turns)

    assert shelf.asked == [0, 10, 20, 30]


@pytest.mark.parametrize("failure", [rate_limit(), DeadlineExceeded("x"), ConnectionFailed("y")])
async def test_a_page_refused_only_because_it_was_early_is_asked_for_again(failure: OrderingError) -> None:
    shelf = Shelf(100)
    shelf.failures[30] = [failure]

    assert [item async for item in shelf.pager()] == numbered(0, 100)
    assert shelf.asked.count(30) == 2


async def test_a_rate_limit_that_outlasts_the_call_is_told_as_what_it_is() -> None:
    shelf = Shelf(100)
    limit = rate_limit()
    shelf.failures[30] = [limit, DeadlineExceeded("the pause is too long")]

    with pytest.raises(RateLimited) as caught:
        await read_all(shelf.pager(), [])
    assert caught.value is limit


@pytest.mark.parametrize("wrong", [0, 9, -1, True, 2.0, "4", None])
def test_a_width_that_is_no_number_of_pages_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^fetch_ahead is .*; give a whole number of pages from 1 to 8\.$"):
        Shelf(1).pager(width=wrong)
    with pytest.raises(InvalidArgument, match="fetch_ahead"):
        Shelf(1).pager().fetch_ahead(wrong)
    with pytest.raises(InvalidArgument, match="fetch_ahead"):
        CallOptions(fetch_ahead=wrong)


async def test_the_width_can_be_set_for_one_list() -> None:
    shelf = Shelf(1000)

    assert [item async for item in shelf.pager(width=1).fetch_ahead(8)] == numbered(0, 1000)
    assert shelf.most_under_way > 4
