"""pagination: one page, the next, and its items."""

from __future__ import annotations

import asyncio
import pickle
import weakref
from typing import Any

import pytest

from orange_ordering_client.errors import ConnectionBroken, DecodeError, InvalidArgument, PaginationError
from orange_ordering_client.pagination import MAX_LIMIT
from tests.pagination.shelf import Items, Shelf, items, whole

# ---- what may be asked for ----


@pytest.mark.parametrize("limit", [0, -1, 251, True, 1.0, "10", [1]])
def test_a_limit_that_no_page_can_have_is_refused(limit: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"limit is .*from 1 to 250"):
        Shelf(whole(0)).pager(limit=limit)


@pytest.mark.parametrize("offset", [-1, True, 1.5, "0", None])
def test_an_offset_that_is_none_is_refused(offset: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"offset is .*from 0"):
        Shelf(whole(0)).pager(offset=offset)


@pytest.mark.parametrize("limit", [1, 250])
def test_the_documented_limits_are_allowed(limit: int) -> None:
    assert Shelf(whole(0)).pager(limit=limit, offset=10**9) is not None


async def test_without_a_limit_pages_are_as_long_as_the_api_allows() -> None:
    shelf = Shelf(whole(3))
    await shelf.pager()

    assert shelf.asked == [(0, MAX_LIMIT)] == [(0, 250)]


# ---- one page ----


class Traced(dict[str, Any]):
    """An item that can be seen to be gone."""

    __hash__ = object.__hash__  # by identity, for a set of them


@pytest.mark.parametrize("how", ["a page", "item by item"])
async def test_the_json_of_an_item_goes_as_its_model_comes(how: str) -> None:
    alive: weakref.WeakSet[Traced] = weakref.WeakSet()
    left: list[int] = []

    def page(offset: int, limit: int) -> Any:
        made = [Traced(id=str(number)) for number in range(4)]
        alive.update(made)
        return made

    def decode(item: Traced) -> str:
        left.append(len(alive))
        return item["id"]

    pager = Shelf(page).pager(decode, limit=5)
    read = (await pager).items if how == "a page" else [each async for each in pager]

    assert read == ["0", "1", "2", "3"]
    assert left == [4, 3, 2, 1]


async def test_what_a_page_repeats_is_let_go_before_the_next_is_asked_for() -> None:
    alive: weakref.WeakSet[Traced] = weakref.WeakSet()
    left: list[int] = []

    def page(offset: int, limit: int) -> Any:
        left.append(len(alive))
        made = [Traced(id=str(number)) for number in (offset, 0, 1) if offset < 6]
        alive.update(made)
        return made

    assert [item["id"] async for item in Shelf(page).pager(lambda item: dict(item), limit=3).fetch_ahead(1)] == [
        "0", "1", "3"
    ]  # fmt: skip
    assert left == [0, 0, 0]


async def test_a_page_says_what_it_holds() -> None:
    page = await Shelf(whole(9), total=9).pager(limit=4, offset=2)

    assert page.items == items(2, 3, 4, 5)
    assert (page.total, page.offset, page.limit, page.has_next) == (9, 2, 4, True)
    assert list(page) == page.items
    assert len(page) == 4


async def test_pages_follow_each_other_until_there_is_none() -> None:
    page = await Shelf(whole(5), 5).pager(limit=2)
    found = [page.items]
    while (following := await page.next()) is not None:
        page = following
        found.append(page.items)

    assert found == [items(0, 1), items(2, 3), items(4)]
    assert not page.has_next


async def test_nothing_is_asked_for_after_the_last_page() -> None:
    shelf = Shelf(whole(1), 1)
    page = await shelf.pager(limit=2)

    assert await page.next() is None
    assert len(shelf.asked) == 1


async def test_a_page_that_failed_can_be_asked_for_again() -> None:
    shelf = Shelf(whole(4))
    page = await shelf.pager(limit=2)
    honest, shelf.page = shelf.page, failing
    with pytest.raises(ConnectionBroken):
        await page.next()
    shelf.page = honest

    following = await page.next()

    assert following is not None
    assert following.items == items(2, 3)


def failing(_offset: int, _limit: int) -> Items:
    raise ConnectionBroken("gone")


# ---- decoding ----


async def test_items_are_decoded_each_with_its_place_in_the_path() -> None:
    def decode(item: dict[str, Any]) -> int:
        if item["id"] == "3":
            raise DecodeError("not this one").at("id")
        return int(item["id"])

    assert (await Shelf(whole(2)).pager(decode)).items == [0, 1]
    with pytest.raises(DecodeError) as caught:
        await Shelf(whole(5)).pager(decode)

    assert caught.value.path == "[3].id"


# ---- a page as a sequence ----


async def test_a_page_gives_its_items_by_place_and_slice() -> None:
    page = await Shelf(whole(5), 5).pager()

    assert page[0] == {"id": "0"}
    assert page[-1] == {"id": "4"}
    assert page[1:3] == items(1, 2)


async def test_a_place_beyond_the_page_says_how_to_reach_other_pages() -> None:
    page = await Shelf(whole(5), 5).pager(limit=2)

    with pytest.raises(IndexError) as caught:
        page[2]
    assert str(caught.value) == (
        "The page has 2 items and none at 2. For items of other pages use `async for` or `await page.next()`."
    )


async def test_other_tasks_run_while_a_long_page_is_read() -> None:
    turns = 0

    async def ticking() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(ticking())
    async for _ in Shelf(whole(500), total=500).pager(limit=250, width=1):
        pass
    other.cancel()

    assert turns >= 250 / 32


# ---- used wrongly ----


def test_a_list_shows_how_to_read_it() -> None:
    said = repr(Shelf(whole(3)).pager(offset=5, limit=10))
    assert (
        said
        == "<list from item 5 on, 10 per page, not read yet: use `async for` for every item, or `await` for one page>"
    )


async def test_a_page_shows_what_it_is_and_not_all_its_items() -> None:
    first = await Shelf(whole(3), total=3).pager(limit=2)
    assert repr(first) == "<page of 2 items from item 0 on, of 3: use `for`; `await page.next()` for the next>"
    assert repr(await first.next()) == "<page of 1 items from item 2 on, of 3: use `for`>"
    uncounted = await Shelf(whole(1)).pager(limit=2, offset=1)
    assert repr(uncounted) == "<page of 0 items from item 1 on, of an unknown number: use `for`>"


@pytest.mark.parametrize(
    ("use", "fix"),
    [(iter, "async for"), (len, "total"), (bool, "limit=1"), (lambda pager: pager[0], r"\[0\]"), (list, "async for")],
)
def test_a_list_used_like_what_is_already_read_says_what_to_do(use: Any, fix: str) -> None:
    with pytest.raises(TypeError, match=fix):
        use(Shelf(whole(3)).pager())


async def test_a_page_used_like_a_list_says_what_to_do() -> None:
    page: Any = await Shelf(whole(3)).pager()
    with pytest.raises(TypeError, match="use `for`"):
        [item async for item in page]


async def test_a_pickled_page_has_its_items_and_says_where_to_read_on() -> None:
    page = await Shelf(whole(3), total=3).pager(limit=2)
    copy = pickle.loads(pickle.dumps(page))  # noqa: S301  # made here
    assert (copy.items, copy.total, copy.offset, copy.limit, copy.has_next) == (page.items, 3, 0, 2, True)
    with pytest.raises(PaginationError, match=r"list\(offset=2\)"):
        await copy.next()
