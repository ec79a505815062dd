"""Dates and date-times: decoded whatever their spelling, always aware, written back as they came."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import DecodeError, InvalidArgument
from orange_ordering_client.wire import (
    date_cache,
    format_date,
    format_datetime,
    format_received_datetime,
    parse_date,
    parse_datetime,
    parse_spelled_datetime,
)

ALL = datetime(2015, 4, 9, 10, 11, 12, tzinfo=UTC)
PARIS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2015-04-09T10:11:12Z", ALL),
        ("2015-04-09T12:11:12+02:00", ALL),
        ("2015-04-09T05:11:12-05:00", ALL),
        ("2015-04-09T10:11:12.500Z", ALL.replace(microsecond=500_000)),
        ("2015-04-09T10:11:12.000001Z", ALL.replace(microsecond=1)),
        ("2015-04-09T12:11:12.500+02:00", ALL.replace(microsecond=500_000)),
        ("2015-04-09T12:11:12.000001+02:00", ALL.replace(microsecond=1)),
    ],
)
def test_usual_date_times_are_plain(written: str, meant: datetime) -> None:
    moment = parse_spelled_datetime(written)
    assert type(moment) is datetime
    assert moment == meant
    assert format_datetime(moment) == written


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2015-04-09T10:11:12+00:00", ALL),
        ("2015-04-09T10:11:12-00:00", ALL),
        ("2015-04-09T10:11:12.000Z", ALL),
        ("2015-04-09T10:11:12.500000Z", ALL.replace(microsecond=500_000)),
        ("2015-04-09T10:11:12.5Z", ALL.replace(microsecond=500_000)),
        ("2015-04-09T10:11:12.5000+00:00", ALL.replace(microsecond=500_000)),
        ("2015-04-09T10:11:12.123456789Z", ALL.replace(microsecond=123_456)),
        ("2015-04-09T12:11:12.000+02:00", ALL),
        ("2015-04-09T12:11:12.500000+02:00", ALL.replace(microsecond=500_000)),
        ("2015-04-09T12:11:42.000+02:00:30", ALL),
        ("2015-04-09T10:11:12,5Z", ALL.replace(microsecond=500_000)),
        ("2015-04-09 10:11:12Z", ALL),
        ("2015-04-09T10:11:12", ALL),
        ("2015-04-09T12:11:12+0200", ALL),
        ("2015-04-09T12:11:12+02", ALL),
        ("20150409T101112Z", ALL),
        ("20150409T101112.1234567Z", ALL.replace(microsecond=123_456)),
        ("2015-W15-4T10:11:12Z", ALL),
        ("2015-04-09T10:11Z", ALL.replace(second=0)),
        ("2015-04-09", ALL.replace(hour=0, minute=0, second=0)),
        ("2015-04", datetime(2015, 4, 1, tzinfo=UTC)),
        ("20150409101112Z", ALL),
        ("20150409101112", ALL),
        ("20150409121112.5+0200", ALL.replace(microsecond=500_000)),
        ("20150409T10Z", ALL.replace(minute=0, second=0)),
        ("20150409T1011Z", ALL.replace(second=0)),
        ("2015-04-09 12:11:12 +02:00", ALL),
        ("2015-04-09 10:11:12 UTC", ALL),
        ("2015-04-09T10:11:12 GMT", ALL),
        ("2015-04-09t10:11:12z", ALL),
        ("2015-04-09Z", ALL.replace(hour=0, minute=0, second=0)),
        ("2015-04-09-05:00", ALL.replace(hour=5, minute=0, second=0)),
        ("20150409+0200", datetime(2015, 4, 8, 22, tzinfo=UTC)),
        ("2015-04-08T24:00:00Z", ALL.replace(hour=0, minute=0, second=0)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T00:59:60.5+01:00", datetime(2017, 1, 1, microsecond=500_000, tzinfo=UTC)),
        ("20161231235960Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_other_spellings_of_date_times_are_remembered(written: str, meant: datetime) -> None:
    moment = parse_spelled_datetime(written)
    assert isinstance(moment, datetime)
    assert moment == meant
    assert moment.tzinfo is not None
    assert format_datetime(moment) == written
    assert parse_datetime(written) == meant
    assert format_received_datetime(parse_datetime(written), written) == written


@pytest.mark.parametrize(
    ("set_to", "written"),
    [
        (ALL + timedelta(days=1), "2015-04-10T10:11:12Z"),
        (ALL.astimezone(PARIS), "2015-04-09T12:11:12+02:00"),
        (ALL, "2015-04-09T10:11:12.000Z"),
    ],
)
def test_a_spelling_is_that_of_the_moment_that_came_and_of_no_other(set_to: datetime, written: str) -> None:
    assert format_received_datetime(set_to, "2015-04-09T10:11:12.000Z") == written
    assert format_received_datetime(set_to, None) == format_datetime(set_to)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2015-04-09", date(2015, 4, 9)),
        ("20150409", date(2015, 4, 9)),
        ("2015-W15-4", date(2015, 4, 9)),
        ("2015-04-09T23:00:00-05:00", date(2015, 4, 9)),
        ("2015-04-09T00:00:00.123456789Z", date(2015, 4, 9)),
        ("2015-04", date(2015, 4, 1)),
    ],
)
def test_a_date_is_a_date_whatever_it_is_written_as(written: str, meant: date) -> None:
    for day in (parse_date(written), date_cache[written]):
        assert day is not None
        assert not isinstance(day, datetime)
        assert day == meant
        assert format_date(day) == written


@pytest.mark.parametrize(
    "value",
    [
        *("soon", "2015-13-01", "\ud800", "2015-04-09T25:00:00Z", "9999-12-31T24:00:00Z", "0000-01-01"),
        # Fractions of hours and minutes (ISO 8601) are ambiguous: libraries read them as fractions of a second.
        *("2015-04-09T10.5Z", "2015-04-09T10:30.5Z", "2015-04-09T10:30,5", "20150409T1030.5", "20150409T10.5"),
    ],
)
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(DecodeError, match="expected a date-time") as caught:
        parse_spelled_datetime(value)
    assert caught.value.value == value
    with pytest.raises(DecodeError, match=r"expected a date$|expected a date"):
        date_cache[value]


@pytest.mark.parametrize(
    "value",
    [
        *("1719742530000", "1719742530", "201504091011", "2015", "201504", "2015099", "2015-099", "2015-4-9"),
        *("2015-04-09x10:11:12", "2015-04-09T1", "2015-04-09T10:11:61Z", "2015-04-09T10:60Z", "2015-04-09T24:00:01Z"),
        *("2015-04-09T10:11:12 CET", "2015-04-09T10:11:12+25:00", "2015-04-09  10:11:12", "2015-04-09T10:11:12Z "),
        *("Thu, 09 Apr 2015 10:11:12 GMT", "9 April 2015", "09/04/2015", "\u0662015-04-09", "201504091011123456Z"),
        *("2015-04-09T10:11:12\n", "9999-12-31T23:59:60Z"),
    ],
)
def test_what_has_no_single_reading_is_refused(value: str) -> None:
    for read in (parse_spelled_datetime, parse_datetime, parse_date, date_cache.__getitem__):
        with pytest.raises(DecodeError):
            read(value)


def test_empty_text_is_an_absent_date() -> None:
    assert parse_datetime("") is None
    assert date_cache[""] is None
    assert format_received_datetime(ALL, "") == "2015-04-09T10:11:12Z"
    for read in (parse_spelled_datetime, parse_date):
        with pytest.raises(DecodeError):
            read("")


_BASIC = ["%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dt%H:%M:%S"]


@given(
    # From the year 1000 on: strftime pads no years.
    st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC) | st.sampled_from([PARIS])),
    st.sampled_from(_BASIC),
    st.booleans(),
)
def test_every_form_is_read_as_the_moment_that_it_was_written_for(moment: datetime, form: str, spaced: bool) -> None:
    moment = moment.replace(microsecond=0)
    written = moment.strftime(form) + " " * spaced + moment.strftime("%z")
    assert parse_datetime(written) == parse_spelled_datetime(written) == moment
    assert parse_date(written) == moment.date()


@given(st.integers(min_value=0, max_value=10**18))
def test_digits_alone_are_a_day_or_a_second_in_basic_form_and_nothing_else(number: int) -> None:
    written = str(number)
    try:
        moment = parse_datetime(written)
    except DecodeError:
        return
    assert moment is not None
    assert (
        moment.strftime("%Y%m%d%H%M%S") in (written, f"{written}000000") or moment.year < 1000 or written[-2:] == "60"
    )


@pytest.mark.parametrize("value", [None, 1, True, 2.5, [], {}, b"2015-04-09", date(2015, 4, 9)])
def test_what_is_no_text_is_no_date(value: object) -> None:
    with pytest.raises(DecodeError, match="expected a date-time"):
        parse_spelled_datetime(value)
    with pytest.raises(DecodeError, match="expected a date"):
        parse_date(value)


_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_MOMENTS = st.datetimes(timezones=st.just(UTC) | _OFFSETS)


@given(_MOMENTS)
def test_what_is_written_is_read_as_the_same_plain_moment(moment: datetime) -> None:
    again = parse_spelled_datetime(format_datetime(moment))
    assert type(again) is datetime
    assert again == moment


@given(
    _MOMENTS,
    st.sampled_from(["auto", "seconds", "milliseconds", "microseconds", "minutes", "hours"]),
    st.sampled_from("T t"),
)
def test_every_spelling_of_the_standard_library_comes_back(moment: datetime, precision: str, separator: str) -> None:
    for written in (
        moment.isoformat(separator, precision),
        moment.isoformat(separator, precision).replace("+00:00", "Z"),
        moment.replace(tzinfo=None).isoformat(separator, precision),
    ):
        read = parse_spelled_datetime(written)
        assert format_datetime(read) == written
        assert read.tzinfo is not None


_DATE = r"[0-9]{4}-?[01][0-9]-?[0-3][0-9]"
_TIME = r"[0-2][0-9](:?[0-5][0-9](:?[0-5][0-9]([.,][0-9]{1,12})?)?)?"
_OFFSET = r"(Z|[+-][01][0-9](:?[0-5][0-9])?)?"


@given(st.from_regex(rf"{_DATE}([T ]{_TIME}{_OFFSET})?", fullmatch=True))
def test_whatever_can_be_read_comes_back(written: str) -> None:
    try:
        moment, day = parse_spelled_datetime(written), parse_date(written)
    except DecodeError:
        return
    assert format_datetime(moment) == written or parse_spelled_datetime(format_datetime(moment)) == moment
    assert format_date(day) == written
    assert moment.tzinfo is not None


@given(st.text())
def test_any_text_is_a_date_or_refused(text: str) -> None:
    for read in (parse_spelled_datetime, parse_datetime, parse_date, date_cache.__getitem__):
        try:
            read(text)
        except DecodeError as error:
            assert error.value == text  # noqa: PT017 -- either outcome is right


@pytest.mark.parametrize(
    "value",
    [
        parse_spelled_datetime("2015-04-09"),
        parse_date("2015-04-09T10:00:00Z"),
        parse_spelled_datetime("2015-04-09T10:00:00Z"),
    ],
)
@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301 -- our own bytes
def test_spellings_survive_copying_and_pickling(value: Any, through: Any) -> None:
    again = through(value)
    write = format_datetime if isinstance(value, datetime) else format_date
    assert again == value
    assert type(again) is type(value)
    assert write(again) == write(value)


def test_what_arithmetic_makes_of_a_spelled_value_forgets_the_spelling() -> None:
    moment = parse_spelled_datetime("2015-04-09") + timedelta(days=1)
    assert format_datetime(moment) == "2015-04-10T00:00:00Z"
    day = parse_date("2015-04-09T10:00:00Z") + timedelta(days=1)
    assert format_date(day) == "2015-04-10"
    assert copy.copy(moment) == moment
    assert pickle.loads(pickle.dumps(day)) == day  # noqa: S301 -- our own bytes


def test_a_date_time_without_a_zone_is_not_sent() -> None:
    with pytest.raises(InvalidArgument, match="has no time zone"):
        format_datetime(datetime(2015, 4, 9))  # noqa: DTZ001, RUF100 -- the point of the test


def test_a_date_time_in_place_of_a_date_is_sent_as_its_date() -> None:
    assert format_date(datetime(2015, 4, 9, 23, tzinfo=PARIS)) == "2015-04-09"


def test_days_seen_lately_are_shared_but_not_for_ever() -> None:
    assert date_cache["2015-04-09"] is date_cache["2015-04-09"]
    first = date(2000, 1, 1)
    for number in range(10_000):
        day = first + timedelta(days=number)
        assert date_cache[day.isoformat()] == day
    assert len(date_cache) <= 4096
    assert date_cache[None] is None
