"""The pause of a whole client after a rate-limit response."""

from __future__ import annotations

from collections.abc import Callable

from orange_ordering_client.clock import Clock, Deadline
from orange_ordering_client.errors import DeadlineExceeded

__all__ = ["Cooldown"]

_SPREAD = 0.25
"""Share of the pause, at most 0.25 s, over which waiting calls continue at random times instead of all at once."""

_WORTH_SAYING = 0.05
"""Seconds by which a cooldown must exceed the current one to be announced: of many limited calls, one announces it."""


class Cooldown:
    """The rate-limit cooldown of a client, during which requests are blocked.

    Args:
        clock: the source of time and jitter.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends_at = float("-inf")
        self._announce: Callable[[float], None] | None = None

    def announce_to(self, announce: Callable[[float], None]) -> None:
        """Set a function that is called for every cooldown that starts here, but not for joined cooldowns."""
        self._announce = announce

    def start(self, seconds: float) -> None:
        """Block every call for some seconds; a cooldown that ends later is kept."""
        if self._announce is not None and seconds > self.left() + _WORTH_SAYING:
            self._announce(seconds)
        self.join(seconds)

    def join(self, seconds: float) -> None:
        """Block every call for some seconds, because another process started a cooldown."""
        self._ends_at = max(self._ends_at, self._clock.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds until the cooldown ends; zero if there is none."""
        return max(0.0, self._ends_at - self._clock.monotonic())

    async def wait(self, deadline: Deadline) -> None:
        """Wait until the cooldown ends.

        Raises:
            DeadlineExceeded: the cooldown ends after the deadline of this call. It is raised at once; nothing was sent.
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
