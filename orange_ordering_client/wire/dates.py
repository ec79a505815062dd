"""Dates and date-times: `datetime.fromisoformat` first, python-dateutil where that refuses; spellings are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.wire.failing import mismatch

__all__ = ["SpelledDate", "SpelledDatetime", "date_of", "date_text", "datetime_of", "datetime_text", "day_of"]


class SpelledDate(date):
    """A date that came in another spelling than `2015-04-09`, which it keeps to be written back."""

    __slots__ = ("spelling",)
    spelling: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduced(self, date_of) or super().__reduce_ex__(protocol)


class SpelledDatetime(datetime):
    """A date-time that came in another spelling than datetime_text gives it, which it keeps to be written back."""

    __slots__ = ("spelling",)
    spelling: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduced(self, datetime_of) or super().__reduce_ex__(protocol)


def _reduced(value: Any, decode: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    spelling = getattr(value, "spelling", None)  # absent on what arithmetic made of a decoded value
    return None if spelling is None else (decode, (spelling,))


def date_of(value: Any) -> date:
    """Read a date; of a date-time it takes the date, where it was written.

    Raises:
        DecodeError: it is neither.
    """
    moment = _moment(value, "a date")
    if value == moment.date().isoformat():
        return moment.date()
    spelled = SpelledDate(moment.year, moment.month, moment.day)
    spelled.spelling = str(value)
    return spelled


class _Days(dict[Any, "date | None"]):
    # Days repeat from request to request: keeping some saves a third of the decoding and the memory of the copies.
    _LIMIT: Final = 4096

    def __missing__(self, key: Any) -> date | None:
        if key is None:
            return None
        day = date_of(key)
        if type(day) is date:
            if len(self) >= self._LIMIT:
                self.clear()
            self[key] = day
        return day


day_of: Final[dict[Any, date | None]] = _Days()
"""Dates by their wire value, null included: `day_of[value]` is date_of(value), faster for a day seen lately."""


_parse: Final = datetime.fromisoformat  # bound once: looking it up costs as much as what it does
_parse_spelled: Final = SpelledDatetime.fromisoformat
_SHAPE: Final = slice(4, 20, 3)
"""Picks the separators out of a date-time: two hyphens, T, two colons, and what follows the seconds."""


def datetime_of(value: Any) -> datetime:
    """Read a date-time, always aware: without an offset, or without a time, it is UTC.

    Raises:
        DecodeError: it is none.
    """
    try:
        shape = value[_SHAPE]
        if shape == "--T::Z" or _is_usual(value, shape):
            return _parse(value)
        spelled = _parse_spelled(value)
    except (TypeError, ValueError, KeyError):  # a dict can be asked for a slice, too
        moment = _moment(value, "a date-time")
        spelled = SpelledDatetime.combine(moment.date(), moment.timetz())
    if spelled.tzinfo is None:
        spelled = spelled.replace(tzinfo=UTC)
    spelled.spelling = value
    return spelled


def _is_usual(value: str, shape: str) -> bool:
    # Whether datetime_text gives the same for it; to ask that would cost twenty times the parsing.
    size = len(value)
    if shape == "--T::.":
        if size == 24:
            return value[23] == "Z" and value[20:23] != "000"
        if size == 29:
            return value[26] == ":" and value[20:23] != "000" and value[24:] != "00:00"
        if size == 27:
            return value[26] == "Z" and value[23:26] != "000"
        return size == 32 and value[26] != ":" and value[29] == ":" and value[23:26] != "000" and value[27:] != "00:00"
    return size == 25 and (shape == "--T::+" or shape == "--T::-") and value[20:] != "00:00"


def _moment(value: Any, expected: str) -> datetime:
    if not isinstance(value, str):
        raise mismatch(expected, value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        from dateutil.parser import isoparse  # noqa: PLC0415, RUF100 -- 46 times slower, rarely needed, not free to import

        try:
            moment = isoparse(value)
        except (ValueError, OverflowError):
            raise mismatch(expected, value) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def date_text(value: date) -> str:
    """Write a date as it came, or as `2015-04-09`."""
    spelling = getattr(value, "spelling", None)
    if spelling is not None:
        return cast("str", spelling)
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()


def datetime_text(value: datetime) -> str:
    """Write a date-time as it came, or as `2015-04-09T10:11:12Z`, with milliseconds or microseconds where it has them.

    Raises:
        InvalidArgument: it has no time zone, so nobody could say when it is.
    """
    spelling = getattr(value, "spelling", None)
    if spelling is not None:
        return cast("str", spelling)
    if value.tzinfo is None:
        raise InvalidArgument(f"{value!r} has no time zone: give it one, such as tzinfo=datetime.UTC.")
    micros = value.microsecond
    written = value.isoformat(timespec="milliseconds" if micros and not micros % 1000 else "auto")
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written
