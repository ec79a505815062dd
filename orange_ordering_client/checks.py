"""Checks of numbers and flags in arguments of users."""

from __future__ import annotations

import sys
from typing import Final

from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.text import safe_repr

__all__ = ["check_boolean", "check_integer", "check_seconds"]

Fault = type[InvalidArgument] | type[ConfigurationError]

_LARGEST: Final = 2**63 - 1
"""Largest integer without another bound. Servers count with 64 bits, and Python does not convert integers of thousands
of digits to text."""


def check_boolean(name: str, value: object) -> bool:
    """Return a flag. Other values are refused, because the text "false" is true in Python.

    Args:
        name: name of the argument.
        value: value of the argument.

    Raises:
        InvalidArgument: the value is neither True nor False.
    """
    if isinstance(value, bool):
        return value
    raise InvalidArgument(f"{name} is {safe_repr(value)}; give True or False.")


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
        lowest, highest: inclusive bounds; None means the largest integer of 64 bits.
        unit: unit of the number, for the message.
        fault: type of the exception to raise.

    Raises:
        InvalidArgument, ConfigurationError: the value is not an integer, or out of bounds.
    """
    largest = _LARGEST if highest is None else highest
    is_too_large = False
    if isinstance(value, int) and not isinstance(value, bool):
        is_too_large = value > largest
        if lowest <= value and not is_too_large:
            return value
    of = f" of {unit}" if unit else ""
    to = f" to {largest}" if highest is not None or is_too_large else ""
    raise fault(f"{name} is {safe_repr(value)}; give a whole number{of} from {lowest}{to}.")


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
    most = sys.float_info.max
    is_too_large = False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # The value is compared before the conversion, because an integer may be larger than any float.
        is_too_large = value > most
        if not is_too_large and (value >= 0 if zero else value > 0):
            return float(value)
    to = f", up to {most:.1e}" if is_too_large else ""
    raise fault(f"{name} is {safe_repr(value)}; give seconds, {'0 or more' if zero else 'a number above 0'}{to}.")
