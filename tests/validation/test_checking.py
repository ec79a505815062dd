"""validation: what is wrong with an order, in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders.errors import InvalidOrder
from orange_ordering_client.validation import checking as validation
from orange_ordering_client.validation.checking import require, validate
from orange_ordering_client.validation.results import Validation, Violation
from orange_ordering_client.validation.sentences import json_path
from tests.validation.bodies import BODY, GENERIC, LACKS, changed, held


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
