"""What changed between two descriptions, and for whom it breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.compare.change import Change
from openapi.compare.comparable import comparable
from openapi.compare.operations import differences
from openapi.prepare.overlay import read_overlay
from tests.openapi.descriptions import ROOT, Document, operation, query, ref, small
from tests.openapi.edits import BREAKING, HARMLESS, Edit
from tests.openapi.spellings import SPELLING
from tests.rebuilt import rebuilt

ACTIONS = read_overlay(ROOT / "openapi/overlay.yaml")


def form(document: Document, actions: list[dict[str, Any]] | None = None) -> Document:
    return comparable(json.dumps(document).encode(), actions or [])


@pytest.fixture(scope="module")
def before() -> Document:
    return form(rebuilt(), ACTIONS)


def after(edit: Edit) -> Document:
    document = rebuilt()
    edit(document)
    return form(document, ACTIONS)


def found(old: Document, new: Document) -> list[Change]:
    return differences(form(old), form(new))


def said(changes: list[Change]) -> set[tuple[str, str, bool]]:
    return {(change.place, change.text, change.breaking) for change in changes}


def test_there_are_enough_edits_and_half_of_them_break() -> None:
    assert len(BREAKING) >= 13
    assert len(HARMLESS) >= 12


@pytest.mark.parametrize("name", BREAKING)
def test_breaks(before: Document, name: str) -> None:
    assert any(change.breaking for change in differences(before, after(BREAKING[name])))


@pytest.mark.parametrize("name", HARMLESS)
def test_changes_without_breaking(before: Document, name: str) -> None:
    changes = differences(before, after(HARMLESS[name]))
    assert changes
    assert [change for change in changes if change.breaking] == []


@pytest.mark.parametrize("name", SPELLING)
def test_is_no_difference(before: Document, name: str) -> None:
    assert differences(before, after(SPELLING[name])) == []


def test_a_null_option_is_no_difference_from_nullable() -> None:
    things = {"Thing": {"type": "object", "properties": {"a": {"type": "string"}}}}
    nullable, option = {"nullable": True, "allOf": [ref("Thing")]}, {"anyOf": [ref("Thing"), {"type": "null"}]}
    assert found(small(**things, Probe=nullable), small(**things, Probe=option)) == []


def test_says_where_and_in_which_calls(before: Document) -> None:
    changes = differences(before, after(HARMLESS["value_in_an_answer_added"]))
    assert [(change.place, change.text, change.calls) for change in changes] == [
        (
            "RequestStatus",
            "value 'SUSPENDED' added",
            ("GET /requests", "POST /requests", "GET /requests/{requestId}"),
        )
    ]


def test_uses_the_names_that_python_has(before: Document) -> None:
    changes = differences(before, after(BREAKING["property_of_a_body_became_required"]))
    assert {change.place for change in changes} == {
        "NewRequest.contract",
        "Disconnection.contract",
        "GenericRequest.contract",
    }


def answering(schema: Any, **parts: Any) -> Document:
    document = small(**parts)
    document["paths"]["/requests"]["get"] = operation(schema)
    return document


def sending(schema: Any, **parts: Any) -> Document:
    document = small(**parts)
    document["paths"]["/requests"]["get"] = operation({}, body=True)
    document["paths"]["/requests"]["get"]["requestBody"]["content"]["application/json"]["schema"] = schema
    return document


WIDER: list[tuple[Any, Any]] = [
    ({"type": "integer"}, {"type": "number"}),
    ({"type": "string"}, {}),
    ({"type": "string", "format": "date"}, {"type": "string"}),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"type": "object"}),
    ({"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "number"}}),
    ({"type": "string"}, {"oneOf": [{"type": "string"}, {"type": "integer"}]}),
    (
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"oneOf": [{"type": "boolean"}, {"type": "string"}, {"type": "integer"}]},
    ),
    (
        {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "string"}]},
        {"anyOf": [{"type": "object", "properties": {"a": {"type": "number"}}}, {"type": "string"}]},
    ),
]


@pytest.mark.parametrize(("narrow", "wide"), WIDER)
def test_what_is_received_breaks_by_widening(narrow: Any, wide: Any) -> None:
    assert any(change.breaking for change in found(answering(narrow), answering(wide)))
    narrowed = found(answering(wide), answering(narrow))
    assert narrowed
    assert not any(change.breaking for change in narrowed)


@pytest.mark.parametrize(("narrow", "wide"), WIDER)
def test_what_is_sent_breaks_by_narrowing(narrow: Any, wide: Any) -> None:
    assert any(change.breaking for change in found(sending(wide), sending(narrow)))
    widened = found(sending(narrow), sending(wide))
    assert widened
    assert not any(change.breaking for change in widened)


SENT: list[tuple[Any, Any, str, bool]] = [
    ({"type": "string", "nullable": True}, {"type": "string"}, "can no longer be null", True),
    ({"type": "string"}, {"type": "string", "nullable": True}, "can be null now", False),
    ({"type": "string"}, {"type": "string", "enum": ["a", "b"]}, "takes only 'a', 'b' now", True),
    ({"type": "string", "enum": ["a"]}, {"type": "string"}, "can be anything now", False),
    ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 2}, "minimum 1 became 2", True),
    ({"type": "integer", "minimum": 2}, {"type": "integer", "minimum": 1}, "minimum 2 became 1", False),
    ({"type": "integer"}, {"type": "integer", "maximum": 9}, "maximum none became 9", True),
    ({"type": "integer", "maximum": 9}, {"type": "integer"}, "maximum 9 became none", False),
    ({"type": "integer", "format": "int64"}, {"type": "integer", "format": "int32"}, "format int64 became int32", True),
    ({"type": "integer", "format": "int32"}, {"type": "integer"}, "format int32 became none", False),
    ({"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}, "pattern a became b", True),
    ({"type": "object"}, {"type": "object", "not": {"required": ["a"]}}, "`not` changed", True),
    ({"type": "string"}, {"type": "string", "default": "a"}, 'default null became "a"', False),
    ({"type": "string", "default": "b"}, {"type": "string", "default": "a"}, 'default "b" became "a"', True),
    ({"type": "object"}, {"type": "object", "additionalProperties": False}, "takes no other properties any more", True),
    ({"type": "object", "additionalProperties": False}, {"type": "object"}, "takes other properties now", False),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "text", "breaks"), SENT)
def test_what_is_sent(old: Any, new: Any, text: str, breaks: bool) -> None:
    assert said(found(sending(old), sending(new))) == {("GET /requests body", text, breaks)}


RECEIVED: list[tuple[Any, Any, str]] = [
    ({"type": "string"}, {"type": "string", "nullable": True}, "can be null now"),
    ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}, "maxLength 5 became 9"),
    ({"type": "string", "enum": ["a"]}, {"type": "string"}, "can be anything now"),
    ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int64"}, "format int32 became int64"),
    ({"type": "string", "format": "email"}, {"type": "string"}, "format email became none"),
]


@pytest.mark.parametrize(("old", "new", "text"), RECEIVED)
def test_what_is_received_may_do(old: Any, new: Any, text: str) -> None:
    assert said(found(answering(old), answering(new))) == {("GET /requests 200 body", text, False)}


def test_a_default_is_of_no_concern_to_who_receives() -> None:
    assert found(answering({"type": "string"}), answering({"type": "string", "default": "a"})) == []


def test_properties_that_only_go_the_other_way_do_not_count() -> None:
    old = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}
    new = {"type": "object", "properties": {}}
    assert found(sending(old), sending(new)) == []
    assert [change.text for change in found(answering(old), answering(new))] == ["property removed from responses"]


def test_deprecation_is_told() -> None:
    old, new = small(), small()
    thing = {"type": "object", "properties": {"a": {"type": "string"}}}
    old["paths"]["/requests"]["get"] = operation(thing, query("q"))
    aged = {"type": "object", "properties": {"a": {"type": "string", "deprecated": True}}}
    new["paths"]["/requests"]["get"] = operation(aged, {**query("q"), "deprecated": True})
    assert said(found(old, new)) == {
        ("GET /requests", "query parameter q is deprecated now", False),
        ("GET /requests 200 body.a", "is deprecated now", False),
    }


def test_a_parameter_that_need_not_be_given_any_more_is_no_break() -> None:
    old, new = small(), small()
    old["paths"]["/requests"]["get"] = operation({}, {**query("q"), "required": True})
    new["paths"]["/requests"]["get"] = operation({}, query("q"))
    assert said(found(old, new)) == {("GET /requests", "query parameter q is no longer required", False)}


@pytest.mark.parametrize(
    ("old", "new", "text", "breaks"),
    [
        (None, True, "required body added", True),
        (None, False, "optional body added", False),
        (False, True, "body became required", True),
        (True, False, "body is no longer required", False),
    ],
)
def test_a_body(old: bool | None, new: bool | None, text: str, breaks: bool) -> None:
    documents = []
    for required in (old, new):
        document = small()
        document["paths"]["/requests"]["get"] = operation({}, body={"type": "object"} if required is not None else None)
        if required is not None:
            document["paths"]["/requests"]["get"]["requestBody"]["required"] = required
        documents.append(document)
    assert said(found(*documents)) == {("GET /requests", text, breaks)}


@pytest.mark.parametrize(
    ("old", "new", "text", "breaks"),
    [
        ({}, None, "has no body any more", True),
        (None, {}, "has a body now", False),
    ],
)
def test_a_body_of_an_answer(old: Any, new: Any, text: str, breaks: bool) -> None:
    assert said(found(answering(old), answering(new))) == {("GET /requests 200", text, breaks)}


def test_an_answer_in_another_format_breaks() -> None:
    new = answering({"type": "string"})
    content = new["paths"]["/requests"]["get"]["responses"]["200"]["content"]
    content["text/csv"] = content.pop("application/json")
    changes = said(found(answering({"type": "string"}), new))
    assert changes == {("GET /requests 200", "is text/plain now, not application/json", True)}


def test_a_body_in_another_format_breaks() -> None:
    new = sending({"type": "string"})
    content = new["paths"]["/requests"]["get"]["requestBody"]["content"]
    content["text/csv"] = content.pop("application/json")
    assert said(found(sending({"type": "string"}), new)) == {
        ("GET /requests", "no longer takes application/json", True)
    }


def test_headers_come_and_go() -> None:
    old, new = answering({}), answering({})
    headers = {"X-Sure": {"required": True, "schema": {"type": "string"}}, "X-Maybe": {"schema": {"type": "string"}}}
    new["paths"]["/requests"]["get"]["responses"]["200"]["headers"] = headers
    place = "GET /requests 200"
    assert said(found(old, new)) == {
        (place, "header X-Sure added", False),
        (place, "header X-Maybe added", False),
    }
    assert said(found(new, old)) == {
        (place, "header X-Sure removed", True),
        (place, "header X-Maybe removed", False),
    }


def test_a_status_can_be_covered_by_its_class() -> None:
    old, new = answering({}), answering({})
    old["paths"]["/requests"]["get"]["responses"]["404"] = {"description": ""}
    new["paths"]["/requests"]["get"]["responses"]["4XX"] = {"description": ""}
    assert all(change.kind != "removed" for change in found(old, new))


def test_schemas_that_hold_themselves_are_compared() -> None:
    def tree(kind: str) -> Any:
        return {"type": "object", "properties": {"leaf": {"type": kind}, "tree": ref("Tree")}}

    changes = found(answering(ref("Tree"), Tree=tree("integer")), answering(ref("Tree"), Tree=tree("number")))
    assert said(changes) == {("Tree.leaf", "integer became number", True)}


def test_security_that_nobody_speaks_of_any_more_breaks_nothing() -> None:
    old, new = small(), small()
    old["components"]["securitySchemes"] = {"Basic": {"type": "http", "scheme": "basic"}}
    old["security"] = [{"Basic": []}]
    assert said(found(old, new)) == {
        ("GET /requests", "no longer declares its credentials: user name and password", False)
    }
    assert said(found(new, old)) == {("GET /requests", "declares its credentials now: user name and password", False)}


def test_a_token_is_a_token_whatever_the_scheme_is_called() -> None:
    old, new = small(), small()
    old["components"]["securitySchemes"] = {"OAuth2": {"type": "oauth2", "flows": {}}}
    new["components"]["securitySchemes"] = {"Token": {"type": "http", "scheme": "bearer"}}
    old["security"], new["security"] = [{"OAuth2": []}], [{"Token": []}]
    assert found(old, new) == []


def test_an_open_call_that_wants_a_token_breaks() -> None:
    old, new = small(), small()
    new["components"]["securitySchemes"] = {"Token": {"type": "http", "scheme": "bearer"}}
    old["security"], new["security"] = [], [{"Token": []}]
    assert said(found(old, new)) == {("GET /requests", "takes bearer token now, where it took nothing", True)}


def test_a_schema_that_no_call_mentions_can_come_and_go() -> None:
    spare = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert said(found(small(), small(Spare=spare))) == {("Spare", "described now", False)}
    assert said(found(small(Spare=spare), small())) == {("Spare", "no longer described", True)}


def test_breaking_changes_come_first(before: Document) -> None:
    def edit(document: Document) -> None:
        HARMLESS["property_added_to_an_answer"](document)
        BREAKING["operation_removed"](document)

    flags = [change.breaking for change in differences(before, after(edit))]
    assert flags == sorted(flags, reverse=True)
    assert set(flags) == {True, False}


@pytest.mark.parametrize(
    ("place", "calls", "text"),
    [
        ("GET /x", ("GET /x",), "GET /x: changed"),
        ("GET /x body", ("GET /x",), "GET /x body: changed"),
        ("Thing", ("GET /x",), "Thing: changed (GET /x)"),
        (
            "Thing",
            ("GET /1", "GET /2", "GET /3", "GET /4", "GET /5"),
            "Thing: changed (GET /1, GET /2, GET /3 and 2 more)",
        ),
        ("Thing", (), "Thing: changed"),
    ],
)
def test_a_change_is_written_for_people(place: str, calls: tuple[str, ...], text: str) -> None:
    assert str(Change("changed", "type", place, "changed", False, calls)) == text
    assert str(Change("changed", "type", place, "changed", False, calls, "so")) == f"{text} -- so"


def test_a_change_is_written_for_machines() -> None:
    change = Change("added", "operation", "GET /x", "operation added", False, ("GET /x",))
    assert change.to_dict() == {
        "kind": "added",
        "subject": "operation",
        "place": "GET /x",
        "text": "operation added",
        "breaking": False,
        "calls": ["GET /x"],
        "why": "",
    }
