"""Decisions on retries, made by functions without side effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import attrs

from orange_ordering_client.checks import check_integer, check_seconds
from orange_ordering_client.errors import (
    ApiError,
    BusinessRuleViolation,
    ClientError,
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    OrderingError,
    RateLimited,
    RequestTimeout,
    ResponseTooLarge,
    ServiceUnavailable,
    UnexpectedStatus,
)

__all__ = ["RetryPolicy", "backoff", "certainly_not_accepted", "next_delay", "read_retry_after", "worth_repeating"]

_LONGEST_RETRY_AFTER = 86_400.0
"""Seconds of one day. A longer `Retry-After` counts as a day, so that one response cannot block a client for ever."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_NOT_WORTH_REPEATING = (501, 505, 510, 511)
"""Permanent 5xx statuses (RFC 9110, section 15.6; RFC 6585)."""

_OVERLOADED_CODES = (5, 6)
"""Orange's codes under 503 (FACTS P3): unavailable, over capacity."""

_ORDERING_SYSTEM_DOWN = 3623
"""Under 422 (FACTS R2): the internal ordering system is not available, the request was not accepted."""


def _count(instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    check_integer(f"RetryPolicy.{attribute.name}", value, 1, fault=ConfigurationError)


def _seconds(instance: object, attribute: attrs.Attribute[float], value: object) -> None:
    check_seconds(f"RetryPolicy.{attribute.name}", value, fault=ConfigurationError)


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """The number of attempts of a call, and the pauses between them.

    Args:
        max_attempts: number of attempts, including the first.
        first_delay: seconds before the second attempt; doubled each time, then shortened at random by up to half.
        max_delay: seconds of the longest pause. A longer `Retry-After` is respected.
        attempt_timeout: seconds of one attempt of a *reading* call. An attempt to place an order gets all the remaining
            time, because stopping it early would only make its outcome unknown.

    Raises:
        ConfigurationError: a number is not above zero.
    """

    max_attempts: int = attrs.field(default=4, validator=_count)
    first_delay: float = attrs.field(default=0.5, validator=_seconds)
    max_delay: float = attrs.field(default=30.0, validator=_seconds)
    attempt_timeout: float = attrs.field(default=20.0, validator=_seconds)


def certainly_not_accepted(failure: OrderingError) -> bool:
    """Return whether an order with this failure was certainly not accepted.

    It was not accepted if no connection was made, after a documented 4xx other than 408, and after a 503 with Orange's
    own error body. Otherwise this is unknown: after a timeout, a broken connection, 408, 500, 502, 504, a 503 of a
    gateway, or an undocumented status.
    """
    if isinstance(failure, ConnectionFailed):
        return True
    if isinstance(failure, ServiceUnavailable):
        return failure.is_orange and failure.code in _OVERLOADED_CODES
    if not isinstance(failure, ApiError) or isinstance(failure, (RequestTimeout, ClientError, UnexpectedStatus)):
        return False
    return failure.status < 500


def worth_repeating(failure: OrderingError, *, safe: bool) -> bool:
    """Return whether a retry is allowed and may succeed.

    Args:
        failure: failure of the attempt.
        safe: whether the call changes nothing.
    """
    if not safe:
        rejected_for_now = isinstance(failure, (ConnectionFailed, RateLimited, ServiceUnavailable)) or (
            isinstance(failure, BusinessRuleViolation) and failure.code == _ORDERING_SYSTEM_DOWN
        )
        return rejected_for_now and certainly_not_accepted(failure)
    if isinstance(failure, ResponseTooLarge):
        return False
    if not isinstance(failure, ApiError):
        return True
    if isinstance(failure, (RateLimited, RequestTimeout)):
        return True
    return failure.status >= 500 and failure.status not in _NOT_WORTH_REPEATING


def backoff(attempt: int, random: float, *, first: float, longest: float) -> float:
    """Return the seconds to pause after an attempt: doubled each time, shortened at random by up to half.

    Args:
        attempt: number of the attempt, counted from 1.
        random: random number from 0 up to 1.
        first, longest: seconds of the first pause and of the longest, before they are shortened.
    """
    # The exponent is capped, so that thousands of attempts do not overflow.
    return min(longest, first * 2.0 ** min(attempt - 1, 60)) * (1.0 - random / 2.0)


def next_delay(
    policy: RetryPolicy | None,
    failure: OrderingError,
    *,
    safe: bool,
    attempt: int,
    left: float,
    retry_after: float | None,
    random: Callable[[], float],
) -> float | None:
    """Return the seconds until the next attempt; None for no retry.

    Args:
        policy: retry policy; None if retries are off.
        failure: failure of the last attempt.
        safe: whether the call changes nothing.
        attempt: number of attempts made.
        left: seconds until the call's deadline.
        retry_after: seconds that the server asked for. The pause is never shorter; if it exceeds the time left, there
            is no retry.
        random: the source of jitter.
    """
    if policy is None or attempt >= policy.max_attempts or not worth_repeating(failure, safe=safe):
        return None
    if isinstance(failure, ConnectionBroken) and failure.is_stale and safe:
        # The server closed an idle connection, which is normal, so that a pause would not help.
        return 0.0
    pause = backoff(attempt, random(), first=policy.first_delay, longest=policy.max_delay)
    delay = max(pause, retry_after or 0.0)
    return delay if delay < left else None


def read_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds of `Retry-After` (RFC 9110, section 10.2.3); None if no value is usable.

    A date is compared with the response's own `Date`, because the local clock may be wrong. Of several values, the
    longest counts.

    Args:
        headers: headers of the response, in any case; repeated ones are joined with commas (RFC 9110, section 5.3).
        now: current time with its zone; used if the response has no usable `Date`.
    """
    server_now = next(filter(None, map(_moment, _elements(headers.get("date", "")))), now)
    asked = [
        _number(text) if text[0] in "0123456789+-." else _seconds_until(text, server_now)
        for text in _elements(headers.get("retry-after", ""))
    ]
    usable = [seconds for seconds in asked if seconds is not None]
    return min(max(usable), _LONGEST_RETRY_AFTER) if usable else None


def _elements(joined: str) -> list[str]:
    """Split the values of repeated headers, joined with commas; the comma after a weekday belongs to its date."""
    elements: list[str] = []
    weekday = ""
    for piece in joined.split(","):
        text = piece.strip()
        if text[:3].lower() in _WEEKDAYS and text.isalpha():
            weekday = text
        elif text:
            elements.append(f"{weekday}, {text}" if weekday else text)
            weekday = ""
    return elements


def _number(text: str) -> float | None:
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        return None
    return float(text)


def _seconds_until(text: str, now: datetime) -> float | None:
    moment = _moment(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000" means UTC, from an unknown time zone (RFC 5322, section 3.3).
        moment = moment.replace(tzinfo=UTC)
    return moment
