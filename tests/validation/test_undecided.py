"""What cannot be decided is a warning and never a violation, wherever in a schema it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validation.bodies import held

NEWEST = "https://json-schema.org/draft/2020-12/schema"
ELSEWHERE = {"$ref": "https://elsewhere.example/part.json"}
# Usual in Java and Python, and an error in ECMA 262.
PATTERN = {"type": "string", "pattern": "(?i)^premium"}
MISSING = {"required": ["code"]}

IN_DOUBT: dict[str, tuple[dict[str, Any], Any]] = {
    "not": ({"not": ELSEWHERE}, "a"),
    "not, with a pattern": ({"not": PATTERN}, "basic"),
    "if": ({"if": {"properties": {"offer": PATTERN}}, "then": MISSING}, {"offer": "basic"}),
    "else": ({"if": {"not": PATTERN}, "else": {"type": "number"}}, "basic"),
    "oneOf, two in doubt": ({"oneOf": [ELSEWHERE, PATTERN]}, "basic"),
    "oneOf, one in doubt": ({"oneOf": [PATTERN, {"type": "string"}]}, "basic"),
    "maxContains": ({"contains": PATTERN, "maxContains": 1}, ["basic", "basic"]),
    "in a reference": ({"$defs": {"a": {"not": ELSEWHERE}}, "$ref": "#/$defs/a"}, "a"),
    "unevaluatedItems": (
        {"if": {"not": {"not": {"items": PATTERN}}}, "else": {"prefixItems": [True]}, "unevaluatedItems": False},
        ["basic"],
    ),
    "unevaluatedProperties": (
        {"if": {"propertyNames": PATTERN}, "else": {"properties": {"a": True}}, "unevaluatedProperties": False},
        {"a": "basic"},
    ),
}


@pytest.mark.parametrize(("rule", "value"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_what_is_in_doubt_inside_a_negation_is_no_violation(rule: dict[str, Any], value: Any) -> None:
    found = held({"x": value}, {"$schema": NEWEST, "properties": {"x": rule}})
    assert not found.violations
    assert any("not a part of it" in text or "pattern that cannot be used" in text for text in found.warnings)


CERTAIN: dict[str, tuple[dict[str, Any], Any, str]] = {
    "not": ({"not": {"type": "string"}}, "a", "$.x"),
    "then": ({"if": {"type": "object"}, "then": MISSING}, {}, "$.x.code"),
    "oneOf, both fit": ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "a", "$.x"),
    "oneOf, none fits": ({"oneOf": [{"allOf": [PATTERN, {"maxLength": 1}]}, {"type": "number"}]}, "basic", "$.x"),
    "contains none": ({"contains": {"allOf": [PATTERN, {"maxLength": 1}]}}, ["basic"], "$.x"),
    "maxContains": ({"contains": {"type": "string"}, "maxContains": 1}, ["a", "b"], "$.x"),
    "beside something in doubt": ({"allOf": [ELSEWHERE, {"not": {"type": "string"}}]}, "a", "$.x"),
}


@pytest.mark.parametrize(("rule", "value", "path"), CERTAIN.values(), ids=CERTAIN)
def test_what_is_certain_stays_a_violation(rule: dict[str, Any], value: Any, path: str) -> None:
    found = held({"x": value}, {"$schema": NEWEST, "properties": {"x": rule}})
    assert [violation.path for violation in found.violations] == [path]


@pytest.mark.parametrize("keyword", ["const", "enum"])
def test_a_value_with_a_property_called_schema_is_compared_whole(keyword: str) -> None:
    value = {"$schema": "a", "inner": {"$schema": "b"}}
    rule = {keyword: value if keyword == "const" else [value]}
    assert not held({"x": value}, {"properties": {"x": rule}}).violations
    assert held({"x": {"inner": {}}}, {"properties": {"x": rule}}).violations


def test_a_property_may_have_the_name_of_a_keyword() -> None:
    # Its schema names a dialect of its own, which must not replace the checks that are bounded here.
    rule = {"$schema": "http://json-schema.org/draft-04/schema#", "pattern": "(?i)a"}
    found = held({"const": "b"}, {"$schema": NEWEST, "properties": {"const": rule}})
    assert (found.violations, found.warnings) == ((), ("its schema has a pattern that cannot be used: (?i)a",))
