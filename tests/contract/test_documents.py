"""Bodies and texts that are no JSON document, but have the fields of one: nothing about a person leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orange_ordering_client.contract.scrub import Scrubber

SCRUBBER = Scrubber()
PERSON = {
    "properties": {
        "contacts": {"primary": {"firstName": "Augusta", "lastName": "Lovelace", "phone": "+33612345678"}},
        "servicePoint": {"address": {"street": "Quarry Hill", "city": "Marseille"}},
    }
}
WHOLE = json.dumps(PERSON)
NAMES = ("Augusta", "Lovelace", "Quarry", "Marseille")
REMARK = "(not JSON, and with fields for person data: not kept)"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE[:-2],
        WHOLE * 2,
        f"{WHOLE}\n{WHOLE}",
        f"{WHOLE}\0",
        f"callback({WHOLE})",
        json.dumps(WHOLE)[:-3],
        str(PERSON),
        "<contact><lastName>Lovelace</lastName></contact>",
        '{"contact": {"city": "Marseille"',
    ],
    ids=["cut", "twice", "lines", "NUL", "in a call", "escaped and cut", "Python", "XML", "block"],
)
def test_a_document_with_fields_for_persons_is_not_kept(text: str) -> None:
    assert SCRUBBER.document(text) == REMARK


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><h1>503</h1><address>Apache Server at api.example</address></body></html>",
        '{"code": 5, "message": "Service unavailable"',
        "upstream: no route to host",
    ],
    ids=["page of a gateway", "cut error", "text"],
)
def test_a_document_without_them_is_kept(text: str) -> None:
    assert SCRUBBER.document(text) == text


def test_where_people_are_kept_documents_are_too() -> None:
    assert Scrubber(personal=False).document(WHOLE[:-2]) == WHOLE[:-2]


@pytest.mark.parametrize(
    "body",
    [
        {"message": f"Invalid order: {WHOLE}"},
        {"message": json.dumps(WHOLE)},
        {"message": WHOLE[:-2]},
        {"$schema": "x", **PERSON},
        {"openapi": 1, **PERSON},
        {"type": "object", **PERSON},
        {"requests": [{"$schema": "x", **PERSON}]},
        {"message": json.dumps({"$schema": "x", **PERSON})},
    ],
    ids=["in a text", "twice encoded", "cut", "marked as a schema", "marked as a description", "like a schema",
         "nested", "encoded and marked"],
)  # fmt: skip
def test_persons_leave_no_body_whatever_it_says_of_itself(body: dict[str, Any]) -> None:
    scrubbed = json.dumps(SCRUBBER.body(body))
    assert not [name for name in NAMES if name in scrubbed]


@pytest.mark.parametrize("value", ["keep {this} as it is", "[draft] of the plan", '{"code": 5'])
def test_a_text_that_only_looks_like_json_is_kept(value: str) -> None:
    assert SCRUBBER.body({"message": value}) == {"message": value}


def test_a_schema_of_contacts_is_kept() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "of the site",
        "properties": {"contacts": {"properties": {"lastName": {"type": "string", "description": "As on the badge."}}}},
        "required": ["contacts"],
    }
    assert SCRUBBER.body(schema) == schema
