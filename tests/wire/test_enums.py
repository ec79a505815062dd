"""Enums stay open: a value nobody has seen must not break a page (FACTS, Models)."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import DecodeError
from orange_ordering_client.wire import Members, OpenEnum, OpenIntEnum


class Colour(OpenEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Level(OpenIntEnum):
    LOW = 1
    HIGH = 3


known_colour = Members(Colour)


def test_a_known_value_is_its_member() -> None:
    assert Colour("red") is Colour.RED
    assert Colour.from_wire("red") is Colour.RED
    assert known_colour["red"] is Colour.RED
    assert Colour.RED.is_known


@given(st.text())
def test_any_text_is_a_member_that_equals_it(text: str) -> None:
    member = Colour.from_wire(text)
    assert isinstance(member, Colour)
    assert member == text
    assert hash(member) == hash(text)
    assert str(member) == member.value == text
    assert member.is_known == (text in ("red", "dark blue"))
    assert json.loads(json.dumps({"colour": member})) == {"colour": text}


def test_an_unknown_value_is_not_kept_anywhere() -> None:
    before = len(known_colour)
    for number in range(100):
        assert known_colour[f"shade {number}"] == f"shade {number}"
    assert len(known_colour) == before
    assert list(Colour) == [Colour.RED, Colour.DARK_BLUE]
    assert "shade 1" not in Colour._value2member_map_
    assert Colour("shade 1") is not Colour("shade 1")
    assert Colour("shade 1") == Colour("shade 1")


@pytest.mark.parametrize("member", [Colour.RED, Colour("mauve"), Level.LOW, Level(99)])
@pytest.mark.parametrize(
    "through",
    [copy.copy, copy.deepcopy, *(lambda value, n=n: pickle.loads(pickle.dumps(value, n)) for n in range(6))],  # noqa: S301 -- our own bytes
)
def test_members_survive_copying_and_pickling(member: Any, through: Any) -> None:
    again = through(member)
    assert type(again) is type(member)
    assert again == member
    assert again.is_known == member.is_known


@pytest.mark.parametrize(
    ("member", "shown"),
    [(Colour.RED, "<Colour.RED: 'red'>"), (Colour("mauve"), "<Colour: 'mauve'>"), (Level(99), "<Level.VALUE_99: 99>")],
)
def test_unknown_members_look_unknown(member: object, shown: str) -> None:
    assert repr(member) == shown


def test_null_is_no_member_but_absent() -> None:
    assert known_colour[None] is None


@pytest.mark.parametrize("value", [1, True, 1.5, b"red"])
def test_what_is_no_text_is_no_value(value: object) -> None:
    with pytest.raises(DecodeError, match="expected text"):
        known_colour[value]
    with pytest.raises(DecodeError, match="expected text"):
        Colour.from_wire(value)
    with pytest.raises(ValueError, match="is not a valid Colour"):
        Colour(value)


@given(st.integers())
def test_any_whole_number_is_a_member_that_equals_it(number: int) -> None:
    member = Level.from_wire(number)
    assert isinstance(member, Level)
    assert member == number
    assert hash(member) == hash(number)
    assert member.is_known == (number in (1, 3))


@pytest.mark.parametrize("value", ["1", True, 1.5, None])
def test_what_is_no_whole_number_is_no_level(value: object) -> None:
    with pytest.raises(DecodeError, match="expected a whole number"):
        Level.from_wire(value)


def test_a_level_is_not_made_of_text() -> None:
    with pytest.raises(ValueError, match="is not a valid Level"):
        Level("1")
