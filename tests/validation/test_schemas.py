"""validation: whatever a server sends as a schema is used, or a warning."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from orange_ordering_client.validation import schemas
from orange_ordering_client.validation.checking import read_schema, source_of, validate
from orange_ordering_client.validation.results import UnusableSchema, Validation
from tests.validation.bodies import BODY, DISCONNECTION, held


@pytest.mark.parametrize("schema", [DISCONNECTION, json.dumps(DISCONNECTION)])
def test_a_schema_may_be_text_or_an_object(schema: Any) -> None:
    assert [violation.path for violation in held({**BODY, "comment": 1}, schema).violations] == ["$.comment"]


DIALECTS = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
    None,
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_usual_dialect_is_known(dialect: str | None) -> None:
    schema = {"$schema": dialect, "properties": {"x": {"type": "string"}}, "required": ["y"]}
    if dialect is None:
        del schema["$schema"]
    assert {violation.path for violation in held({"x": 1}, schema).violations} == {"$.x", "$.y"}


def test_a_schema_that_does_not_say_its_dialect_is_also_tried_as_the_old_one() -> None:
    schema = {"properties": {"x": {"minimum": 5, "exclusiveMinimum": True}}}
    assert [violation.path for violation in held({"x": 5}, schema).violations] == ["$.x"]


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"properties": {"x": schema}}
    return schema


UNUSABLE: list[tuple[Any, str]] = [
    (None, "no schema"),
    ("", "no schema"),
    ("{", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ("[]", "no object but list"),
    (7, "no object but int"),
    ({"type": "strnig"}, "broken at"),
    ({"properties": []}, "broken at"),
    ({"$schema": "http://json-schema.org/draft-03/schema#"}, "not known here"),
    ({"$schema": "https://orange.example/our-own"}, "not known here"),
    ({"$schema": {"odd": 1}}, "not known here"),
    (deep(100), "nested too deep"),
    ({"enum": [0] * 30_000}, "too large"),
    ("x" * 2_000_000, "too large"),
]


@pytest.mark.parametrize(("schema", "says"), UNUSABLE)
def test_a_schema_that_cannot_be_used_says_why(schema: Any, says: str) -> None:
    with pytest.raises(UnusableSchema, match=says):
        read_schema(schema)


def test_a_schema_that_breaks_the_checker_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise RecursionError

    monkeypatch.setattr(schemas, "_checker", fail)
    with pytest.raises(UnusableSchema, match="broken"):
        read_schema({"type": "object"})


@pytest.mark.parametrize(
    "schema",
    [
        "x" * 2_000_000,
        {"enum": [0] * 30_000},
        {"enum": [["x" * 2_000_000]]},
        {"x" * 2_000_000: 1},
        {"const": 1 << 32_000_000},
    ],
)
def test_a_schema_too_large_for_another_process_is_refused(schema: Any) -> None:
    with pytest.raises(UnusableSchema, match="too large"):
        source_of(schema)


@pytest.mark.parametrize("schema", [None, 7, "{", DISCONNECTION, deep(5_000), {"enum": [1.5, None, True, "x", [2]]}])
def test_any_other_is_handed_over_as_it_is(schema: Any) -> None:
    assert source_of(schema) is schema


def warned(schema: Any, body: dict[str, Any], *, seconds: float = 5) -> str:
    """What could not be checked, in a time that is bounded."""
    started = time.monotonic()
    result = held(body, schema)
    assert time.monotonic() - started < seconds
    assert not result.violations
    return " ".join(result.warnings)


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/evil.json", "file:///etc/passwd", "#/nowhere", "other.json#/a"])
def test_no_reference_is_fetched(ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("somebody opens a connection or a file")

    schema = {"properties": {"x": {"$ref": ref}, "y": {"type": "string"}}, "required": []}
    read = read_schema(schema)
    monkeypatch.setattr("urllib.request.urlopen", forbidden)
    monkeypatch.setattr("socket.socket.connect", forbidden)
    result = validate(read, {"x": 1, "y": 1})
    assert [violation.path for violation in result.violations] == ["$.y"]
    assert "not a part of it and is not fetched" in result.warnings[0]


def test_a_reference_inside_the_schema_is_followed() -> None:
    schema = {"definitions": {"t": {"type": "string"}}, "properties": {"x": {"$ref": "#/definitions/t"}}}
    assert [violation.path for violation in held({"x": 1}, schema).violations] == ["$.x"]


@pytest.mark.parametrize("pattern", ["(", "a" * 2_000, "(?:" * 500 + "a" + ")*" * 500, "(?P<x>a)", "\ud800["])
def test_a_pattern_that_cannot_be_used_is_a_warning(pattern: str) -> None:
    assert "cannot be used" in warned({"properties": {"x": {"pattern": pattern}}}, {"x": "b"})


def test_a_text_too_long_to_be_matched_is_a_warning() -> None:
    assert "was not matched" in warned({"properties": {"x": {"pattern": "^b"}}}, {"x": "a" * 200_000})


def test_half_a_surrogate_pair_is_a_warning() -> None:
    assert "surrogate" in warned({"properties": {"x": {"pattern": "^b"}}}, {"x": "\ud800"})


ECMA: list[tuple[str, str, bool]] = [
    # pattern, text, whether ECMA 262 finds it there
    (r"^\d$", "7", True),
    (r"^\d$", "\u0663", False),
    (r"^\w$", "é", False),
    (r"^\W$", "é", True),
    (r"^\s$", "\ufeff", True),
    (r"^\s$", "\x1c", False),
    (r"^a$", "a\n", False),
    (r"^a$", "a", True),
    (r"^.$", "\r", False),
    (r"^.$", "\u2028", False),
    (r"^.$", "\U0001f600", True),
    (r"^\cA$", "\x01", True),
    (r"^\u{1F600}$", "\U0001f600", True),
    (r"^\ud83d\ude00$", "\U0001f600", True),
    (r"^\u00e9$", "é", True),
    (r"^\x41$", "A", True),
    (r"^\0$", "\0", True),
    (r"^\/\-\_\@$", "/-_@", True),
    (r"^[\w\-.]+$", "a-b", True),
    (r"^\p{Lu}$", "É", True),
    (r"^\p{Lu}$", "é", False),
    (r"^(?<x>a)\k<x>$", "aa", True),
    (r"^(a)?\1$", "", True),
    (r"^[^]$", "\n", True),
    (r"[]", "a", False),
    (r"^[[]$", "[", True),
    (r"^\Z$", "Z", True),
    (r"\A", "a", False),
    (r"\bé", "é", False),
    (r"^a{,2}$", "a{,2}", True),
    (r"(?<=b)a(?!c)", "ba", True),
    (r"b", "abc", True),
]


@pytest.mark.parametrize(("pattern", "text", "found"), ECMA)
def test_a_pattern_means_what_ecma_262_says(pattern: str, text: str, found: bool) -> None:
    result = held({"x": text}, {"properties": {"x": {"pattern": pattern}}})
    assert (not result.violations, result.warnings) == (found, ())


MULTIPLES: list[tuple[Any, Any, bool]] = [
    (0.01, 19.99, True),
    (0.01, 19.995, False),
    (0.1, 0.3, True),
    (0.1, 1e22, True),
    (1e-6, 12.3456789, False),
    (1e-7, 12.3456789, True),
    (2.5, 10, True),
    (3, 10**100, False),
    (3, 3 * 10**100, True),
    (1e-308, 1e308, True),
    (7, "text", True),
]


@pytest.mark.parametrize(("step", "value", "fits"), MULTIPLES)
def test_multiples_are_computed_in_decimal_fractions(step: Any, value: Any, fits: bool) -> None:
    assert held({"x": value}, {"properties": {"x": {"multipleOf": step}}}).ok is fits


@pytest.mark.parametrize(("step", "value"), [("1e400", 5), ("5", float("inf")), ("5", float("nan"))])
def test_a_multiple_that_cannot_be_computed_is_a_warning(step: str, value: Any) -> None:
    schema = f'{{"properties": {{"x": {{"multipleOf": {step}}}}}}}'
    assert "cannot be computed" in warned(schema, {"x": value})


UNIQUE: list[tuple[list[Any], bool]] = [
    ([1, True, "1", None, 0, False, [1], {"a": 1}], True),
    ([1, 1.0], False),
    ([[1, [2]], [1, [2.0]]], False),
    ([[1], [True]], True),
    ([{"a": 1, "b": [2]}, {"b": [2], "a": 1}], False),
    ([{"a": 1}, {"a": True}], True),
    ([{"n": n} for n in range(20_000)], True),
]


@pytest.mark.parametrize(("items", "unique"), UNIQUE)
def test_unique_items_are_compared_as_json_values(items: list[Any], unique: bool) -> None:
    assert held({"x": items}, {"properties": {"x": {"uniqueItems": True}}}).ok is unique
    assert held({"x": items}, {"properties": {"x": {"uniqueItems": False}}}) == Validation()


def test_a_list_of_thousands_of_alternatives_gives_a_short_sentence() -> None:
    (violation,) = held({"x": 1}, {"properties": {"x": {"enum": [f"value {n}" for n in range(5_000)]}}}).violations
    assert len(violation.message) <= 1_000
    assert violation.message.endswith("….")


def test_a_schema_that_leads_in_circles_is_a_warning() -> None:
    assert "in circles" in warned({"$ref": "#"}, {"x": 1})
    circle = {"definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}}, "allOf": [{"$ref": "#/definitions/a"}]}
    assert "in circles" in warned(circle, {"x": 1})


@pytest.mark.parametrize("frames", range(0, 400, 40))
def test_a_schema_that_leads_in_circles_is_a_warning_however_deep_the_caller_stands(frames: int) -> None:
    def deeper(left: int) -> str:
        return deeper(left - 1) if left else warned({"$ref": "#"}, {"x": 1})

    assert "in circles" in deeper(frames)


def test_an_order_nested_as_deeply_as_any_is_checked() -> None:
    node: dict[str, object] = {"type": "object", "properties": {"inner": {"$ref": "#/definitions/node"}}}
    schema = {"definitions": {"node": node}, "$ref": "#/definitions/node"}
    body: object = "not an object"
    for _ in range(20):
        body = {"inner": body}
    assert [violation.path for violation in held(body, schema).violations] == ["$" + ".inner" * 20]


def test_a_schema_that_multiplies_is_given_up() -> None:
    levels = {f"l{n}": {"allOf": [{"$ref": f"#/definitions/l{n + 1}"}] * 10} for n in range(20)}
    schema = {"definitions": {**levels, "l20": {"type": "object"}}, "allOf": [{"$ref": "#/definitions/l0"}]}
    assert "given up after 0.8 s" in warned(schema, {"x": 1}, seconds=4)


def test_a_schema_that_cannot_be_evaluated_is_a_warning() -> None:
    broken = read_schema({"type": "object", "properties": {"x": {"$ref": "#/x-odd"}}, "x-odd": {"minimum": "5"}})
    result = validate(broken, {"x": 6})
    assert "cannot be evaluated" in result.warnings[0]


def test_no_end_of_violations_is_cut() -> None:
    body = {f"x{number}": 1 for number in range(500)}
    result = held(body, {"additionalProperties": {"type": "string"}})
    assert len(result.violations) == 200
    assert "more than 200" in result.warnings[0]


UNEVALUATED = {"$schema": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": False}


def test_unevaluated_properties_are_checked_where_that_is_safe() -> None:
    assert not held({"x": 1}, {**UNEVALUATED, "properties": {"x": {}}}).violations
    assert len(held({"y": 1}, {**UNEVALUATED, "allOf": [{"properties": {"x": {}}}]}).violations) == 1
    assert "not checked" in warned({**UNEVALUATED, "allOf": [{"patternProperties": {"^x": {}}}]}, {"y": 1})
