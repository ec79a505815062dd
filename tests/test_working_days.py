"""Rule 3611, held against days that were looked up in a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.sandbox.domain import rules
from orange_ordering_client.working_days import earliest_requested_at, is_working_day


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 23), date(2026, 12, 14)),  # the 13th is a Sunday
        (date(2026, 11, 20), date(2026, 12, 10)),  # a Thursday
        (date(2026, 12, 5), date(2026, 12, 28)),  # Christmas, a Friday, and the week-end
        (date(2026, 12, 12), date(2027, 1, 4)),  # New Year's Day, a Friday
        (date(2027, 3, 9), date(2027, 3, 30)),  # Easter Monday is the 29th
        (date(2027, 4, 16), date(2027, 5, 7)),  # Ascension is the 6th
        (date(2027, 4, 26), date(2027, 5, 18)),  # Whit Monday is the 17th
        (date(2026, 6, 24), date(2026, 7, 15)),  # the 14th of July
        (date(2027, 10, 12), date(2027, 11, 2)),  # All Saints
        (date(2026, 10, 22), date(2026, 11, 12)),  # Armistice
        (date(2028, 2, 9), date(2028, 2, 29)),  # a leap day
    ],
)
def test_the_first_date_is_20_days_ahead_and_a_working_day_in_france(today: date, first: date) -> None:
    assert earliest_requested_at("R_BVPN_FR_1", today) == first


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_sandbox_with_its_own_reading_of_the_rule_agrees(today: date) -> None:
    assert earliest_requested_at("R_BVPN_FR_1", today) == rules.earliest(today)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 23, 59), date(2026, 11, 23)),
        (datetime(2026, 12, 1, 21, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), date(2026, 12, 2)),  # France is ahead
        (datetime(2026, 12, 1, 20, 30, tzinfo=timezone(timedelta(hours=-5))), date(2026, 12, 2)),
    ],
    ids=["without a zone", "evening", "night in France", "another zone"],
)
def test_a_moment_counts_as_its_day_in_france(moment: datetime, day: date) -> None:
    assert earliest_requested_at("R_BVPN_FR_1", moment) == earliest_requested_at("R_BVPN_FR_1", day)


def test_without_a_day_it_is_today() -> None:
    first = earliest_requested_at("R_BVPN_FR_1")
    assert first >= datetime.now(UTC).date() + timedelta(days=20)
    assert is_working_day(first)


def test_a_type_without_a_published_rule_is_refused_rather_than_guessed() -> None:
    with pytest.raises(InvalidArgument, match=r"C_GENERIC_FR_1.*only for R_BVPN_FR_1"):
        earliest_requested_at("C_GENERIC_FR_1")


def test_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="no calendar"):
        earliest_requested_at("R_BVPN_FR_1", date(9999, 12, 20))
