"""Times that a server states, as far as they can be true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["credible", "is_ahead"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Servers write the first and the last date of the calendar for a date that is not set. Neither can be converted to
every time zone."""

_AHEAD = timedelta(days=1)
"""The clock of a server may be ahead of the clock of this machine, but less than this."""


def credible(moment: datetime | None) -> datetime | None:
    """Return a stated time in UTC; None if it stands for a date that is not set."""
    return None if moment is None or moment < _EPOCH else min(moment, _LATEST).astimezone(UTC)


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Return whether nothing can have happened at this time yet, whatever clock was used."""
    return moment > now + _AHEAD
