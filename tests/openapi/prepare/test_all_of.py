"""An `allOf` is what its members are together: a reference, text, a number, an enum, an array, a union, or a class."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.generate.simplify import generator_input
from openapi.generate.variables import operation_variables
from openapi.prepare.steps import Prepared, prepare
from openapi.read.errors import GeneratorFailed
from tests.openapi.descriptions import operation, query, ref, small

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
MOMENT = {**TEXT, "format": "date-time"}
ITEMS = {"type": "array", "items": TEXT}
EITHER = {"oneOf": [TEXT, WHOLE]}
OBJECT = {"type": "object", "properties": {"a": TEXT}}
COMPONENTS: dict[str, Any] = {
    "Kind": {**TEXT, "enum": ["A", "B"], "x-enum-varnames": ["X", "Y"]},
    "Text": TEXT,
    "Thing": OBJECT,
    "Either": EITHER,
}


def prepared(**schemas: Any) -> Prepared:
    return prepare(json.dumps(small(**COMPONENTS, **schemas)).encode(), [])


def attribute(*members: Any, **beside: Any) -> tuple[Any, list[str]]:
    """What an attribute with this `allOf` is prepared as, and the warnings about it."""
    found = prepared(Holder={"type": "object", "properties": {"one": {**beside, "allOf": list(members)}}})
    warnings = [line for line in found.warnings if "/properties/one" in line]
    return found.document["components"]["schemas"]["Holder"]["properties"]["one"], warnings


REDUCED: dict[str, tuple[list[Any], Any]] = {
    "an enum and its default": ([ref("Kind"), {"default": "A"}], {"default": "A", "allOf": [ref("Kind")]}),
    "an enum and its type": ([ref("Kind"), {**TEXT, "default": "A"}], {"default": "A", "allOf": [ref("Kind")]}),
    "one enum twice": ([ref("Kind"), ref("Kind")], {"allOf": [ref("Kind")]}),
    "text and a pattern": ([ref("Text"), {"pattern": "x"}], {"pattern": "x", "allOf": [ref("Text")]}),
    "text and a format": ([ref("Text"), {"format": "date"}], {**TEXT, "format": "date"}),
    "text and a length": ([TEXT, {"maxLength": 5}], {**TEXT, "maxLength": 5}),
    "text inside": ([{"allOf": [TEXT, {"minLength": 1}]}, {"default": "x"}], {**TEXT, "minLength": 1, "default": "x"}),
    "a moment": ([MOMENT, {"maxLength": 50}], {**MOMENT, "maxLength": 50}),
    "text alone": ([TEXT], TEXT),
    "a number that is whole": ([{"type": "number"}, WHOLE], WHOLE),
    "an array": ([ITEMS, {"minItems": 1}], {**ITEMS, "minItems": 1}),
    "a union": ([EITHER, {"default": 1}], {**EITHER, "default": 1}),
    "a reference to a union": ([ref("Either"), {"default": 1}], {"default": 1, "allOf": [ref("Either")]}),
    "an object and its default": ([ref("Thing"), {"default": {}}], {"default": {}, "allOf": [ref("Thing")]}),
    "limits of anything": ([{"maxLength": 5}, {"minLength": 1}], {"maxLength": 5, "minLength": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("members", "result"), REDUCED.values(), ids=REDUCED)
def test_members_that_add_no_property_are_put_together(members: list[Any], result: Any) -> None:
    assert attribute(*members) == (result, [])


def test_what_stands_beside_the_members_applies_too() -> None:
    assert attribute(ref("Text"), format="date", description="A day.")[0] == {
        **TEXT, "format": "date", "description": "A day."
    }  # fmt: skip


def test_a_narrower_enum_is_an_enum_of_its_own_with_names_of_its_own() -> None:
    found = prepared(Narrower={"allOf": [ref("Kind"), {"enum": ["B", "A"]}]}).document["components"]["schemas"]
    assert found["Narrower"] == {**TEXT, "enum": ["B", "A"], "x-enum-varnames": ["B", "A"]}


def test_a_component_that_limits_another_is_a_class_of_its_own() -> None:
    variant = {"allOf": [ref("Thing"), {"minProperties": 1}]}
    assert prepared(Variant=variant).document["components"]["schemas"]["Variant"] == variant


CONTRADICTORY: dict[str, tuple[list[Any], Any, str]] = {
    "text and a number": ([TEXT, WHOLE], {}, "cannot be put together: untyped"),
    "two unions": ([EITHER, {"anyOf": [TEXT, ITEMS]}], {}, "cannot be put together: untyped"),
    "an object and text": ([ref("Thing"), TEXT], ref("HolderOne"), "contradict each other: read as an object"),
}


@pytest.mark.parametrize(("members", "result", "warning"), CONTRADICTORY.values(), ids=CONTRADICTORY)
def test_members_that_are_not_of_one_type_are_a_warning(members: list[Any], result: Any, warning: str) -> None:
    found, warnings = attribute(*members)
    assert found == result
    assert warnings == [f"#/components/schemas/Holder/properties/one: the members of its allOf {warning}"]


def test_a_list_beside_a_description_is_paged() -> None:
    document = small(Things={"type": "array", "items": ref("Thing")}, **COMPONENTS)
    answer = {"description": "All.", "allOf": [ref("Things")]}
    document["paths"]["/things"] = {"get": operation(answer, query("offset"), query("limit"))}
    found = operation_variables(prepare(json.dumps(document).encode(), []).document)
    assert found["things_list"]["paged"]


def test_text_is_never_made_a_class() -> None:
    document = prepared().document
    document["components"]["schemas"]["Wrong"] = {"allOf": [TEXT, {"maxLength": 5}]}
    with pytest.raises(GeneratorFailed, match=r"schemas/Wrong is of the type string, and would become a class\."):
        generator_input(document)
