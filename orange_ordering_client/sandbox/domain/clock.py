"""The clock of the sandbox: it can be stopped and moved forward."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

__all__ = ["Clock", "stamp"]


class Clock:
    """The clock that decides when requests progress and tokens expire.

    Args:
        now: start time. If given, the clock is stopped there and moves by `advance` only; otherwise it starts at the
            real time and runs.
        monotonic: seconds on a monotonic clock, which a running clock follows.

    Raises:
        ValueError: `now` has no UTC offset.
    """

    def __init__(self, now: datetime | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("now needs an offset, for example datetime(2026, 1, 5, 9, tzinfo=UTC).")
        self._base = (now or datetime.now(UTC)).astimezone(UTC)
        self._ticks = monotonic if now is None else None
        self._origin = monotonic()

    def now(self) -> datetime:
        """Return the current time, in UTC."""
        if self._ticks is None:
            return self._base
        return self._base + timedelta(seconds=self._ticks() - self._origin)

    def today(self) -> date:
        """Return the current date, in UTC: Orange does not document the time zone of its dates."""
        return self.now().date()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock forward.

        Raises:
            ValueError: the step is negative.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise ValueError("A sandbox clock only moves forward.")
        self._base += step


def stamp(moment: datetime) -> str:
    """Format a time in UTC as the API does: with milliseconds and `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
