"""Sandbox time: it can be moved, and it can stand still."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "stamp"]


class Clock:
    """The time by which requests progress and tokens expire.

    Args:
        now: where it starts. Given, it stands still there and moves by `advance` only; otherwise it starts at the real
            time and ticks.
        monotonic: what makes it tick.

    Raises:
        ValueError: `now` has no offset.
    """

    def __init__(self, now: datetime | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("now needs an offset, for example datetime(2026, 1, 5, 9, tzinfo=UTC).")
        self._base = (now or datetime.now(UTC)).astimezone(UTC)
        self._ticks = monotonic if now is None else None
        self._origin = monotonic()

    def now(self) -> datetime:
        """The present, in UTC."""
        if self._ticks is None:
            return self._base
        return self._base + timedelta(seconds=self._ticks() - self._origin)

    def today(self) -> date:
        """The present day. Orange does not document where its day begins; here it is UTC's."""
        return self.now().date()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward.

        Raises:
            ValueError: the step is negative; what has happened stays.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise ValueError("A sandbox clock only moves forward.")
        self._base += step


def stamp(moment: datetime) -> str:
    """Write a moment as the API does: UTC, milliseconds, `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
