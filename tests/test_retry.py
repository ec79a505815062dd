"""retry: which failure of which call is tried again, and when; decisions only, so tables only."""

from __future__ import annotations

import json
import math
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.error_mapping import api_error
from orange_ordering_client.errors import (
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    DecodeError,
    OrderingError,
    ResponseTooLarge,
)
from orange_ordering_client.retry import (
    RetryPolicy,
    backoff,
    certainly_not_accepted,
    next_delay,
    read_retry_after,
    worth_repeating,
)
from tests.clocks import START

HTML = b"<html>"


def answered(status: int, code: int | None = None) -> OrderingError:
    return api_error(status, {}, HTML if code is None else json.dumps({"code": code}).encode())


# failure -> (a reading call is repeated, an order is repeated, the order was certainly not accepted)
DECISIONS: list[tuple[str, OrderingError, bool, bool, bool]] = [
    ("never connected", ConnectionFailed("x"), True, True, True),
    ("broken or timed out", ConnectionBroken("x"), True, False, False),
    ("broken content encoding", DecodeError("x"), True, False, False),
    ("400", answered(400, 24), False, False, True),
    ("400 html", answered(400), False, False, True),
    ("401", answered(401, 42), False, False, True),
    ("403", answered(403, 50), False, False, True),
    ("403 html", answered(403), False, False, True),
    ("403/53", answered(403, 53), True, True, True),
    ("404", answered(404, 60), False, False, True),
    ("405", answered(405, 61), False, False, True),
    ("406", answered(406, 62), False, False, True),
    ("408", answered(408, 63), True, False, False),
    ("408 html", answered(408), True, False, False),
    ("409", answered(409, 69), False, False, True),
    ("411", answered(411, 64), False, False, True),
    ("412", answered(412, 65), False, False, True),
    ("413", answered(413, 66), False, False, True),
    ("414", answered(414, 67), False, False, True),
    ("415", answered(415, 68), False, False, True),
    ("418, undocumented", answered(418), False, False, False),
    ("499, undocumented", answered(499), False, False, False),
    ("422/3611", answered(422, 3611), False, False, True),
    ("422/3620", answered(422, 3620), False, False, True),
    ("422/3623", answered(422, 3623), False, True, True),
    ("422 html", answered(422), False, False, True),
    ("429/53", answered(429, 53), True, True, True),
    ("429 html", answered(429), True, True, True),
    ("500", answered(500, 1), True, False, False),
    ("501", answered(501), False, False, False),
    ("502/3", answered(502, 3), True, False, False),
    ("502 html", answered(502), True, False, False),
    ("503/5", answered(503, 5), True, True, True),
    ("503/6", answered(503, 6), True, True, True),
    ("503 html", answered(503), True, False, False),
    ("503 with a code not Orange's", answered(503, 1), True, False, False),
    ("504", answered(504, 6), True, False, False),
    ("505", answered(505), False, False, False),
    ("510", answered(510), False, False, False),
    ("511", answered(511), False, False, False),
    ("520", answered(520), True, False, False),
    ("599", answered(599), True, False, False),
    ("302", answered(302), False, False, False),
    ("101", answered(101), False, False, False),
]


@pytest.mark.parametrize(
    ("failure", "reading", "order", "certain"), [row[1:] for row in DECISIONS], ids=[row[0] for row in DECISIONS]
)
def test_what_is_repeated_and_what_is_certain(
    failure: OrderingError, reading: bool, order: bool, certain: bool
) -> None:
    assert worth_repeating(failure, safe=True) is reading
    assert worth_repeating(failure, safe=False) is order
    assert certainly_not_accepted(failure) is certain


def delay_after(failure: OrderingError, **changes: Any) -> float | None:
    usual: dict[str, Any] = {
        "policy": RetryPolicy(),
        "safe": True,
        "attempt": 1,
        "left": 60.0,
        "retry_after": None,
        "random": lambda: 0.0,
    }
    return next_delay(failure=failure, **{**usual, **changes})


BUSY = answered(503, 5)


@pytest.mark.parametrize(
    ("failure", "reading", "order"), [row[1:4] for row in DECISIONS], ids=[row[0] for row in DECISIONS]
)
def test_there_is_a_pause_before_what_is_repeated_and_only_then(
    failure: OrderingError, reading: bool, order: bool
) -> None:
    assert (delay_after(failure, safe=True) is not None) is reading
    assert (delay_after(failure, safe=False) is not None) is order


def test_no_policy_means_no_retry() -> None:
    assert delay_after(BUSY, policy=None) is None


def test_the_last_attempt_is_the_last() -> None:
    policy = RetryPolicy(max_attempts=3)

    assert delay_after(BUSY, policy=policy, attempt=2) is not None
    assert delay_after(BUSY, policy=policy, attempt=3) is None


def test_pauses_double_up_to_the_longest() -> None:
    policy = RetryPolicy(max_attempts=9, first_delay=0.5, max_delay=3.0)

    assert [delay_after(BUSY, policy=policy, attempt=n) for n in (1, 2, 3, 4, 5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_chance_shortens_a_pause_by_up_to_a_half() -> None:
    assert delay_after(BUSY, random=lambda: 1.0) == 0.25
    assert delay_after(BUSY, random=lambda: 0.5) == 0.375


def test_the_server_is_never_asked_earlier_than_it_said() -> None:
    assert delay_after(BUSY, retry_after=7.0, random=lambda: 0.99) == 7.0


def test_a_short_retry_after_does_not_shorten_our_own_pause() -> None:
    assert delay_after(BUSY, retry_after=0.0, attempt=3) == 2.0


@pytest.mark.parametrize(("left", "expected"), [(7.1, 7.0), (7.0, None), (1.0, None)])
def test_a_pause_longer_than_the_time_left_is_not_begun(left: float, expected: float | None) -> None:
    assert delay_after(BUSY, retry_after=7.0, left=left) == expected


def test_an_attempt_that_never_left_for_lack_of_time_is_not_repeated() -> None:
    assert delay_after(DeadlineExceeded("x"), left=0.0) is None


def test_pauses_double_up_to_a_limit_and_are_shortened_at_random() -> None:
    pauses = [backoff(attempt, 0.0, first=0.25, longest=8.0) for attempt in (1, 2, 3, 4, 5, 6, 7, 1000)]

    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    assert backoff(3, 0.5, first=0.25, longest=8.0) == 0.75


@given(st.integers(min_value=1, max_value=10**9), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_pause_is_always_a_finite_positive_number_within_the_policy(attempt: int, random: float) -> None:
    policy = RetryPolicy(max_attempts=10**9)

    assert 0 < backoff(attempt, random, first=policy.first_delay, longest=policy.max_delay) <= policy.max_delay


@pytest.mark.parametrize("name", ["first_delay", "max_delay", "attempt_timeout"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, "1", None, pytest.param(10**400, id="huge")])
def test_a_policy_refuses_durations_that_are_none(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"RetryPolicy.{name}"):
        RetryPolicy(**{name: value})  # type: ignore[arg-type]  # what users without a type checker pass


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3", None])
def test_a_policy_refuses_a_number_of_attempts_that_is_none(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"RetryPolicy\.max_attempts"):
        RetryPolicy(max_attempts=value)  # type: ignore[arg-type]  # what users without a type checker pass


DAY = 86_400.0


RETRY_AFTER: list[tuple[str, float | None]] = [
    ("0", 0.0),
    ("7", 7.0),
    (" 7 ", 7.0),
    ("1.5", 1.5),
    ("007", 7.0),
    (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
    (format_datetime(START - timedelta(seconds=90), usegmt=True), 0.0),
    ("Mon, 23 Nov 2026 12:01:00 -0000", 60.0),
    ("Monday, 23-Nov-26 12:01:00 GMT", 60.0),
    # Longer than a day is taken for a day: never earlier than asked within any sane deadline, nor silent for ever.
    ("86400", DAY),
    ("86401", DAY),
    ("999999999999", DAY),
    ("9" * 400, DAY),
    (format_datetime(START + timedelta(days=900), usegmt=True), DAY),
    ("", None),
    ("   ", None),
    ("nan", None),
    ("NaN", None),
    ("inf", None),
    ("Infinity", None),
    ("-inf", None),
    ("-1", None),
    ("+5", None),
    ("1e3", None),
    ("1_000", None),
    ("0x10", None),
    # Of several headers, which httpx joins with commas, the longest counts.
    ("5, 10", 10.0),
    ("10, 5, soon", 10.0),
    ("soon, 7", 7.0),
    ("Mon7, 5", 5.0),
    ("5, Mon, 23 Nov 2026 12:01:00 GMT, 7", 60.0),
    ("Monday, 23-Nov-26 12:01:00 GMT, Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
    ("Mon, ", None),
    (".", None),
    ("1.2.3", None),
    ("\u0663", None),
    ("soon", None),
    ("Mon, 32 Nov 2026 12:00:00 GMT", None),
    ("Mon, 23 Nov 99999999999999 12:00:00 GMT", None),
    ("Mon, 23 Nov 2026 12:00:00 +99999999", None),
]


@pytest.mark.parametrize(("text", "seconds"), RETRY_AFTER)
def test_retry_after_is_seconds_or_a_date_and_nonsense_is_ignored(text: str, seconds: float | None) -> None:
    assert read_retry_after({"retry-after": text}, START) == seconds


def test_without_the_header_the_server_asks_for_nothing() -> None:
    assert read_retry_after({}, START) is None


@given(
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255))
    | st.from_regex(r"[A-Z][a-z]{2}, \d+ \w+ \d+ \d+:\d+:\d+ \S+")
)
def test_whatever_the_header_holds_it_is_a_number_of_seconds_or_ignored(text: str) -> None:
    seconds = read_retry_after({"retry-after": text}, START)

    assert seconds is None or 0 <= seconds <= DAY


def test_a_date_is_measured_against_the_date_of_the_response_and_not_the_local_clock() -> None:
    headers = {
        "retry-after": format_datetime(START + timedelta(seconds=30), usegmt=True),
        "date": format_datetime(START, usegmt=True),
    }

    assert read_retry_after(headers, START + timedelta(seconds=30)) == 30.0


def test_a_response_date_that_cannot_be_read_leaves_the_local_clock() -> None:
    headers = {"retry-after": format_datetime(START + timedelta(seconds=30), usegmt=True), "date": "yesterday"}

    assert read_retry_after(headers, START) == 30.0


def test_a_date_of_zone_minus_zero_is_utc_whatever_the_zone_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert read_retry_after({"retry-after": "Mon, 23 Nov 2026 12:01:00 -0000"}, START) == 60.0
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_one_attempt_is_a_policy() -> None:
    assert RetryPolicy(max_attempts=1).max_attempts == 1


def test_a_response_that_is_too_large_is_not_asked_for_again() -> None:
    assert not worth_repeating(ResponseTooLarge(10), safe=True)


def test_a_read_over_a_connection_that_the_server_had_closed_is_repeated_without_a_pause() -> None:
    stale = ConnectionBroken("x")
    stale.is_stale = True
    options: dict[str, Any] = {"attempt": 1, "left": 1.0, "retry_after": None, "random": lambda: 0.0}
    policy = RetryPolicy(first_delay=5.0)

    assert next_delay(policy, stale, safe=True, **options) == 0.0
    assert next_delay(policy, stale, safe=False, **options) is None
    assert next_delay(RetryPolicy(max_attempts=1), stale, safe=True, **options) is None


@pytest.mark.parametrize(
    ("code", "certain"), [(5, True), (6, True), (7, False), ("5", False), ("05", False), (None, False)]
)
def test_only_a_503_with_oranges_own_code_certainly_refused_an_order(code: object, certain: bool) -> None:
    assert certainly_not_accepted(api_error(503, {}, json.dumps({"code": code}).encode())) is certain
