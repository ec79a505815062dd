"""cooldown: the pause that a rate limit imposes, on a clock that stands still."""

from __future__ import annotations

import asyncio

import pytest

from orange_ordering_client.clock import Deadline
from orange_ordering_client.cooldown import Cooldown
from orange_ordering_client.errors import DeadlineExceeded
from tests.clocks import FakeTime, StoppedTime


async def test_an_open_gate_is_passed_at_once() -> None:
    time = FakeTime()

    await Cooldown(time.clock).wait(Deadline.after(1, time.clock))

    assert time.slept == []


async def test_a_closed_gate_holds_a_call_for_the_whole_pause() -> None:
    time = FakeTime()
    cooldown = Cooldown(time.clock)
    cooldown.start(7.0)

    assert cooldown.left() == 7.0
    await cooldown.wait(Deadline.after(60, time.clock))

    assert time.slept == [7.0]
    assert cooldown.left() == 0.0


async def test_waiters_leave_spread_over_a_quarter_of_a_second_at_most() -> None:
    for pause, latest in ((10.0, 10.25), (1.0, 1.25), (0.1, 0.125)):
        time = FakeTime(random=1.0)
        cooldown = Cooldown(time.clock)
        cooldown.start(pause)
        await cooldown.wait(Deadline.after(60, time.clock))
        assert time.slept == [pytest.approx(latest)]


async def test_the_spread_does_not_cost_a_call_its_deadline() -> None:
    time = FakeTime(random=1.0)
    cooldown = Cooldown(time.clock)
    cooldown.start(10.0)

    await cooldown.wait(Deadline.after(10.1, time.clock))

    assert time.slept == [pytest.approx(10.05)]


@pytest.mark.parametrize("timeout", [7.0, 6.9, 0.1])
async def test_a_call_that_has_not_so_long_is_told_at_once(timeout: float) -> None:
    time = FakeTime()
    cooldown = Cooldown(time.clock)
    cooldown.start(7.0)

    with pytest.raises(DeadlineExceeded, match=r"Nothing was sent.*another 7\.0 s") as caught:
        await cooldown.wait(Deadline.after(timeout, time.clock))

    assert time.slept == []
    assert not caught.value.may_have_been_accepted


def test_a_shorter_pause_does_not_shorten_one_under_way() -> None:
    time = FakeTime()
    cooldown = Cooldown(time.clock)
    cooldown.start(7.0)
    cooldown.start(2.0)

    assert cooldown.left() == 7.0


async def test_a_pause_that_is_prolonged_holds_those_who_already_wait() -> None:
    time = StoppedTime()
    cooldown = Cooldown(time.clock)
    cooldown.start(5.0)
    waiting = asyncio.create_task(cooldown.wait(Deadline.after(60, time.clock)))
    await time.asleep(1)
    cooldown.start(8.0)

    time.advance(5.2)
    await time.asleep(2)
    assert not waiting.done()

    time.advance(3.2)
    await waiting


async def test_cancelling_a_waiter_leaves_the_others_waiting() -> None:
    time = StoppedTime()
    cooldown = Cooldown(time.clock)
    cooldown.start(5.0)
    first, second = (asyncio.create_task(cooldown.wait(Deadline.after(60, time.clock))) for _ in range(2))
    await time.asleep(2)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first

    time.advance(6.0)
    await second
