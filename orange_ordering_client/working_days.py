"""Rule 3611: the first day that Orange accepts for a disconnection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from orange_ordering_client.errors import InvalidArgument

__all__ = ["earliest_requested_at", "is_working_day"]

_NOTICE = {"R_BVPN_FR_1": timedelta(days=20)}
"""Types for which rule 3611 is published (FACTS R2)."""

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension, Whit Monday."""


def earliest_requested_at(request_type: str, today: date | None = None) -> date:
    """Return the first day that rule 3611 accepts as `requested_at`: 20 days ahead, and a working day in France.

    Args:
        request_type: such as `R_BVPN_FR_1`, the only one whose rule is published (FACTS R2).
        today: the day on which the order arrives, or a moment of it; None is today in France, or tomorrow if the zones
            could differ.

    Raises:
        InvalidArgument: no rule is published for this type; or the calendar does not reach `today`.
    """
    notice = _NOTICE.get(request_type)
    if notice is None:
        raise InvalidArgument(
            f"No earliest date is published for {request_type!r}, only for {', '.join(_NOTICE)}: choose one yourself."
        )
    try:
        if isinstance(today, datetime):
            today = today.date() if today.utcoffset() is None else _in_france(today)
        day = (today or _in_france(datetime.now(UTC))) + notice
        while not is_working_day(day):
            day += timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidArgument(f"today is {today}: there is no calendar of holidays for so far a year.") from None
    return day


def is_working_day(day: date) -> bool:
    """Whether a day is Monday to Friday and no public holiday of France (Code du travail, article L3133-1)."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def _in_france(moment: datetime) -> date:
    # France is one or two hours ahead of UTC. Always two: this needs no time zone data, and is never too early.
    return (moment.astimezone(UTC) + timedelta(hours=2)).date()


@lru_cache(maxsize=32)
def _holidays(year: int) -> frozenset[date]:
    from dateutil.easter import easter

    sunday = easter(year)
    movable = (sunday + timedelta(days=days) for days in _AFTER_EASTER)
    return frozenset({*(date(year, month, day) for month, day in _FIXED), *movable})
