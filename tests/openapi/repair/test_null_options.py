"""The null option of a union is `nullable`, and what is left keeps its type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.prepare.steps import prepare
from openapi.repair.rules import repair
from tests.openapi.descriptions import ref, small

THING = {"type": "object", "properties": {"a": {"type": "string"}}}
TEXT = {"type": "string", "format": "date-time"}
NULLS: list[Any] = [
    {"type": "null"}, {"type": ["null"]}, {"type": None}, {"enum": [None]}, {"const": None}, ref("Nothing"),
]  # fmt: skip
CASES: dict[str, tuple[Any, Any]] = {
    "a reference": ({"anyOf": [ref("Thing"), {"type": "null"}]}, {"nullable": True, "allOf": [ref("Thing")]}),
    "null first": ({"oneOf": [{"type": "null"}, ref("Thing")]}, {"nullable": True, "allOf": [ref("Thing")]}),
    "a type": ({"anyOf": [TEXT, {"type": "null"}]}, {**TEXT, "nullable": True}),
    "a description beside": (
        {"description": "d", "anyOf": [TEXT, {"type": "null"}]},
        {**TEXT, "description": "d", "nullable": True},
    ),
    "properties beside": (
        {**THING, "oneOf": [ref("Thing"), {"type": "null"}]},
        {**THING, "nullable": True, "allOf": [ref("Thing")]},
    ),
    "two options": (
        {"oneOf": [ref("Thing"), TEXT, {"type": "null"}]},
        {"oneOf": [ref("Thing"), TEXT], "nullable": True},
    ),
    "a discriminator beside one option": (
        {"oneOf": [ref("Thing"), {"type": "null"}], "discriminator": {"propertyName": "a"}},
        {"nullable": True, "allOf": [ref("Thing")]},
    ),
    "nothing else": ({"anyOf": [{"type": "null"}]}, {"nullable": True}),
}


def described(schema: Any) -> Any:
    return small(Probe={"type": "object", "properties": {"p": schema}}, Thing=THING, Nothing={"type": "null"})


@pytest.mark.parametrize(("schema", "left"), CASES.values(), ids=CASES.keys())
def test_a_null_option_is_nullable_beside_what_is_left(schema: Any, left: Any) -> None:
    result, faults = repair(described(schema))
    assert result["components"]["schemas"]["Probe"]["properties"]["p"] == left
    assert [one.where for one in faults if one.fault == "null-option"] == ["#/components/schemas/Probe/properties/p"]


@pytest.mark.parametrize("null", NULLS, ids=[json.dumps(null) for null in NULLS])
def test_every_form_of_null_is_known(null: Any) -> None:
    result, _ = repair(described({"anyOf": [null, ref("Thing")]}))
    assert result["components"]["schemas"]["Probe"]["properties"]["p"] == CASES["a reference"][1]


@pytest.mark.parametrize("schema", [schema for schema, _ in CASES.values()], ids=CASES.keys())
def test_a_null_option_is_no_loss(schema: Any) -> None:
    prepare(json.dumps(described(schema)).encode(), [])
