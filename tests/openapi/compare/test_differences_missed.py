"""Breaking changes that were once missed: each row is one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.openapi.compare.test_differences import answering, found, said, sending
from tests.openapi.descriptions import operation, ref, small


def _things(**more: Any) -> Any:
    return {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, **more}


def _pets(**discriminator: Any) -> Any:
    return {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": discriminator}


_TWO = {"Cat": _things(), "Dog": _things()}
_RESTRICTIONS: dict[str, Any] = {
    "const": "x", "dependentRequired": {"a": ["b"]}, "if": {"required": ["a"]}, "then": {"required": ["b"]},
    "propertyNames": {"maxLength": 3}, "patternProperties": {"^x": {"type": "string"}}, "contains": {"type": "string"},
    "prefixItems": [{"type": "string"}], "unevaluatedProperties": False,
}  # fmt: skip

ONCE_MISSED: list[tuple[Any, Any, str, str]] = [
    (_things(), _things(required=["c"]), ".c", "became required, but is not described"),
    (_pets(propertyName="a"), _pets(propertyName="b"), "", "discriminator is b now, not a"),
    (_pets(propertyName="a", mapping={"c": "Cat"}), _pets(propertyName="a", mapping={"c": "Dog"}), "",
     "discriminator value 'c' means Dog now, not Cat"),
    (_pets(propertyName="a", mapping={"c": "Cat", "d": "Dog"}), _pets(propertyName="a", mapping={"d": "Dog"}), "",
     "discriminator value 'c' is not mapped any more"),
    (_things(discriminator={"propertyName": "a", "mapping": {"c": "Cat"}}),
     _things(discriminator={"propertyName": "b", "mapping": {"c": "Cat"}}), "", "discriminator is b now, not a"),
    (_things(), _things(anyOf=[{"required": ["a"]}, {"required": ["b"]}]), "",
     "which properties are required together changed"),
    (_things(oneOf=[{"required": ["a"]}]), _things(oneOf=[{"required": ["b"]}]), "",
     "which properties are required together changed"),
    ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": "many"}, "", "maxLength 5 became many"),
    *[(_things(), _things(**{name: value}), "", f"`{name}` added") for name, value in _RESTRICTIONS.items()],
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "inside", "text"), ONCE_MISSED, ids=[text for *_, text in ONCE_MISSED])
def test_what_breaks_and_was_once_missed(old: Any, new: Any, inside: str, text: str) -> None:
    changes = found(sending(old, **_TWO), sending(new, **_TWO))
    assert said(changes) == {(f"GET /requests body{inside}", text, True)}


def test_a_discriminator_value_that_comes_breaks_nothing() -> None:
    old, new = _pets(propertyName="a", mapping={"c": "Cat"}), _pets(propertyName="a", mapping={"c": "Cat", "d": "Dog"})
    changes = found(answering(old, **_TWO), answering(new, **_TWO))
    assert said(changes) == {("GET /requests 200 body", "discriminator value 'd' added", False)}


def test_what_is_read_only_behind_a_reference_is_not_sent() -> None:
    holder = {"type": "object", "properties": {"id": ref("Id")}}
    changes = found(sending(holder, Id={"type": "string"}), sending(holder, Id={"type": "string", "readOnly": True}))
    assert said(changes) == {("GET /requests body.id", "property removed from requests", True)}


def test_the_type_of_a_header_is_compared() -> None:
    documents = [answering({}), answering({})]
    for document, kind in zip(documents, ("integer", "string"), strict=True):
        headers = {"X-Total-Count": {"schema": {"type": kind}}}
        document["paths"]["/requests"]["get"]["responses"]["200"]["headers"] = headers
    place = "GET /requests 200 header X-Total-Count"
    assert said(found(*documents)) == {(place, "integer became string", True)}


@pytest.mark.parametrize(
    ("place", "kind", "old", "new", "text"),
    [
        ("query", "array", {"explode": False}, {"style": "pipeDelimited", "explode": False},
         "is written as pipeDelimited now, not as form"),
        ("query", "object", {}, {"style": "deepObject"}, "is written as deepObject now, not as form, exploded"),
        ("query", "object", {}, {"explode": False}, "is written as form now, not as form, exploded"),
        ("path", "array", {}, {"style": "matrix"}, "is written as matrix now, not as simple"),
    ],
)  # fmt: skip
def test_the_style_of_a_parameter_is_compared(place: str, kind: str, old: Any, new: Any, text: str) -> None:
    documents = []
    for more in (old, new):
        document = small()
        schema = {"type": kind, **({"items": {"type": "string"}} if kind == "array" else {})}
        path = "/things/{p}" if place == "path" else "/things"
        one = {"name": "p", "in": place, "required": True, "schema": schema, **more}
        document["paths"][path] = {"get": operation({}, one)}
        documents.append(document)
    changes = found(*documents)
    assert [(change.text, change.breaking) for change in changes] == [(text, True)]


def test_the_default_of_a_server_variable_is_part_of_where_the_server_is() -> None:
    documents = []
    for host in ("api.orange.com", "api.example.com"):
        document = small()
        variables = {"host": {"default": host}}
        document["servers"] = [{"url": "https://{host}/{free}/v3", "variables": {**variables, "free": {}}}]
        documents.append(document)
    assert said(found(*documents)) == {
        ("server", "https://api.orange.com/{free}/v3 is no longer named", True),
        ("server", "https://api.example.com/{free}/v3 is named", False),
    }
