"""The pause that one rate-limited call imposes on all calls of a client."""

from __future__ import annotations

from orange_ordering_client.clock import Clock, Deadline
from orange_ordering_client.errors import DeadlineExceeded

__all__ = ["Gate"]

_SPREAD = 0.25
"""Waiters leave the gate spread over this share of the pause (a second of it at most), not all in one instant."""


class Gate:
    """Closed while the server wants quiet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens_at = float("-inf")

    def close_for(self, seconds: float) -> None:
        """Hold every call back for some seconds; a longer pause already under way stands."""
        self._opens_at = max(self._opens_at, self._clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until the gate opens, zero when it is open."""
        return max(0.0, self._opens_at - self._clock.monotonic())

    async def passed(self, deadline: Deadline) -> None:
        """Wait until the gate is open.

        Raises:
            DeadlineExceeded: at once, if it opens too late for this call. Nothing was sent.
        """
        while (left := self.left()) > 0:
            spare = deadline.left() - left
            if spare <= 0:
                raise DeadlineExceeded(
                    f"Nothing was sent: Orange limits the rate of calls for another {left:.1f} s, longer than this call"
                    f" may take (timeout={deadline.seconds:g}). Send fewer calls, or give it more time."
                )
            spread = min(_SPREAD * min(left, 1.0), spare / 2)
            await self._clock.sleep(left + spread * self._clock.random())
