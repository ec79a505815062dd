"""A failure says where: the first field that an unfinished model lacks."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client import wire
from orange_ordering_client.errors import DecodeError

FIELDS = (("issued_at", "issuedAt"), ("kind", "type"))


class Unfinished:
    issued_at: object
    kind: object


def unfinished(**fields: object) -> Unfinished:
    model = Unfinished()
    for name, value in fields.items():
        setattr(model, name, value)
    return model


@pytest.mark.parametrize(
    ("model", "items", "path"),
    [
        (unfinished(), None, "issuedAt"),
        (unfinished(issued_at=None), None, "type"),
        (unfinished(issued_at=None), [1, 2], "type[2]"),
        (unfinished(issued_at=None, kind=None), None, ""),
    ],
)
def test_the_path_is_that_of_the_field_that_failed(model: Unfinished, items: list[Any] | None, path: str) -> None:
    error = wire.field_error(model, FIELDS, {"type": 1}, wire.mismatch("text", 1), items)
    assert (error.path, error.reason, error.value) == (path, "expected text", 1)


def test_what_cannot_even_be_looked_up_is_no_text() -> None:
    error = wire.field_error(unfinished(issued_at=None), FIELDS, {"type": []}, TypeError("unhashable type: 'list'"))
    assert (error.path, error.reason, error.value) == ("type", "expected text", [])


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", b"", [], ()])
def test_what_has_no_fields_is_no_object(value: Any) -> None:
    error = wire.field_error(unfinished(), FIELDS, value, AttributeError("it has no attribute 'get'"))
    assert (error.path, error.reason, error.value) == ("", "expected an object", value)


def test_a_mistake_of_our_own_is_not_blamed_on_the_answer() -> None:
    with pytest.raises(AttributeError, match="ours"):
        wire.field_error(unfinished(), FIELDS, {"type": 1}, AttributeError("ours"))


def test_the_outermost_model_adds_its_name_and_the_untouched_source() -> None:
    source = {"type": 1}
    error = wire.document_error(wire.mismatch("text", 1).at("type"), "Request", source)
    assert error.path == "Request.type"
    assert error.body is source


def test_nesting_too_deep_is_a_failure_like_any_other() -> None:
    error = wire.document_error(RecursionError(), "Request", {})
    assert isinstance(error, DecodeError)
    assert (error.path, error.reason) == ("Request", "it is nested too deeply")


def test_a_missing_field_is_said_to_be_missing() -> None:
    assert "missing" in wire.missing().reason


def test_a_deprecation_is_said_of_the_line_that_called_the_method() -> None:
    def method() -> None:
        wire.deprecated("things.get")

    with pytest.warns(DeprecationWarning, match=r"^things\.get is deprecated by the API's description$") as seen:
        method()
    assert [one.filename for one in seen] == [__file__]
