"""An order is placed once by several tasks, and after cancellation at any point."""

from __future__ import annotations

import asyncio

import pytest

from orange_ordering_client.hooks import Hooks, ResponseRecord
from orange_ordering_client.notifier import Notifier
from orange_ordering_client.orders.errors import ReferenceConflict
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.sandbox import Fault
from tests.placing import Desk, desk

CREATE = "requests.create"


def once(place: Desk, kind: str, on: str = CREATE, times: float = 1) -> None:
    place.sandbox.faults.add(Fault(kind, on=on, times=times))


async def test_two_tasks_with_the_same_order_place_it_once() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        placed = await asyncio.gather(*(place.view().submit(place.order()) for _ in range(5)))
        assert len({submission.request.id for submission in placed}) == 1
        assert sorted(submission.already_there for submission in placed) == [False, True, True, True, True]
        assert place.sent() == 1


async def test_two_tasks_with_different_orders_under_one_reference_conflict() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        orders = [place.order(), place.order(comment="another")]
        first, second = await asyncio.gather(*(place.requests.submit(o) for o in orders), return_exceptions=True)
        assert isinstance(first, Submission)
        assert isinstance(second, ReferenceConflict)
        assert place.sent() == 1


async def test_what_was_placed_is_kept_in_mind_only_until_it_must_be_listed() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:5")
        await place.requests.submit(place.order("A"), visible_within=10)
        assert (await place.requests.submit(place.order("A"))).already_there
        await place.time.sleep(11)
        await place.requests.submit(place.order("B"))
        place.sandbox.requests.remove(place.sandbox.journal.committed[0].id)  # archived, says Orange
        assert not (await place.requests.submit(place.order("A"))).already_there


@pytest.mark.parametrize("kind", [None, "drop-after", "delayed-visibility:3", "rate-limit:429/2", "error:503/5"])
async def test_cancelled_at_any_point_the_same_call_recovers(kind: str | None) -> None:
    """Cancelled after 1, 2, 3, ... turns of the event loop, until the call is over before that."""
    turns = 0
    while True:
        turns += 1
        async with desk() as place:
            if kind is not None:
                once(place, kind)
                if kind.startswith("delayed"):
                    once(place, "drop-after")
            task = asyncio.create_task(place.requests.submit(place.order(), validate=False))
            for _ in range(turns):
                await asyncio.sleep(0)
            over = task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await place.requests.submit(place.order(), validate=False, resend=True)
            assert len(place.sandbox.journal.committed) == 1
            assert not place.sandbox.journal.duplicates()
            if over:
                return


async def test_cancelled_while_nothing_had_left_the_same_call_sends() -> None:
    async with desk() as place:
        once(place, "rate-limit:429/60")
        paused = asyncio.Event()

        async def sleep(seconds: float) -> None:
            paused.set()
            await asyncio.Event().wait()

        real = place.session.clock.sleep
        object.__setattr__(place.session.clock, "sleep", sleep)
        task = asyncio.create_task(place.view(timeout=100).submit(place.order()))
        await paused.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        object.__setattr__(place.session.clock, "sleep", real)
        assert (await place.view(timeout=100).submit(place.order())).attempts == 1


async def test_cancelled_while_it_was_on_its_way_the_same_call_finds_it() -> None:
    answered = asyncio.Event()

    async def hold(record: ResponseRecord) -> None:
        if record.request.operation == CREATE:
            answered.set()
            await asyncio.Event().wait()

    async with desk() as place:
        once(place, "delayed-visibility:10")
        place.session.notifier = Notifier(Hooks(on_response=hold))
        task = asyncio.create_task(place.requests.submit(place.order()))
        await answered.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        place.session.notifier = Notifier(Hooks())
        assert (await place.requests.submit(place.order())).recovered
        assert place.sent() == 1
