"""Decoded values in wire form again."""

from __future__ import annotations

import copy
import math
import pickle
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from orange_ordering_client import NewRequest, wire
from orange_ordering_client.errors import DecodeError, InvalidArgument
from orange_ordering_client.wire import uuids


class Colour(wire.OpenEnum):
    RED = "red"


class Level(wire.OpenIntEnum):
    LOW = 1


class Model:
    """The least that is a model."""

    name = "x"
    size = None
    additional_properties = None

    def to_dict(self) -> dict[str, Any]:
        """Its wire form."""
        return {"name": self.name}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("text", "text"),
        (1.5, 1.5),
        (None, None),
        ({"a": [None]}, {"a": [None]}),
        (Colour.RED, "red"),
        (Colour("mauve"), "mauve"),
        (Level.LOW, 1),
        (wire.parse_spelled_datetime("2015-04-09"), "2015-04-09"),
        (wire.parse_date("2015-04-09T10:00:00Z"), "2015-04-09T10:00:00Z"),
        (uuids.parse_uuid("12345678-1234-5678-1234-567812345678"), "12345678-1234-5678-1234-567812345678"),
        (Model(), {"name": "x"}),
        ([Model(), [Colour.RED]], [{"name": "x"}, ["red"]]),
    ],
)
def test_any_decoded_value_can_be_written(value: object, written: object) -> None:
    assert wire.to_wire(value) == written
    assert type(wire.to_wire(value)) is type(written)


def test_what_the_description_knows_has_precedence_over_what_it_does_not() -> None:
    assert wire.with_extras({"a": 1}, {"a": 2, "b": Colour.RED}) == {"a": 1, "b": "red"}


def test_a_model_shows_what_it_has() -> None:
    assert wire.represent(Model(), (("name", "name"), ("size", "size"))) == "Model(name='x')"


@pytest.mark.parametrize("spelling", ["ABCDEF78-1234-5678-1234-567812345678", "{12345678123456781234567812345678}"])
def test_uuids_keep_their_spelling(spelling: str) -> None:
    found = uuids.parse_uuid(spelling)
    assert found == UUID(spelling)
    for again in (found, copy.deepcopy(found), pickle.loads(pickle.dumps(found))):  # noqa: S301 -- our own bytes
        assert again == found
        assert uuids.format_uuid(again) == spelling


@pytest.mark.parametrize("value", ["", "no uuid", 1, None, []])
def test_what_is_no_uuid_is_refused(value: object) -> None:
    with pytest.raises(DecodeError, match="expected a UUID"):
        uuids.parse_uuid(value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"type": "R_BVPN_FR_1"}, "not dict"),
        (None, "not NoneType"),
        (NewRequest(type="x", requested_at="2026-12-24"), "is no date"),  # type: ignore[arg-type]  # as untyped callers do
        (NewRequest(type="x", requested_at=None), "is no date"),  # type: ignore[arg-type]  # as untyped callers do
        (NewRequest(type="x", requested_at=date(2026, 12, 24), customer={"id": "1"}), "must be models:"),  # type: ignore[arg-type]  # as untyped callers do
    ],
)
def test_a_body_that_cannot_be_written_is_refused_in_words(body: Any, told: str) -> None:
    with pytest.raises(InvalidArgument, match=told):
        wire.body_of(body)


def nested(levels: int, inner: object = 1) -> object:
    for level in range(levels):
        inner = {"a": inner} if level % 2 else [inner]
    return inner


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ((number for number in range(3)), r"NewRequest\.properties\.x is generator, which JSON cannot hold"),
        ([1, {2}], r"properties\.x\[1\] is set"),
        (map(str, [1]), "is map"),
        (b"abc", "is bytes"),
        (object(), "is object"),
        (Decimal("1.5"), "is Decimal"),
        ({"a": math.nan}, r"x\.a is nan"),
        (math.inf, "is inf"),
        ({1: 2}, "has the key 1; keys in JSON are text"),
        (nested(99), "nested more than 100 levels deep"),
        (nested(10_000), "deep"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_property_that_json_cannot_hold_is_refused_by_its_place(value: object, told: str) -> None:
    order = NewRequest(type="x", requested_at=date(2026, 12, 24), properties={"x": value})  # type: ignore[arg-type]  # as untyped callers do
    with pytest.raises(InvalidArgument, match=told):
        wire.body_of(order)


def test_a_model_within_itself_is_refused() -> None:
    order = NewRequest(type="x", requested_at=date(2026, 12, 24))
    order.additional_properties = {"self": order}
    with pytest.raises(InvalidArgument, match="nested too deep"):
        wire.body_of(order)


def test_a_property_nested_as_deep_as_allowed_is_written() -> None:
    order = NewRequest(type="x", requested_at=date(2026, 12, 24), properties={"x": nested(98)})  # type: ignore[arg-type]  # as untyped callers do
    assert wire.body_of(order)["properties"]["x"] == nested(98)


def test_a_date_time_must_be_one() -> None:
    with pytest.raises(InvalidArgument, match="is no date-time"):
        wire.format_datetime("2026-12-24T00:00:00Z")  # type: ignore[arg-type]  # as untyped callers do
