"""checks: arguments that are refused, and messages that can always be written."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.checks import check_boolean, check_integer, check_seconds
from orange_ordering_client.errors import ConfigurationError, InvalidArgument

HUGE = 10**5000
"""An integer that Python refuses to convert to text."""


@pytest.mark.parametrize("value", [0, 1, 5, 2**63 - 1])
def test_an_integer_within_its_bounds_is_returned(value: int) -> None:
    assert check_integer("n", value, 0) == value


@pytest.mark.parametrize(
    ("value", "highest", "message"),
    [
        (HUGE, None, "n is an integer of thousands of digits; give a whole number from 0 to 9223372036854775807."),
        (HUGE, 250, "n is an integer of thousands of digits; give a whole number from 0 to 250."),
        (-HUGE, None, "n is an integer of thousands of digits; give a whole number from 0."),
        (2**63, None, "n is 9223372036854775808; give a whole number from 0 to 9223372036854775807."),
        (251, 250, "n is 251; give a whole number from 0 to 250."),
        (-1, None, "n is -1; give a whole number from 0."),
        (True, 1, "n is True; give a whole number from 0 to 1."),
        ("1", None, "n is '1'; give a whole number from 0."),
    ],
    ids=["huge", "huge and bounded", "huge and negative", "too large", "bounded", "negative", "flag", "text"],
)
def test_another_integer_is_refused_with_its_bounds(value: Any, highest: int | None, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_integer("n", value, 0, highest)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "zero", "message"),
    [
        (HUGE, False, "t is an integer of thousands of digits; give seconds, a number above 0, up to 1.8e+308."),
        (float("inf"), False, "t is inf; give seconds, a number above 0, up to 1.8e+308."),
        (-HUGE, True, "t is an integer of thousands of digits; give seconds, 0 or more."),
        (float("nan"), True, "t is nan; give seconds, 0 or more."),
        (0, False, "t is 0; give seconds, a number above 0."),
        (-1, True, "t is -1; give seconds, 0 or more."),
        (True, True, "t is True; give seconds, 0 or more."),
        ("1", True, "t is '1'; give seconds, 0 or more."),
    ],
    ids=["huge", "infinite", "huge and negative", "no number", "zero", "negative", "flag", "text"],
)
def test_what_is_no_number_of_seconds_is_refused_with_what_to_give(value: Any, zero: bool, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_seconds("t", value, zero=zero, fault=ConfigurationError)
    assert str(caught.value) == message


@pytest.mark.parametrize(("value", "zero"), [(1, False), (0.5, False), (0, True)])
def test_a_number_of_seconds_is_returned_as_a_float(value: float, zero: bool) -> None:
    found = check_seconds("t", value, zero=zero)
    assert (found, type(found)) == (value, float)


@pytest.mark.parametrize("value", [True, False])
def test_a_flag_is_returned(value: bool) -> None:
    assert check_boolean("resend", value) is value


@pytest.mark.parametrize("value", ["false", "", 0, 1, None, HUGE], ids=["text", "empty", "0", "1", "None", "huge"])
def test_what_is_no_flag_is_refused_although_python_takes_it_for_true_or_false(value: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^resend is .*; give True or False\.$"):
        check_boolean("resend", value)
