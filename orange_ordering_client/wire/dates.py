"""Dates and date-times in a fixed list of ISO 8601 forms; they are encoded in the form that was received.

`datetime.fromisoformat` accepts any character between date and time, so it reads `20240630101530Z` as 01:53 and the
zone of `2024-06-30+02:00` as a time. A pattern therefore decides which texts are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.text import safe_repr
from orange_ordering_client.wire.failing import mismatch

__all__ = [
    "SpelledDate",
    "SpelledDatetime",
    "date_cache",
    "format_date",
    "format_datetime",
    "format_received_datetime",
    "parse_date",
    "parse_datetime",
    "parse_spelled_datetime",
]


class SpelledDate(date):
    """A date that was received in another form than `2015-04-09`; it is encoded in the received form."""

    __slots__ = ("spelling",)
    spelling: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduced(self, parse_date) or super().__reduce_ex__(protocol)


class SpelledDatetime(datetime):
    """A date-time that was received in another form than `format_datetime` returns; it is encoded in that form."""

    __slots__ = ("spelling",)
    spelling: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduced(self, parse_spelled_datetime) or super().__reduce_ex__(protocol)


def _reduced(value: Any, decode: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    spelling = getattr(value, "spelling", None)  # the result of arithmetic with a decoded value has none
    return None if spelling is None else (decode, (spelling,))


def parse_date(value: Any) -> date:
    """Decode a date, or the date of a date-time, without a conversion of the zone.

    Raises:
        DecodeError: the value is neither a date nor a date-time.
    """
    moment = _moment(value, "a date")
    if value == moment.date().isoformat():
        return moment.date()
    spelled = SpelledDate(moment.year, moment.month, moment.day)
    spelled.spelling = str(value)
    return spelled


class _Days(dict[Any, "date | None"]):
    # Many requests have the same dates, so that the cache saves memory and a third of the decoding time.
    _LIMIT: Final = 4096

    def __missing__(self, key: Any) -> date | None:
        if key is None or key == "":
            return None
        day = parse_date(key)
        if type(day) is date:
            if len(self) >= self._LIMIT:
                self.clear()
            self[key] = day
        return day


date_cache: Final[dict[Any, date | None]] = _Days()
"""Dates by wire value: `date_cache[value]` returns a cached `parse_date(value)`; None for null and empty text."""


_parse: Final = datetime.fromisoformat  # bound once, because the lookup takes as long as the call


def parse_datetime(value: Any) -> datetime | None:
    """Decode a date-time, which is always aware: without an offset or a time, it is UTC. Empty text is None.

    Models use this function for their fields, and store the received text separately (see `format_received_datetime`).

    Raises:
        DecodeError: the value is not a date-time.
    """
    try:
        # If this character is T, the ten characters before it are the date, so that the text is not ambiguous. A colon
        # before the seconds: Python takes a fraction of hours or minutes (ISO 8601) for one of a second.
        moment = _parse(value) if value[10] == "T" and value[16] == ":" else _moment(value, "a date-time")
    except (IndexError, KeyError, TypeError, ValueError):
        return None if value == "" else _moment(value, "a date-time")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def format_received_datetime(moment: datetime, spelling: str | None) -> str:
    """Encode a date-time as it was received, unless its value was changed.

    Raises:
        InvalidArgument: the value is not a date-time, or has no time zone.
    """
    if spelling:
        came = parse_datetime(spelling)
        if came is not None and moment == came and moment.utcoffset() == came.utcoffset():
            return spelling
    return format_datetime(moment)


def parse_spelled_datetime(value: Any) -> datetime:
    """Decode a date-time like `parse_datetime`; the result itself keeps the received form, for example in a list.

    Raises:
        DecodeError: the value is not a date-time.
    """
    moment = parse_datetime(value) or _moment(value, "a date-time")
    if format_datetime(moment) == value:
        return moment
    spelled = SpelledDatetime.combine(moment.date(), moment.timetz())
    spelled.spelling = str(value)
    return spelled


_STAMP: Final = re.compile(
    r"""
    (?P<date> [0-9]{4}-[0-9]{2}-[0-9]{2} | [0-9]{8} | [0-9]{4}-W[0-9]{2}-[0-9] | [0-9]{4}W[0-9]{3} | [0-9]{4}-[0-9]{2} )
    (?: (?: [Tt\ ]  (?P<time> [0-9]{2} (?: :[0-9]{2} (?: :[0-9]{2} )? | [0-9]{2} (?: [0-9]{2} )? )? )
          | (?<=[0-9]{8}) (?P<compact> [0-9]{6} ) )
        (?P<fraction> [.,][0-9]+ )? )?
    (?: \ ? (?P<zone> [Zz] | UTC | GMT | [+-][0-9]{2} (?: :?[0-9]{2} (?: :?[0-9]{2} )? )? ) )?
    """,
    re.VERBOSE,
)
"""ISO 8601 dates and date-times, in basic and extended form, and those of RFC 3339 with a space instead of T.

Twelve digits, thirteen digits (milliseconds since 1970), years, and names of months are ambiguous, and rejected.
"""


def _moment(value: Any, expected: str) -> datetime:
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise mismatch(expected, value)
    time, zone = found["time"] or found["compact"] or "00", found["zone"] or ""
    if found["fraction"] and len(time.replace(":", "")) < len("101112"):
        # A fraction of an hour or of a minute, which Python takes for one of a second.
        raise mismatch(expected, value)
    zone = "Z" if zone in ("z", "UTC", "GMT") else zone
    # A leap second (RFC 3339, section 5.6) becomes the next second, as in POSIX, because datetime has no second 60.
    leap = len(time) in (6, 8) and time.endswith("60")
    time = f"{time[:-2]}59" if leap else time
    day = f"{found['date']}-01" if len(found["date"]) == len("2015-04") else found["date"]
    written = f"{day}T{time}{found['fraction'] or ''}{zone}"
    try:
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            from dateutil.parser import isoparse  # noqa: PLC0415, RUF100 -- it parses 24:00; slow to import

            moment = isoparse(written)
        moment += timedelta(seconds=leap)
    except (ValueError, OverflowError):
        raise mismatch(expected, value) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def format_date(value: date) -> str:
    """Encode a date as it was received, or as `2015-04-09`.

    Raises:
        InvalidArgument: the value is not a date.
    """
    spelling = getattr(value, "spelling", None)
    if spelling is not None:
        return cast("str", spelling)
    if not isinstance(value, date):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidArgument(f"{safe_repr(value)} is no date: give a datetime.date, such as date(2026, 12, 24).")
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()


def format_datetime(value: datetime) -> str:
    """Encode a date-time as it was received, or as `2015-04-09T10:11:12Z`, with a fraction if it has one.

    Raises:
        InvalidArgument: the value is not a date-time, or has no time zone.
    """
    spelling = getattr(value, "spelling", None)
    if spelling is not None:
        return cast("str", spelling)
    if not isinstance(value, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidArgument(f"{safe_repr(value)} is no date-time: give a datetime.datetime with its time zone.")
    if value.tzinfo is None:
        raise InvalidArgument(f"{value!r} has no time zone: give it one, such as tzinfo=datetime.UTC.")
    micros = value.microsecond
    written = value.isoformat(timespec="milliseconds" if micros and not micros % 1000 else "auto")
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written
