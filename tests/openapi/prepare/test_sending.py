"""What methods do not send as declared is a warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import prepare
from tests.openapi.descriptions import ROOT, operation, query, small
from tests.rebuilt import rebuilt

LIST = {"type": "array", "items": {"type": "string"}}
VENDOR = "application/vnd.orange.order-v3+json"


def warnings(*parameters: Any, **rest: Any) -> list[str]:
    document = small()
    document["paths"]["/requests"]["get"] = operation({}, *parameters, **rest)
    found = prepare(json.dumps(document).encode(), []).warnings
    return [one.removeprefix("GET /requests: ") for one in found if one.startswith("GET /requests: ")]


def test_the_rebuilt_description_is_sent_as_it_says() -> None:
    prepared = prepare(json.dumps(rebuilt()).encode(), read_overlay(ROOT / "openapi/overlay.yaml"))
    assert prepared.warnings == ()


OTHERWISE: dict[str, tuple[Any, str]] = {
    "repeated": ({"schema": LIST}, "a is sent comma-separated, though its style is form, exploded"),
    "pipes": (
        {"schema": LIST, "style": "pipeDelimited", "explode": False},
        "a is sent comma-separated, though its style is pipeDelimited",
    ),
    "deep": (
        {"schema": LIST, "style": "deepObject", "explode": True},
        "a is sent comma-separated, though its style is deepObject, exploded",
    ),
    "object": ({"schema": {"type": "object"}}, "a is an object, which methods refuse to send"),
    "json": (
        {"content": {"application/json": {"schema": {"type": "string"}}}},
        "a was given its schema; it is sent as text, though declared as application/json",
    ),
}


@pytest.mark.parametrize(("declared", "warning"), OTHERWISE.values(), ids=OTHERWISE.keys())
def test_a_parameter_that_is_sent_otherwise_is_a_warning(declared: Any, warning: str) -> None:
    assert warnings({"name": "a", "in": "query", **declared}) == [warning]


@pytest.mark.parametrize(
    "declared",
    [
        {"schema": LIST, "explode": False},
        {"schema": LIST, "style": "form", "explode": False},
        {"schema": {"type": "string"}, "style": "pipeDelimited"},
        {"content": {"application/json": {"schema": {"type": "integer"}}}},
        {"content": {"text/plain": {"schema": {"type": "string"}}}},
    ],
    ids=["commas", "commas by name", "one value", "number as json", "text"],
)
def test_a_parameter_that_is_sent_as_declared_is_no_warning(declared: Any) -> None:
    assert warnings({"name": "a", "in": "query", **declared}) == []


def test_a_server_of_its_own_is_a_warning() -> None:
    assert warnings(query("a"), servers=[{"url": "https://other.example"}]) == [
        "its own servers (https://other.example) are not used: methods call the base URL of the client"
    ]


def test_a_vendor_type_of_a_body_is_a_warning() -> None:
    content = {"content": {VENDOR: {"schema": {"type": "object"}}}}
    document = small()
    document["paths"]["/requests"]["post"] = operation({}, requestBody=content)
    found = prepare(json.dumps(document).encode(), []).warnings
    assert f"POST /requests body: '{VENDOR}' sent as application/json" in found
