"""A rate limit, as a token bucket for each client."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.domain.clock import Clock

__all__ = ["Bucket", "RateLimit", "retry_after"]

Form = Literal["seconds", "date", "absent"]
_FORMS: dict[str, Form] = {"seconds": "seconds", "date": "date", "absent": "absent"}


@dataclass(frozen=True)
class RateLimit:
    """The rate of calls that a client may make.

    Attributes:
        per_second: calls per second of sandbox time.
        burst: calls that a client may make at once; it starts with all of them.
        status: of a call above the limit, 429 or 403; both have code 53 (FACTS P3).
        retry_after: form of the Retry-After header: "seconds", "date" (RFC 9110, section 10.2.3) or "absent".
    """

    per_second: float
    burst: int = 1
    status: int = 429
    retry_after: Form = "seconds"

    def __post_init__(self) -> None:
        if not (self.per_second > 0 and self.burst >= 1 and self.status in (403, 429)):
            raise ValueError("A rate limit needs per_second above 0, a burst of 1 or more, and status 403 or 429.")

    @classmethod
    def parse(cls, text: str) -> RateLimit:
        """Parse the form of the command line: `5/10`, `5/10:403`, `5/10:429:date`.

        Raises:
            ValueError: the text is not a rate limit.
        """
        rate, *rest = text.split(":")
        per_second, _, burst = rate.partition("/")
        try:
            status, form = (*rest, *("429", "seconds")[len(rest) :])
            return cls(float(per_second), int(burst or 1), int(status), _FORMS[form])
        except (ValueError, KeyError):
            usage = "PER_SECOND/BURST[:429|403[:seconds|date|absent]]"
            raise ValueError(f"{text!r} is not a rate limit; write {usage}.") from None


class Bucket:
    """Counts the calls of each client against a rate limit.

    Args:
        clock: the clock of the rate.
        now: returns the real time, for Retry-After dates: callers compare those with their own clock.
    """

    def __init__(self, clock: Clock, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._limit: RateLimit | None = None
        self._clock = clock
        self._now = now
        self._levels: dict[str, tuple[float, datetime]] = {}

    @property
    def limit(self) -> RateLimit | None:
        """The rate limit, None if there is none; setting it gives every client a full burst again."""
        return self._limit

    @limit.setter
    def limit(self, limit: RateLimit | None) -> None:
        self._limit = limit
        self._levels.clear()

    def take(self, client: str) -> None:
        """Count one call of a client.

        Raises:
            Refusal: 429/53 or 403/53, the call is above the limit.
        """
        limit = self._limit
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


def retry_after(wait: float, form: Form, now: datetime) -> dict[str, str]:
    """Return the Retry-After header for a wait in seconds, rounded up, so that a client that obeys is not too early."""
    if form == "absent":
        return {}
    if form == "seconds":
        return {"Retry-After": str(math.ceil(wait))}
    moment = now + timedelta(seconds=wait)
    moment = moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)
    return {"Retry-After": format_datetime(moment.astimezone(UTC), usegmt=True)}
