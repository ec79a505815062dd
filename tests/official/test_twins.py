"""Each trait that the official file is likely to have is in the twins, and the build copes with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import Prepared, prepare
from tests.official import twin_broad, twin_v31
from tests.openapi.descriptions import ROOT

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def calls(document: Document) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def nodes(value: Any) -> Iterator[Document]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def named(document: Document, name: str) -> list[Any]:
    return [one["schema"] for _, _, call in calls(document) for one in call["parameters"] if one["name"] == name]


def empty_twins(document: Document) -> list[Any]:
    contents = [node["content"] for node in nodes(document["paths"]) if "content" in node]
    return [
        content
        for content in contents
        if "application/json;charset=utf-8" in content
        and content.get("application/json", {}).get("schema") == {"type": "object", "properties": {}}
    ]


def shared_titles(document: Document) -> list[str]:
    found = Counter(one["title"] for one in document["components"]["schemas"].values() if "title" in one)
    return [title for title, count in found.items() if count > 1]


def malformed_discriminators(document: Document) -> list[Any]:
    found = [node["discriminator"] for node in nodes(document["components"]) if "discriminator" in node]
    return [one for one in found if not isinstance(one, dict) or "mapping" not in one]


def inline_enums(document: Document) -> list[Any]:
    return [
        inner
        for schema in document["components"]["schemas"].values()
        for inner in schema.get("properties", {}).values()
        if "enum" in inner
    ]


def customers(document: Document) -> bool:
    schemas = document["components"]["schemas"]
    return "Customer" in schemas and "$ref" not in schemas["Request"]["properties"]["customer"]


def beside(key: str) -> Callable[[Document], Any]:
    return lambda document: any("$ref" in one and any(k.startswith(key) for k in one) for one in nodes(document))


def remarked(document: Document) -> bool:
    return any(
        [set(one) for one in node["allOf"]] == [{"$ref"}, {"description"}]
        for node in nodes(document)
        if "allOf" in node
    )


TRAITS: dict[str, Callable[[Document], Any]] = {
    "no operation has `security`": lambda d: not any("security" in call for _, _, call in calls(d)),
    "X-API-KEY is a required header parameter of every operation": lambda d: all(
        any((one["name"], one["in"], one["required"]) == ("X-API-KEY", "header", True) for one in call["parameters"])
        for _, _, call in calls(d)
    ),
    "few error statuses": lambda d: max(len(call["responses"]) for _, _, call in calls(d)) <= 4,
    "no /me": lambda d: "/me" not in d["paths"],
    "path parameters are called id": lambda d: (
        {re.findall(r"\{(\w+)\}", path)[0] for path in d["paths"] if "{" in path} == {"id"}
    ),
    "fields is a plain string": lambda d: all(one == {"type": "string"} for one in named(d, "fields")),
    "fields is absent from a list": lambda d: (
        "fields" not in {one["name"] for one in d["paths"]["/catalogItems"]["get"]["parameters"]}
    ),
    "includes is a plain string, or absent": lambda d: named(d, "includes") == [{"type": "string"}],
    "empty twins of media types": empty_twins,
    "shared titles": shared_titles,
    "malformed discriminators": lambda d: len(malformed_discriminators(d)) >= 3,
    "two schemas are called Customer": customers,
    "$ref beside description": beside("description"),
    "$ref beside nullable": beside("nullable"),
    "$ref beside x-": beside("x-"),
    "allOf of a reference and a description": remarked,
    "no RequestPOSTCommon": lambda d: "RequestPOSTCommon" not in d["components"]["schemas"],
    "inline enums": lambda d: len(inline_enums(d)) >= 5,
}
TWINS: dict[str, Callable[[], Document]] = {"v31": twin_v31.twin, "broad": twin_broad.twin}


@pytest.fixture(scope="module", params=TWINS)
def document(request: pytest.FixtureRequest) -> Document:
    return TWINS[request.param]()


@pytest.fixture(scope="module")
def prepared(document: Document) -> Prepared:
    return prepare(json.dumps(document).encode(), read_overlay(ROOT / "openapi/overlay.yaml"))


@pytest.mark.parametrize("trait", TRAITS)
def test_a_twin_has_the_trait(document: Document, trait: str) -> None:
    assert TRAITS[trait](document)


def test_the_first_twin_says_nothing_of_credentials() -> None:
    document = twin_v31.twin()
    assert not {"security"} & document.keys()
    assert "securitySchemes" not in document["components"]


def test_the_second_twin_has_an_oauth2_scheme_only() -> None:
    schemes = twin_broad.twin()["components"]["securitySchemes"]
    assert [one["type"] for one in schemes.values()] == ["oauth2"]


@pytest.mark.parametrize("part", ["orders", "quotes", "reports", "notes", "attachments", "aggregate"])
def test_the_second_twin_has_the_breadth_of_v2(part: str) -> None:
    assert any(part in path.split("/") for path in twin_broad.twin()["paths"])


def test_every_reference_of_a_twin_leads_somewhere(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert {node["$ref"].rsplit("/", 1)[-1] for node in nodes(document) if "$ref" in node} <= schemas.keys()


@pytest.mark.parametrize(
    "name",
    [
        "Request",
        "NewRequest",
        "CatalogItem",
        "Catalog",
        "Customer",
        "NewCustomer",
        "KeyDates",
        "Me",
        "MeType",
        "ErrorBody",
    ],
)
def test_a_model_has_its_usual_name(prepared: Prepared, name: str) -> None:
    assert name in prepared.document["components"]["schemas"]


def test_the_customer_of_a_request_is_customer(prepared: Prepared) -> None:
    schemas = prepared.document["components"]["schemas"]
    assert schemas["Request"]["properties"]["customer"] == {"$ref": "#/components/schemas/Customer"}
    assert schemas["Customer2"]["x-key"] == "Customer"


def test_a_remark_on_a_reference_makes_no_class_of_its_own(prepared: Prepared) -> None:
    catalog = prepared.document["components"]["schemas"]["CatalogItem"]["properties"]["catalog"]
    assert catalog["allOf"] == [{"$ref": "#/components/schemas/Catalog"}]
    assert catalog["description"]


def test_me_is_supplied(prepared: Prepared) -> None:
    assert prepared.document["paths"]["/me"]["get"]["operationId"] == "service_me"


def test_what_a_business_call_carries_is_settled(prepared: Prepared) -> None:
    schemes = prepared.document["components"]["securitySchemes"]
    for alternative in prepared.document["paths"]["/requests"]["post"]["security"]:
        assert {schemes[name]["type"] for name in alternative} == {"oauth2", "apiKey"}
