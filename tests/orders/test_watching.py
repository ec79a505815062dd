"""Watching all requests: each change once, none missed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orange_ordering_client._generated.models import Request
from orange_ordering_client.errors import InvalidArgument, OrderingError, Unauthorized
from orange_ordering_client.orders import watching
from orange_ordering_client.orders.cursor import Cursor, old_digest
from orange_ordering_client.orders.watching import Change, watch
from orange_ordering_client.pagination import Batch, Pager
from orange_ordering_client.requests import Requests
from orange_ordering_client.sandbox import Fault
from tests.calls import calling
from tests.clocks import FakeTime
from tests.placing import NOON, desk
from tests.servers import answer, error, serving


async def some(changes: AsyncIterator[Change], count: int) -> list[Change]:
    """So many changes, and no more."""
    found: list[Change] = []
    async with aclosing(cast("Any", changes)) as source:
        async for change in source:
            found.append(change)
            if len(found) == count:
                break
    return found


def wire(number: int, minutes: float = 0, **more: Any) -> dict[str, Any]:
    """A request that changed so many minutes after noon."""
    return {"id": f"3-{number}", "updatedAt": (NOON + timedelta(minutes=minutes)).isoformat(), **more}


class Book:
    """A list of requests, sorted as an honest server sorts it, or not."""

    def __init__(self, *items: dict[str, Any], honest: bool = True) -> None:
        self.items = list(items)
        self.honest = honest
        self.reads = 0

    def put(self, *items: dict[str, Any]) -> None:
        """Let requests change."""
        names = {item["id"] for item in items}
        self.items = [item for item in self.items if item.get("id") not in names] + list(items)

    def list(self, *, sort: str, offset: int, limit: int) -> Pager[Request]:
        async def fetch(offset: int, limit: int) -> Batch:
            self.reads += 1
            items = self.items
            if self.honest:
                items = sorted(items, key=lambda item: item.get("updatedAt") or "", reverse=True)
            return Batch(items[offset : offset + limit], len(items))

        return Pager(fetch, Request.from_dict, offset=offset, limit=limit)


def watched(book: Book, since: str | datetime | None = None, time: FakeTime | None = None) -> AsyncIterator[Change]:
    clock = (time or FakeTime()).clock
    return watch(cast("Any", book), clock, Cursor.parse(since), interval=30.0, visible_within=60.0)


def numbers(changes: list[Change]) -> list[str | None]:
    return [change.request.id for change in changes]


async def test_all_there_is_then_what_changes_the_oldest_first() -> None:
    book, time = Book(wire(1, 2), wire(2, 1), wire(3, 3)), FakeTime()
    async with aclosing(cast("Any", watched(book, None, time))) as changes:
        assert [(await anext(changes)).request.id for _ in range(3)] == ["3-2", "3-1", "3-3"]
        book.put(wire(2, 4, status="COMPLETED"))
        change = await anext(changes)
        assert (change.request.id, change.request.status, change.updated_at) == (
            "3-2", "COMPLETED", NOON + timedelta(minutes=4),
        )  # fmt: skip
        assert time.slept == [30]
        assert repr(change) == "<Change of 3-2 at 2026-11-23 12:04:00+00:00: COMPLETED>"


async def test_from_a_moment_on() -> None:
    book = Book(*(wire(number, number) for number in range(10)))
    changes = await some(watched(book, NOON + timedelta(minutes=7)), 3)
    assert numbers(changes) == ["3-7", "3-8", "3-9"]


async def test_after_a_restart_it_goes_on_after_the_change_of_the_cursor() -> None:
    book = Book(*(wire(number, number // 3) for number in range(20)))
    seen: list[str | None] = []
    since: str | None = None
    for count in (1, 4, 1, 9, 5):
        changes = await some(watched(book, since), count)
        seen += numbers(changes)
        since = changes[-1].cursor
    assert Counter(seen) == Counter(item["id"] for item in book.items)


async def test_a_change_that_is_listed_late_is_not_missed() -> None:
    book = Book(wire(1, 0), wire(2, 10))
    first = await some(watched(book), 2)
    book.put(wire(3, 9.5))
    assert numbers(await some(watched(book, first[-1].cursor), 1)) == ["3-3"]


async def test_only_what_can_be_new_is_read() -> None:
    book, time = Book(*(wire(number, number) for number in range(2000))), FakeTime()
    time.advance(2000 * 60)
    (last,) = (await some(watched(book, time=time), 2000))[-1:]
    book.reads = 0
    book.put(wire(0, 3000))
    await some(watched(book, last.cursor, time), 1)
    assert book.reads == 1


@pytest.mark.parametrize(
    "stamp",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T00:00:00Z",
        "2026-11-25T00:00:00Z",
    ],
)
async def test_a_date_that_cannot_be_true_is_given_once_and_hides_no_change_to_come(stamp: str) -> None:
    book = Book({"id": "3-0", "updatedAt": stamp}, wire(1, -2))
    first = await some(watched(book), 2)
    assert numbers(first) == ["3-0", "3-1"]

    for minutes in (-1, 0, 1):
        book.put(wire(2, minutes))
        (change,) = await some(watched(book, first[-1].cursor), 1)
        assert change.request.id == "3-2"
    book.put({"id": "3-0", "updatedAt": stamp, "status": "NEW"})
    assert numbers(await some(watched(book, change.cursor), 1)) == ["3-0"]


async def test_a_server_whose_clock_is_ahead_hides_no_change_of_another_whose_is_not() -> None:
    book = Book(wire(1, 60))
    first = await some(watched(book), 1)

    book.put(wire(2, 1))

    assert numbers(await some(watched(book, first[-1].cursor), 1)) == ["3-2"]


async def test_changes_may_be_listed_with_any_delay() -> None:
    async with desk() as place:
        await place.requests.create(place.order())
        assert len(await some(place.requests.watch(visible_within=1e300), 1)) == 1


async def test_a_cursor_holds_only_what_may_be_listed_again() -> None:
    book, time = Book(*(wire(number, number) for number in range(500))), FakeTime()
    time.advance(500 * 60)
    changes = await some(watched(book, time=time), 500)
    # Those of the last minute, because changes may be listed so late.
    assert len(Cursor.parse(changes[-1].cursor).given) == 2
    book.put(wire(0, 500))
    # After a restart, all of them count as of the time of the newest.
    (last,) = await some(watched(book, changes[-1].cursor, time), 1)
    assert len(Cursor.parse(last.cursor).given) == 3


async def test_a_server_that_ignores_the_order_is_read_whole() -> None:
    book = Book(*(wire(number, number) for number in range(600)), honest=False)
    last = (await some(watched(book), 600))[-1]
    assert last.request.id == "3-599"
    book.put(wire(5, 700))  # now the very last of the list
    assert numbers(await some(watched(book, last.cursor), 1)) == ["3-5"]


async def test_a_list_without_order_that_is_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_SWEPT", 600)
    book = Book(*(wire(number, number) for number in range(599)), honest=False)
    assert len(await some(watched(book, NOON), 599)) == 599
    book.put(wire(599, 599))
    with pytest.raises(OrderingError, match="does not sort"):
        await some(watched(book, NOON), 1)


async def test_without_updated_at_the_time_of_creation_counts() -> None:
    book = Book({"id": "3-1", "createdAt": NOON.isoformat()}, wire(2, 1))
    changes = await some(watched(book), 2)
    assert (changes[0].request.id, changes[0].updated_at) == ("3-1", NOON)


async def test_without_any_time_each_state_is_given_once() -> None:
    book = Book({"id": "3-1", "status": "NEW"}, {"status": "NEW"}, wire(2, 1))
    changes = await some(watched(book), 3)
    assert numbers(changes) == [None, "3-1", "3-2"]
    book.put({"id": "3-1", "status": "COMPLETED"})
    again = await some(watched(book, changes[-1].cursor), 1)
    assert (again[0].request.id, again[0].updated_at) == ("3-1", None)
    book.put(wire(4, 2))
    assert numbers(await some(watched(book, again[0].cursor), 1)) == ["3-4"]


async def test_a_status_that_nobody_knows_is_a_change_like_any_other() -> None:
    changes = await some(watched(Book(wire(1, status="SOMETHING_NEW"))), 1)
    assert changes[0].request.status == "SOMETHING_NEW"


async def test_the_same_moment_in_another_spelling_is_no_change() -> None:
    book = Book({"id": "3-1", "updatedAt": "2026-11-23T12:00:00Z"})
    first = await some(watched(book), 1)
    book.put({"id": "3-1", "updatedAt": "2026-11-23T13:00:00.000+01:00"}, wire(2, 1))
    assert numbers(await some(watched(book, first[0].cursor), 1)) == ["3-2"]


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=8), min_size=1, max_size=8),
    st.lists(st.integers(1, 5), max_size=6),
)
async def test_each_change_comes_exactly_once_wherever_the_program_is_restarted(
    rounds: list[list[tuple[int, int]]], stops: list[int]
) -> None:
    """Between looks requests change, several at one moment; the program ends after some changes and starts again."""
    book, since = Book(), ""
    given_: Counter[tuple[str, str]] = Counter()
    expected: set[tuple[str, str]] = set()
    ends = iter(stops)

    def note(change: Change) -> None:
        given_[str(change.request.id), change.request.to_dict()["updatedAt"]] += 1

    for minute, changed in enumerate(rounds):
        latest = {number: wire(number, minute + moment / 10) for number, moment in changed}
        book.put(*latest.values())
        while missing := {(item["id"], item["updatedAt"]) for item in book.items} - set(given_):
            count = min(next(ends, 100), len(missing))
            for change in await some(watched(book, since or None), count):
                note(change)
                since = change.cursor
        expected |= {(item["id"], item["updatedAt"]) for item in latest.values()}
    assert set(given_) == expected
    assert set(given_.values()) <= {1}


async def test_5000_changes_at_equal_times_three_restarts_one_outage() -> None:
    """Over HTTP against the sandbox: each change exactly once per id and updatedAt."""
    async with desk() as place:
        ids = place.sandbox.requests.seed(500)
        for request_id in ids:
            place.sandbox.requests.change(request_id, status="NEW")
        given_: Counter[tuple[str, datetime | None]] = Counter()
        made = {(request_id, place.sandbox.clock.now()) for request_id in ids}
        since: str | datetime | None = place.sandbox.clock.now()
        rounds = 0
        for stop in (700, 1300, 2900, 5000):
            async with aclosing(cast("Any", place.requests.watch(since, interval=5))) as changes:
                async for change in changes:
                    given_[change.request.id, change.updated_at] += 1
                    since = change.cursor
                    if len(given_) == 1500:
                        place.sandbox.faults.add(Fault("error:503/5", on="requests.list", times=60))
                    if len(given_) == len(made) and rounds < 9:
                        rounds += 1
                        place.sandbox.clock.advance(seconds=7)
                        for request_id in ids:
                            place.sandbox.requests.change(request_id, comment=f"round {rounds}")
                        made |= {(request_id, place.sandbox.clock.now()) for request_id in ids}
                    if len(given_) == stop:
                        break
        assert len(made) == 5000
        assert set(given_) == made
        assert set(given_.values()) == {1}


async def test_an_outage_longer_than_the_interval_is_survived() -> None:
    time = FakeTime()
    async with serving() as server, calling(server, clock=time.clock, retry=None) as pipeline:
        server.on("/requests", *[error(503, 5)] * 12, answer([wire(1)], X_Total_Count="1"))
        changes = await some(Requests(pipeline).watch(interval=4), 1)
    assert numbers(changes) == ["3-1"]
    assert time.slept[:4] == [1, 2, 4, 4]


async def test_outages_are_logged_and_each_begins_with_short_pauses(caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime(random=1.0)
    async with serving() as server, calling(server, retry=None, clock=time.clock) as pipeline:
        first, second = answer([wire(1)], X_Total_Count="1"), answer([wire(1), wire(2)], X_Total_Count="2")
        server.on("/requests", *[error(500, 1)] * 3, first, *[error(500, 1)] * 2, second)
        async with asyncio.timeout(30):
            await some(Requests(pipeline).watch(interval=8), 2)

    assert time.slept == [*time.slept[:3], 8, *time.slept[:2]]
    assert time.slept[0] < time.slept[1] < time.slept[2] < 8
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text.partition(": ")[0] for text in told] == [
        f"changes cannot be read just now ({count} times in a row)" for count in (1, 2, 3, 1, 2)
    ]
    assert all("500" in text.partition(": ")[2] for text in told)


async def test_what_waiting_does_not_cure_is_raised() -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", error(401, 41))
        with pytest.raises(Unauthorized):
            await some(Requests(pipeline).watch(), 1)


async def test_it_ends_at_once_when_cancelled() -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", answer([]))

        async def follow() -> None:
            async for _ in Requests(pipeline).watch(interval=1000):
                raise AssertionError

        task = asyncio.create_task(follow())
        await server.until(lambda server: len(server.calls) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    "arguments",
    [{"interval": 0}, {"interval": 10**5000}, {"visible_within": -1}, {"visible_within": 10**5000}],
    ids=lambda arguments: next(iter(arguments)),
)
async def test_numbers_that_make_no_sense_are_refused_at_once(arguments: dict[str, Any]) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument):
            place.requests.watch(**arguments)


# Several changes under one time


@pytest.mark.parametrize(
    "stamp", ["2026-11-23T12:00:00Z", "2026-11-23T00:00:00Z", "2026-11-23T12:00:00.123456789Z"],
    ids=["seconds", "days", "nanoseconds"],
)  # fmt: skip
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_a_second_change_under_the_same_time_is_given_once(stamp: str, restarted: bool) -> None:
    book, time, cursor = Book(), FakeTime(), None
    changes = cast("Any", watched(book, None, time))
    try:
        for status in ("SUBMITTED", "IN_PROGRESS", "COMPLETED"):
            book.put({"id": "3-1", "updatedAt": stamp, "status": status}, {"id": "3-2", "updatedAt": stamp})
            if restarted:
                await changes.aclose()
                changes = cast("Any", watched(book, cursor, time))
            expected = [("3-1", status)] if cursor else [("3-2", None), ("3-1", status)]
            found = [await anext(changes) for _ in expected]
            assert [(change.request.id, change.request.status) for change in found] == expected
            cursor = found[-1].cursor
    finally:
        await changes.aclose()


async def test_a_second_change_on_a_real_server_is_given_once() -> None:
    async with serving() as server, calling(server) as pipeline:
        states = (answer([wire(1, 0, status=status)], X_Total_Count="1") for status in ("SUBMITTED", "COMPLETED"))
        server.on("/requests", *states)
        async with asyncio.timeout(30):
            changes = await some(Requests(pipeline).watch(interval=1), 2)
    assert [change.request.status for change in changes] == ["SUBMITTED", "COMPLETED"]
    assert server.calls[0].query == {"sort": "-updatedAt", "offset": "0", "limit": "250"}


async def test_a_cursor_whose_states_have_no_time_still_tells_what_is_there() -> None:
    assert numbers(await some(watched(Book(wire(1)), f"1;;;{'a' * 11};"), 1)) == ["3-1"]


async def test_a_cursor_of_an_earlier_version_gives_nothing_again_and_later_changes_once() -> None:
    book, time = Book(wire(1, 0, status="SUBMITTED"), wire(2, 0)), FakeTime()
    known = tuple(old_digest(Request.from_dict(item)) for item in book.items)
    cursor = str(Cursor(start=NOON - timedelta(minutes=1), newest=NOON, given=known))
    async with aclosing(cast("Any", watched(book, cursor, time))) as changes:
        book.put(wire(3, 1))
        change = await anext(changes)
        assert change.request.id == "3-3"
        cursor = change.cursor
    book.put(wire(1, 0, status="COMPLETED"))
    async with aclosing(cast("Any", watched(book, cursor, time))) as changes:
        assert (await anext(changes)).request.id == "3-1"
        book.put(wire(2, 2))
        assert (await anext(changes)).request.id == "3-2"
