"""The exceptions of `submit`: what they say. What raises them is tested where it is raised."""

from __future__ import annotations

import pickle

import pytest

from orange_ordering_client.orders.errors import InvalidOrder
from orange_ordering_client.validation.results import Violation

TYPE = Violation("$.type", "This is missing.", "required")
NAME = Violation("$.na\x1bme", "'a\x1b' is none of 'b'.", "enum")


@pytest.mark.parametrize(
    ("violations", "message"),
    [
        ((TYPE,), "One thing is wrong with the order. $.type: This is missing."),
        (
            (TYPE, NAME),
            "2 things are wrong with the order. $.type: This is missing. $.na\\x1bme: 'a\\x1b' is none of 'b'.",
        ),
    ],
    ids=["one", "two"],
)
def test_an_invalid_order_lists_all_that_is_wrong(violations: tuple[Violation, ...], message: str) -> None:
    assert str(InvalidOrder(violations)) == message


def test_an_invalid_order_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(InvalidOrder((TYPE, NAME))))  # noqa: S301 -- our own
    assert error.violations == (TYPE, NAME)
    assert str(error) == str(InvalidOrder((TYPE, NAME)))
