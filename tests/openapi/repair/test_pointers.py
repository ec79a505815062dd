"""A reference may lead anywhere in the document: what it leads to is used, and not what is named alike."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.prepare.steps import prepare
from openapi.repair.rules import repair
from tests.openapi.compare.test_differences import found
from tests.openapi.descriptions import Document, operation, query, ref, small

STATUS = {"type": "string", "enum": ["OPEN", "SHUT"]}
SITE = {"type": "object", "properties": {"status": STATUS, "tags": {"type": "array", "items": STATUS}}}
OTHER = {"type": "object", "properties": {"nothing": {"type": "string"}}}


def described(pointer: str, **more: Any) -> Document:
    probe = {"type": "object", "properties": {"p": {"$ref": pointer}}}
    site = {**SITE, "$defs": {"Code": STATUS}}
    document = small(Probe=probe, Site=site, status=OTHER, **{"My Site": OTHER, "A/B": OTHER, "50%25": OTHER}, **more)
    answer = {"type": "object", "properties": {"version": {"type": "string"}}}
    document["paths"]["/things/{id}"] = {"get": operation(answer, query("limit", type="integer"))}
    return document


SCHEMAS = [
    ("#/components/schemas/Site/properties/status", "SiteStatus", STATUS),
    ("#/components/schemas/Site/properties/tags/items", "SiteTags", STATUS),
    ("#/components/schemas/Site/$defs/Code", "SiteCode", STATUS),
    ("#/components/schemas/Site/%24defs/Code", "SiteCode", STATUS),
    ("#/components/schemas/My%20Site", "My Site", OTHER),
    ("#/components/schemas/A~1B", "A~1B", OTHER),
    ("#/components/schemas/A%2FB", None, None),
    ("#/components/schemas/50%25", "50%25", OTHER),
    ("#/components/schemas/Site/properties/nothing", None, None),
    ("#/components/schemas/Gone/properties/status", None, None),
    ("#/paths/~1things~1%7Bid%7D/get/responses/200/content/application~1json/schema", "ThingsIdGet200",
     {"type": "object", "properties": {"version": {"type": "string"}}}),
    ("#/paths/~1things~1{id}/get/parameters/0/schema", "ThingsIdGet0", {"type": "integer"}),
]  # fmt: skip


@pytest.mark.parametrize(("pointer", "key", "schema"), SCHEMAS, ids=[pointer for pointer, *_ in SCHEMAS])
def test_a_schema_inside_another_part_is_made_a_component(pointer: str, key: str | None, schema: Any) -> None:
    result, _ = repair(described(pointer))
    schemas = result["components"]["schemas"]
    assert schemas["Probe"]["properties"]["p"] == (ref(key) if key else {})
    assert key is None or schemas[key.replace("~1", "/")] == schema


def test_a_schema_is_moved_once_and_its_place_refers_to_it() -> None:
    pointer = "#/components/schemas/Site/properties/status"
    again = {"type": "object", "properties": {"q": {"$ref": pointer}}}
    schemas = repair(described(pointer, Again=again, SiteStatus=OTHER))[0]["components"]["schemas"]
    places = schemas["Probe"]["properties"]["p"], schemas["Again"]["properties"]["q"], schemas["Site"]["properties"]
    assert places[0] == places[1] == places[2]["status"] == ref("SiteStatus2")


def test_a_pointer_leads_through_references() -> None:
    holder = {"type": "object", "properties": {"site": ref("Site")}}
    result, _ = repair(described("#/components/schemas/Holder/properties/site/properties/status", Holder=holder))
    assert result["components"]["schemas"]["Site"]["properties"]["status"] == ref("HolderSiteStatus")


def test_a_schema_that_contains_a_pointer_to_itself_stays_finite() -> None:
    child = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node/properties/child"}}}
    node = {"type": "object", "properties": {"child": child}}
    schemas = repair(small(Node=node))[0]["components"]["schemas"]
    assert schemas["Node"]["properties"]["child"] == ref("NodeChild")
    assert schemas["NodeChild"]["properties"]["child"] == ref("NodeChild")


def test_a_pointer_in_a_circle_is_untyped_with_a_warning() -> None:
    loop = {"$ref": "#/components/schemas/Loop/properties/a"}
    prepared = prepare(json.dumps(small(Loop=loop)).encode(), [])
    assert [one for one in prepared.warnings if "is defined nowhere: untyped" in one]


def test_parameters_and_responses_of_other_operations_are_copied() -> None:
    document = described("Site")
    place = "#/paths/~1things~1%7Bid%7D/get"
    document["paths"]["/requests"]["get"] |= {
        "parameters": [{"$ref": f"{place}/parameters/0"}, {"$ref": "#/components/parameters/My%20Own"}],
        "responses": {"200": {"$ref": f"{place}/responses/200"}},
    }
    document["components"]["parameters"] = {"My Own": query("own")}
    result, faults = repair(document)
    operations = result["paths"]["/requests"]["get"], result["paths"]["/things/{id}"]["get"]
    assert [one["name"] for one in operations[0]["parameters"]] == ["limit", "own"]
    assert operations[0]["responses"] == operations[1]["responses"]
    assert [one for one in faults if one.warns] == []


def test_what_looks_like_a_reference_inside_of_data_is_left_alone() -> None:
    example = {"$ref": "#/components/schemas/Site/properties/status"}
    thing = {"type": "object", "properties": {"example": {"type": "string"}}, "example": example}
    result, _ = repair(described("Site", Thing=thing))
    assert result["components"]["schemas"]["Thing"]["example"] == example


def test_a_property_with_the_name_of_a_keyword_is_followed() -> None:
    thing = {"type": "object", "properties": {"example": {"$ref": "#/components/schemas/Site/properties/status"}}}
    result, _ = repair(described("Site", Thing=thing))
    assert result["components"]["schemas"]["Thing"]["properties"]["example"] == ref("SiteStatus")


def test_a_parameter_body_or_response_that_is_defined_nowhere_is_a_warning() -> None:
    document = small()
    document["paths"]["/requests"]["post"] = {
        "parameters": [{"$ref": "#/components/parameters/Gone"}],
        "requestBody": {"$ref": "#/components/requestBodies/Gone"},
        "responses": {"200": {"$ref": "#/components/responses/Gone"}},
    }
    warnings = prepare(json.dumps(document).encode(), []).warnings
    assert [one for one in warnings if one.startswith("POST /requests") and "defined nowhere" in one] == [
        "POST /requests: a parameter that is defined nowhere was left out",
        "POST /requests: the body is defined nowhere: taken as untyped JSON",
        "POST /requests: response 200 is defined nowhere: taken as empty",
    ]


def test_a_pointer_is_no_difference_from_the_schema_in_its_place() -> None:
    inline, pointer = operation(SITE), operation(SITE)
    pointer["responses"]["201"] = {"$ref": "#/paths/~1requests/get/responses/200"}
    inline["responses"]["201"] = inline["responses"]["200"]
    documents = [small(), small()]
    for document, one in zip(documents, (inline, pointer), strict=True):
        document["paths"]["/requests"]["get"] = one
    assert found(*documents) == []
