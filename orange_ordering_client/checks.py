"""Checks of numbers in arguments of users."""

from __future__ import annotations

import sys

from orange_ordering_client.errors import ConfigurationError, InvalidArgument

__all__ = ["check_integer", "check_seconds"]

Fault = type[InvalidArgument] | type[ConfigurationError]


def check_integer(
    name: str,
    value: object,
    lowest: int,
    highest: int | None = None,
    *,
    unit: str = "",
    fault: Fault = InvalidArgument,
) -> int:
    """Return an integer within bounds.

    Args:
        name: name of the argument.
        value: value of the argument.
        lowest, highest: inclusive bounds; None means no upper bound.
        unit: unit of the number, for the message.
        fault: type of the exception to raise.

    Raises:
        InvalidArgument, ConfigurationError: the value is not an integer, or out of bounds.
    """
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and lowest <= value <= (value if highest is None else highest)
    ):
        return value
    of = f" of {unit}" if unit else ""
    to = "" if highest is None else f" to {highest}"
    raise fault(f"{name} is {value!r}; give a whole number{of} from {lowest}{to}.")


def check_seconds(name: str, value: object, *, zero: bool = False, fault: Fault = InvalidArgument) -> float:
    """Return a number of seconds.

    Args:
        name: name of the argument.
        value: value of the argument.
        zero: whether 0 is allowed.
        fault: type of the exception to raise.

    Raises:
        InvalidArgument, ConfigurationError: the value is not a finite number, or too small.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # The value is compared before the conversion, because an integer may be larger than any float.
        is_in_range = value >= 0 if zero else value > 0
        if is_in_range and value <= sys.float_info.max:
            return float(value)
    raise fault(f"{name} is {value!r}; give seconds, {'0 or more' if zero else 'a number above 0'}.")
