"""Plain JSON values: taken when they are what the description says, refused otherwise."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from orange_ordering_client import wire
from orange_ordering_client.errors import DecodeError, InvalidArgument

LIST: list[Any] = []
OBJECT: dict[str, Any] = {}
EVERYTHING: tuple[Any, ...] = ("text", 1, 1.5, True, None, LIST, OBJECT)


@pytest.mark.parametrize(
    ("take", "taken"),
    [
        (wire.string, ("text",)),
        (wire.integer, (1,)),
        (wire.number, (1, 1.5)),
        (wire.boolean, (True,)),
        (wire.null, (None,)),
        (wire.any_value, EVERYTHING),
        (wire.json_object, (OBJECT,)),
        (wire.constant("text"), ("text",)),
        (wire.constant(1), (1,)),
        (wire.items_of(wire.any_value), (LIST,)),
        (wire.any_of(wire.integer, wire.boolean), (1, True)),
    ],
)
def test_each_kind_takes_its_own_and_nothing_else(take: Callable[[Any], Any], taken: tuple[Any, ...]) -> None:
    for value in EVERYTHING:
        if any(value is one for one in taken):
            assert take(value) == value
        else:
            with pytest.raises(DecodeError) as caught:
                take(value)
            assert caught.value.value == value


def test_three_point_nought_is_three() -> None:
    assert wire.integer(3.0) == 3
    assert type(wire.integer(3.0)) is int


@pytest.mark.parametrize("source", [OrderedDict(a=1), MappingProxyType({"a": 1})])
def test_any_mapping_is_an_object(source: Any) -> None:
    assert wire.json_object(source) == {"a": 1}


def test_the_path_into_lists_has_indices() -> None:
    with pytest.raises(DecodeError) as caught:
        wire.items([[1], [2, "x"]], wire.items_of(wire.integer))
    assert (caught.value.path, caught.value.value) == ("[1][1]", "x")


def test_the_path_into_open_objects_has_keys() -> None:
    assert wire.mapping({"a": 1}, wire.integer) == {"a": 1}
    with pytest.raises(DecodeError) as caught:
        wire.mapping({"a": 1, "b": "x"}, wire.integer)
    assert (caught.value.path, caught.value.value) == ("b", "x")


@attrs.define
class Model:
    additional_properties: dict[str, Any] | None


def test_of_several_models_the_one_that_knows_the_most_is_taken() -> None:
    forms = [
        lambda _: Model({"a": 1, "b": 2}),
        lambda _: Model({"a": 1}),
        lambda _: Model({"a": 1, "c": 1}),
    ]
    assert wire.any_of(*forms)({}) == Model({"a": 1})
    assert wire.any_of(*forms, lambda _: Model(None))({}) == Model(None)


@pytest.mark.parametrize(("value", "sent"), [(True, 1), (False, 0), (1, 1), (0, 0), (None, None)])
def test_flags_are_sent_as_numbers(value: object, sent: int | None) -> None:
    assert wire.flag(value) is sent or wire.flag(value) == sent
    assert type(wire.flag(value)) in (int, type(None))


@pytest.mark.parametrize("value", [2, -1, "1", "true", 1.0, [True]])
def test_what_is_no_flag_is_refused_before_anything_is_sent(value: object) -> None:
    with pytest.raises(InvalidArgument, match="neither True nor False"):
        wire.flag(value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (True, True), (False, False), (1, True), (0, False), ("1", True), ("0", False), ("true", True),
        ("false", False), ("True", True), ("FALSE", False), ("yes", True), ("N", False), ("oui", True), ("O", True),
        ("non", False), (" true ", True), ("perhaps", None), ("2", None),
    ],
)  # fmt: skip
def test_a_boolean_is_read_in_every_spelling_and_written_back_as_it_came(value: object, meant: bool | None) -> None:
    read = wire.parse_boolean(value)
    assert read is meant
    assert wire.format_boolean(read, value) == value
    assert type(wire.format_boolean(read, value)) is type(value)
    assert wire.format_boolean(read, None) is meant


@pytest.mark.parametrize("value", [2, -1, 1.0, 0.5, [], {}])
def test_what_is_no_boolean_is_refused(value: object) -> None:
    with pytest.raises(DecodeError, match="expected true or false"):
        wire.parse_boolean(value)


def test_empty_text_is_no_boolean_and_is_not_written_back() -> None:
    assert wire.parse_boolean("") is None
    assert wire.format_boolean(None, "") is None


def test_a_boolean_that_was_set_is_written_as_it_was_set() -> None:
    assert wire.format_boolean(False, "true") is False
    assert wire.format_boolean(True, 0) is True


def test_a_property_tells_which_form_an_object_has() -> None:
    decode = wire.by_discriminator("kind", {"a": lambda _: "an a", "b": lambda _: "a b"}, lambda _: "what fits")
    assert [decode({"kind": kind}) for kind in ("a", "b", "new", None, 1, [])] == ["an a", "a b", *["what fits"] * 4]
    assert decode({}) == decode("a") == "what fits"
