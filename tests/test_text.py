"""text: what is shown to people."""

from __future__ import annotations

import pytest

from orange_ordering_client.text import safe_repr

HUGE = 10**5000
"""An integer that Python refuses to convert to text."""


class Broken:
    """An object that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("not shown")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        ("a", "'a'"),
        (HUGE, "an integer of thousands of digits"),
        (-HUGE, "an integer of thousands of digits"),
        ([HUGE], "a value of type list that cannot be shown"),
        (Broken(), "a value of type Broken that cannot be shown"),
        ("x" * 200, "'" + "x" * 78 + "…"),
    ],
    ids=["number", "text", "huge", "huge and negative", "list of huge", "broken", "long"],
)
def test_every_value_can_be_shown_in_a_message(value: object, text: str) -> None:
    assert safe_repr(value) == text
