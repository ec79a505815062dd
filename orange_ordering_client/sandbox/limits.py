"""A rate limit that is a real token bucket."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal

from orange_ordering_client.sandbox.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from orange_ordering_client.sandbox.clock import Clock

__all__ = ["Bucket", "RateLimit", "retry_after"]

Spelling = Literal["seconds", "date", "absent"]
_SPELLINGS: dict[str, Spelling] = {"seconds": "seconds", "date": "date", "absent": "absent"}


@dataclass(frozen=True)
class RateLimit:
    """How many calls a client has.

    Attributes:
        per_second: how fast the bucket fills.
        burst: how much it holds; it starts full.
        status: 429, or 403; both with code 53 (FACTS P3).
        retry_after: how the wait is said: "seconds", "date" (RFC 9110, section 10.2.3), or not at all, "absent".
    """

    per_second: float
    burst: int = 1
    status: int = 429
    retry_after: Spelling = "seconds"

    def __post_init__(self) -> None:
        if not (self.per_second > 0 and self.burst >= 1 and self.status in (403, 429)):
            raise ValueError("A rate limit needs per_second above 0, a burst of 1 or more, and status 403 or 429.")

    @classmethod
    def parse(cls, text: str) -> RateLimit:
        """Read the spelling of the command line: `5/10`, `5/10:403`, `5/10:429:date`.

        Raises:
            ValueError: it cannot be read.
        """
        rate, *rest = text.split(":")
        per_second, _, burst = rate.partition("/")
        try:
            status, spelling = (*rest, *("429", "seconds")[len(rest) :])
            return cls(float(per_second), int(burst or 1), int(status), _SPELLINGS[spelling])
        except (ValueError, KeyError):
            form = "PER_SECOND/BURST[:429|403[:seconds|date|absent]]"
            raise ValueError(f"{text!r} is no rate limit; write {form}.") from None


class Bucket:
    """What is left of a rate limit, client by client.

    Args:
        clock: by which it fills.
        now: real time, for Retry-After dates: callers compare those with their own clock.
    """

    def __init__(self, clock: Clock, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.limit: RateLimit | None = None
        self._clock = clock
        self._now = now
        self._levels: dict[str, tuple[float, datetime]] = {}

    def take(self, client: str) -> None:
        """Count one call.

        Raises:
            Refusal: 429/53 or 403/53, nothing is left.
        """
        limit = self.limit
        if limit is None:
            return
        now = self._clock.now()
        level, since = self._levels.get(client, (float(limit.burst), now))
        level = min(limit.burst, level + (now - since).total_seconds() * limit.per_second)
        if level < 1:
            self._levels[client] = (level, now)
            wait = (1 - level) / limit.per_second
            raise Refusal(limit.status, 53, headers=retry_after(wait, limit.retry_after, self._now()))
        self._levels[client] = (level - 1, now)


def retry_after(wait: float, spelling: Spelling, now: datetime) -> dict[str, str]:
    """Say how long to wait, in whole seconds, rounded up: whoever waits that long is not too early."""
    if spelling == "absent":
        return {}
    if spelling == "seconds":
        return {"Retry-After": str(math.ceil(wait))}
    moment = now + timedelta(seconds=wait)
    moment = moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)
    return {"Retry-After": format_datetime(moment.astimezone(UTC), usegmt=True)}
