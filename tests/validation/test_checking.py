"""Holding orders against schemas of a server: all that is wrong at once, and nothing that the server can break."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders.errors import InvalidOrder
from orange_ordering_client.sandbox.catalog_schemas import SCHEMAS, localised
from orange_ordering_client.validation import checking as validation
from orange_ordering_client.validation import schemas
from orange_ordering_client.validation.checking import read_schema, require, source_of, validate
from orange_ordering_client.validation.results import UnusableSchema, Validation, Violation
from orange_ordering_client.validation.sentences import json_path

BODY: dict[str, Any] = {
    "type": "R_BVPN_FR_1",
    "requestedAt": "2027-01-11",
    "customerReference": "#DEMO#",
    "contract": "C-1",
    "customer": {"id": "33-01257052"},
    "comment": "The site closes.",
    "attachments": [{"name": "plan.txt", "format": "txt", "body": "RGVtbw=="}],
    "properties": {
        "servicePoint": {"customerReference": "#DEMO-SITE#"},
        "contacts": {
            "primary": {
                "title": "Ms",
                "firstName": "Camille",
                "lastName": "Martin",
                "email": "camille.martin@example.com",
                "phone": "+33100000000",
                "mobile": "+33600000000",
            },
            "secondary": {"firstName": "Dominique"},
        },
    },
}
"""What FACTS R2 says of a disconnection, complete."""

DISCONNECTION = localised(SCHEMAS["R_BVPN_FR_1"][1], "en")
GENERIC = localised(SCHEMAS["C_GENERIC_FR_1"][1], "en")

LACKS = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The body with another value somewhere, or without it."""
    body = copy.deepcopy(BODY)
    *way, last = [int(piece) if piece.isdecimal() else piece for piece in path.split(".")]
    place: Any = body
    for piece in way:
        place = place[piece]
    if value is LACKS:
        del place[last]
    else:
        place[last] = value
    return body


def held(body: dict[str, Any], schema: Any = DISCONNECTION) -> Validation:
    return validate(read_schema(schema), body)


def test_the_published_body_of_a_disconnection_passes() -> None:
    assert held(BODY) == Validation()
    assert held(BODY).ok


CONTACT = "properties.contacts.primary"
POINT = "properties.servicePoint"
BROKEN: list[tuple[str, Any, str, str]] = [
    # what is changed, to what, the path that is wrong, a part of the sentence
    ("requestedAt", LACKS, "$.requestedAt", "missing"),
    ("requestedAt", "soon", "$.requestedAt", "not of the format date"),
    ("requestedAt", "2027-02-30", "$.requestedAt", "not of the format date"),
    ("requestedAt", "11/01/2027", "$.requestedAt", "not of the format date"),
    ("requestedAt", 20270111, "$.requestedAt", "must be text"),
    ("type", "U_BVPN_FR_1", "$.type", "must be 'R_BVPN_FR_1'"),
    ("type", LACKS, "$.type", "missing"),
    ("customerReference", 42, "$.customerReference", "must be text, not 42"),
    ("contract", ["C-1"], "$.contract", "must be text"),
    ("comment", {"text": "x"}, "$.comment", "must be text"),
    ("customer", "33-01257052", "$.customer", "must be an object"),
    ("customer", {}, "$.customer.id", "missing"),
    ("customer.id", 33, "$.customer.id", "must be text"),
    ("customer.name", True, "$.customer.name", "must be text, not True"),
    ("attachments", {}, "$.attachments", "must be a list"),
    ("attachments", ["plan.txt"], "$.attachments[0]", "must be an object"),
    ("attachments.0.name", LACKS, "$.attachments[0].name", "missing"),
    ("attachments.0.name", "", "$.attachments[0].name", "needs 1 characters or more and has 0"),
    ("attachments.0.format", LACKS, "$.attachments[0].format", "missing"),
    ("attachments.0.format", 7, "$.attachments[0].format", "must be text"),
    ("attachments.0.body", LACKS, "$.attachments[0].body", "missing"),
    ("attachments.0.body", 7, "$.attachments[0].body", "must be text"),
    ("attachments.0.body", "not base64", "$.attachments[0].body", "line breaks or spaces"),
    ("attachments.0.body", "RGVt\nbw==", "$.attachments[0].body", "line breaks or spaces"),
    ("attachments.0.body", "RGVtbw", "$.attachments[0].body", "cut off"),
    ("attachments.0.body", "RGVt_w==", "$.attachments[0].body", "other characters"),
    ("attachments.0.body", "é", "$.attachments[0].body", "other characters"),
    ("properties", LACKS, "$.properties", "missing"),
    ("properties", [], "$.properties", "must be an object"),
    (POINT, LACKS, "$.properties.servicePoint", "missing"),
    (POINT, {}, "$.properties.servicePoint", "exactly one of id, customerReference, reference"),
    (POINT, {"id": "SP-1", "reference": "R"}, "$.properties.servicePoint", "exactly one of id"),
    (POINT, {"id": "SP-1", "customerReference": "a", "reference": "R"}, "$.properties.servicePoint", "exactly one"),
    (POINT, {"id": ""}, "$.properties.servicePoint.id", "1 characters or more"),
    (POINT, {"id": 1000}, "$.properties.servicePoint.id", "must be text"),
    (f"{POINT}.name", 5, "$.properties.servicePoint.name", "must be text"),
    ("properties.contacts", LACKS, "$.properties.contacts", "missing"),
    ("properties.contacts", {}, "$.properties.contacts.primary", "missing"),
    ("properties.contacts.secondary", "Bob", "$.properties.contacts.secondary", "must be an object"),
    ("properties.contacts.secondary.firstName", "", "$.properties.contacts.secondary.firstName", "1 characters"),
    (f"{CONTACT}.email", LACKS, "$.properties.contacts.primary.email", "missing"),
    (f"{CONTACT}.email", "camille at example", "$.properties.contacts.primary.email", "does not have the form"),
    (f"{CONTACT}.email", "a@b\n", "$.properties.contacts.primary.email", "does not have the form"),
    (f"{CONTACT}.firstName", LACKS, "$.properties.contacts.primary.firstName", "missing"),
    (f"{CONTACT}.lastName", "", "$.properties.contacts.primary.lastName", "1 characters or more"),
    (f"{CONTACT}.phone", LACKS, "$.properties.contacts.primary.phone", "missing"),
    (f"{CONTACT}.phone", 33100000000, "$.properties.contacts.primary.phone", "must be text"),
    (f"{CONTACT}.mobile", None, "$.properties.contacts.primary.mobile", "must be text, not None"),
]


@pytest.mark.parametrize(("change", "value", "path", "says"), BROKEN)
def test_a_broken_body_gives_the_path_that_is_wrong_and_a_sentence(
    change: str, value: Any, path: str, says: str
) -> None:
    (violation,) = held(changed(change, value)).violations
    assert violation.path == path
    assert says in violation.message
    assert violation.message.endswith(".")
    assert str(violation) == f"{path}: {violation.message}"


def test_there_are_forty_of_them_and_more() -> None:
    assert len(BROKEN) >= 40


def test_everything_that_is_wrong_is_said_at_once() -> None:
    body = changed("properties", {"servicePoint": {}, "contacts": {"primary": {"email": "x"}}})
    body["requestedAt"] = "soon"
    body["attachments"][0]["body"] = "%"
    assert {violation.path for violation in held(body).violations} == {
        "$.requestedAt",
        "$.attachments[0].body",
        "$.properties.servicePoint",
        *(f"$.properties.contacts.primary.{name}" for name in ("email", "firstName", "lastName", "phone")),
    }


def test_the_exception_lists_all_of_it() -> None:
    error = InvalidOrder(held(changed("customer", {})).violations)
    assert str(error) == "One thing is wrong with the order. $.customer.id: This is missing."
    two = InvalidOrder((*error.violations, Violation("$.x", "No.", "type")))
    assert "2 things are wrong" in str(two)


# Sentences

RULES: list[tuple[dict[str, Any], Any, str, str]] = [
    ({"enum": ["SHOP", "MALL"]}, "PUB", "$.x", "'PUB' is none of 'SHOP', 'MALL'."),
    ({"maxLength": 3}, "abcd", "$.x", "This may have 3 characters at most and has 4."),
    ({"minItems": 2}, [1], "$.x", "This needs 2 items or more and has 1."),
    ({"maxItems": 0}, [1], "$.x", "This may have 0 items at most and has 1."),
    ({"minimum": 5}, 4, "$.x", "4 is less than 5."),
    ({"maximum": 5}, 6, "$.x", "6 is more than 5."),
    ({"multipleOf": 5}, 6, "$.x", "6 is not a multiple of 5."),
    ({"type": ["string", "null"]}, 1, "$.x", "This must be text or null, not 1."),
    ({"uniqueItems": True}, [1, 1], "$.x", "[1, 1] has non-unique elements."),
    ({"additionalProperties": False}, {"y": 1}, "$.x.y", "This is not known here."),
    ({"additionalProperties": {"type": "string"}}, {"y": 1}, "$.x.y", "This must be text, not 1."),
    ({"patternProperties": {"^y": {"type": "string"}}}, {"y": 1, "z": 1}, "$.x.y", "This must be text, not 1."),
    (
        {"patternProperties": {"^y": {}}, "additionalProperties": False},
        {"y": 1, "z": 1},
        "$.x.z",
        "This is not known here.",
    ),
    ({"properties": {"y": {"const": 1}}, "additionalProperties": False}, {"y": 2}, "$.x.y", "This must be 1, not 2."),
    ({"anyOf": [{"required": ["y"]}, {"required": ["z"]}]}, {}, "$.x", "This needs at least one of y, z."),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, "$.x", "1 fits none of the alternatives."),
    (
        {"anyOf": [{"type": "string"}, {"type": "object", "required": ["y"]}]},
        {},
        "$.x.y",
        "This is missing.",
    ),
    (
        {"oneOf": [{"properties": {"y": {"const": 1}, "z": {"const": 1}}}, {"properties": {"y": {"const": 2}}}]},
        {"y": 3, "z": 3},
        "$.x.y",
        "This must be 2, not 3.",
    ),
    (
        {"oneOf": [{"minimum": 1}, {"minimum": 2}]},
        3,
        "$.x",
        "This fits several alternatives, of which only one may fit.",
    ),
]


@pytest.mark.parametrize(("rule", "value", "path", "sentence"), RULES)
def test_each_rule_has_a_sentence(rule: dict[str, Any], value: Any, path: str, sentence: str) -> None:
    (violation,) = held({"x": value}, {"properties": {"x": rule}}).violations
    assert (violation.path, violation.message) == (path, sentence)


@pytest.mark.parametrize(
    "rule",
    [{"additionalProperties": False}, {"patternProperties": {"^y": False}}, {"required": ["y"]}, {"pattern": "y"}],
)
def test_a_rule_for_other_values_says_nothing(rule: dict[str, Any]) -> None:
    assert held({"x": 1}, {"properties": {"x": rule}}) == Validation()


def test_a_long_value_or_message_is_shortened() -> None:
    (violation,) = held({"x": "y" * 500}, {"properties": {"x": {"enum": [1]}}}).violations
    assert len(violation.message) < 100
    (violation,) = held({"x": list(range(200)) * 2}, {"properties": {"x": {"uniqueItems": True}}}).violations
    assert len(violation.message) <= 201


def test_odd_names_are_quoted_in_a_path() -> None:
    assert json_path(["a", 0, "first name", "_b-c", "9"]) == "$.a[0]['first name']._b-c['9']"


# What a server may send as a schema


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
        {"const": 9**9999999},
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


# Attachments, and the extra


def test_attachments_are_checked_without_a_schema_too() -> None:
    result = validate(None, changed("attachments.0.body", "%"), ["no schema"])
    assert [violation.path for violation in result.violations] == ["$.attachments[0].body"]
    assert result.warnings == ("no schema",)
    assert validate(None, {"attachments": "odd"}).ok
    assert validate(None, {"attachments": ["odd", {"body": 7}, {}]}).ok


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    require()
    monkeypatch.setattr(validation, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'orange-ordering-client\[validate\]'"):
        require()


def test_the_generic_type_has_alternatives_that_are_explained() -> None:
    body = {"type": "C_GENERIC_FR_1", "requestedAt": "2027-01-11", "properties": {"domain": "ODD"}}
    (violation,) = held(body, GENERIC).violations
    assert violation.path == "$.properties.domain"
