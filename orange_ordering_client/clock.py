"""The source of time and randomness, passed in so that tests can replace it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import attrs

__all__ = ["Clock", "Deadline"]


def _now() -> datetime:
    return datetime.now(UTC)


@attrs.frozen(eq=False, repr=False)
class Clock:
    """The source of durations, dates, pauses and jitter.

    Attributes:
        monotonic: seconds of a clock that is never adjusted, for durations.
        now: the date and time, for HTTP dates, and to notice dates of a server that lie in the future.
        sleep: pause for some seconds.
        random: a number from 0 up to 1.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random


@attrs.frozen(eq=False, repr=False)
class Deadline:
    """The time limit of one logical call, attempts and pauses included."""

    clock: Clock
    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Deadline:
        """A deadline some seconds from now."""
        return cls(clock, clock.monotonic() + seconds, seconds)

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at - self.clock.monotonic())
