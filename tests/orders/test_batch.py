"""Many orders at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from orange_ordering_client._generated.models import Request
from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.batch import Progress, Result, run_many
from orange_ordering_client.orders.errors import OutcomeUnknown
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.sandbox import Fault
from tests.placing import desk

PLACED = Submission(request=Request(id="3-1"))


class Counter:
    """Places items and counts how many are under way at once."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    async def place(self, item: int) -> Submission:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            for _ in range(40):
                await asyncio.sleep(0)
        finally:
            self.now -= 1
        if item % 10 == 9:
            raise ValueError(item)
        return PLACED


async def test_each_order_gives_one_result_and_a_failure_stops_no_other() -> None:
    async with desk() as place:
        orders = [place.order(f"WAN-{number}") for number in range(20)]
        place.sandbox.faults.add(
            Fault("error:422/3622", on="requests.create", reference="WAN-3"),
            Fault("drop-before", on="requests.create", reference="WAN-7"),
        )
        results = [result async for result in place.requests.submit_many(orders, validate=False)]
    results.sort(key=lambda result: result.index)
    assert [result.order for result in results] == orders
    assert [result.index for result in results if result.error] == [3, 7]
    assert isinstance(results[7].error, OutcomeUnknown)
    assert len(place.sandbox.journal.committed) == 18
    assert results[0].unwrap().request.customer_reference == "WAN-0"
    with pytest.raises(OutcomeUnknown):
        results[7].unwrap()


async def test_what_is_no_order_fails_by_itself() -> None:
    async with desk() as place:
        orders: list[Any] = [None, place.order()]
        results = [result async for result in place.requests.submit_many(orders, concurrency=1)]
    assert isinstance(results[0].error, InvalidArgument)
    assert results[1].submission is not None


async def test_the_same_reference_twice_is_placed_once() -> None:
    async with desk() as place:
        results = [result async for result in place.requests.submit_many([place.order(), place.order()])]
        assert sorted(result.unwrap().already_there for result in results) == [False, True]
        assert place.sent() == 1


async def test_no_more_are_under_way_than_asked_for() -> None:
    counter = Counter()
    told: list[int] = []

    def hook(progress: Progress) -> None:
        told.append(progress.taken)

    results = [result async for result in run_many(range(100), counter.place, concurrency=5, on_progress=hook)]
    assert max(told) == 100
    assert counter.most == 5
    assert sum(1 for result in results if result.error) == 10


async def test_a_slow_reader_is_not_outrun() -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    counter = Counter()
    async with aclosing(run_many(source(), counter.place, concurrency=4)) as results:
        async for _ in results:
            for _ in range(200):
                await asyncio.sleep(0)
            assert len(taken) <= 4
            break
    assert counter.now == 0


async def test_a_slow_source_does_not_hold_up_what_has_ended() -> None:
    more = asyncio.Event()

    async def source() -> AsyncIterator[int]:
        yield 0
        await more.wait()
        yield 1
        yield 2

    results = run_many(source(), Counter().place, concurrency=8)
    assert (await anext(results)).index == 0
    more.set()
    assert [result.index async for result in results] == [1, 2]


async def test_leaving_the_loop_cancels_what_is_under_way() -> None:
    ended: list[str] = []

    async def source() -> AsyncIterator[int]:
        yield 0
        yield 1
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("source")

    async def place(item: int) -> Submission:
        if item == 0:
            return PLACED
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # It is not left alone while it notes what happened.
            await asyncio.sleep(0.01)
            ended.append("order")
            raise
        raise AssertionError

    results = run_many(source(), place, concurrency=8)
    await anext(results)
    reading = asyncio.create_task(anext(results))
    for _ in range(20):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await results.aclose()
    assert sorted(ended) == ["order", "source"]


async def test_an_error_of_the_source_is_raised_after_the_results_of_what_was_under_way() -> None:
    def source() -> Iterator[int]:
        yield 0
        yield 1
        raise KeyError("line 3")

    seen: list[int] = []

    async def read() -> None:
        async for result in run_many(source(), Counter().place, concurrency=8):
            seen.append(result.index)  # noqa: PERF401 -- what was read before the error counts

    with pytest.raises(KeyError, match="line 3"):
        await read()
    assert seen == [0, 1]


@pytest.mark.parametrize("total", [None, 20])
async def test_progress_is_told_after_each(total: int | None) -> None:
    told: list[Progress] = []

    async def hook(progress: Progress) -> None:
        told.append(progress)

    items = range(20) if total is None else list(range(20))
    seen: list[int] = []
    async for result in run_many(items, Counter().place, concurrency=3, on_progress=hook):
        assert told[-1].under_way <= 3
        seen.append(result.index)
    assert sorted(seen) == list(range(20))
    assert told[-1] == Progress(taken=20, placed=18, failed=2, total=total)
    assert len(told) == 20


async def test_a_hook_that_fails_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def hook(progress: Progress) -> None:
        raise RuntimeError("broken")

    results = [result async for result in run_many([0], Counter().place, concurrency=1, on_progress=hook)]
    assert results == [Result(index=0, order=0, submission=PLACED)]
    assert "hook" in caplog.text


@pytest.mark.parametrize("concurrency", [0, -1, True, 1.5])
async def test_a_concurrency_that_is_none_is_refused(concurrency: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^concurrency is"):
        await anext(run_many([0], Counter().place, concurrency=concurrency))


async def test_what_cannot_be_iterated_is_refused() -> None:
    nothing: Any = 5
    with pytest.raises(InvalidArgument) as caught:
        await anext(run_many(nothing, Counter().place, concurrency=1))
    assert str(caught.value) == "orders is 5; give a list of orders, or another iterable."
