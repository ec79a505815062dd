"""Each fault of a real description is repaired, and named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from openapi.read.errors import Repair
from openapi.repair import operations as operation_rules
from openapi.repair import schemas as schema_rules
from openapi.repair.rules import RULES, repair
from tests.openapi.descriptions import Document, in_path, operation, query, ref, sloppy, small
from tests.rebuilt import rebuilt

NOTHING = object()


def of(document: Document, fault: str) -> list[Repair]:
    return [one for one in repair(document)[1] if one.fault == fault]


# ---- schemas: fault, the schema as found, the schema as left ----

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}


def which(mapping: Any) -> Any:
    return {"propertyName": "a", "mapping": mapping}


SCHEMAS: list[tuple[str, Any, Any]] = [
    ("array-without-items", {"type": "array"}, {"type": "array", "items": {}}),
    ("items-as-list", {"type": "array", "items": [OBJECT]}, {"type": "array", "items": OBJECT}),
    ("items-as-list", {"type": "array", "items": [OBJECT, {}]}, {"type": "array", "items": {}}),
    ("malformed-discriminator", {**OBJECT, "discriminator": {"propertyName": "a", "type": "object"}}, OBJECT),
    ("malformed-discriminator", {**OBJECT, "discriminator": {"propertyName": "a"}}, OBJECT),
    ("malformed-discriminator", {**OBJECT, "discriminator": "a"}, OBJECT),
    ("malformed-discriminator", {**OBJECT, "discriminator": {"mapping": {"x": "Known"}}}, OBJECT),
    ("malformed-discriminator", {**OBJECT, "discriminator": which({"x": 1, "y": "Gone"})}, OBJECT),
    ("malformed-discriminator", {**OBJECT, "discriminator": which({"x": "Known", "y": "Gone"})},
     {**OBJECT, "discriminator": which({"x": "#/components/schemas/Known"})}),
    ("malformed-discriminator", {"oneOf": [ref("Known"), ref("Twin")], "discriminator": {"propertyName": "a"}},
     {"oneOf": [ref("Known"), ref("Twin")], "discriminator": {"propertyName": "a", "mapping": {
         "Known": "#/components/schemas/Known", "Twin": "#/components/schemas/Twin"}}}),
    ("required-without-property", {**OBJECT, "required": ["a", "b"]}, {**OBJECT, "required": ["a"]}),
    ("required-without-property", {**OBJECT, "required": ["a", "a"]}, {**OBJECT, "required": ["a"]}),
    ("required-without-property", {**OBJECT, "required": ["b"]}, OBJECT),
    ("required-without-property", {**OBJECT, "required": True}, OBJECT),
    ("required-without-property", {**OBJECT, "required": []}, OBJECT),
    ("required-without-property", {"type": "object", "required": ["a"]}, {"type": "object"}),
    ("required-without-property", {"allOf": [OBJECT, {"type": "object", "required": ["a", "b"]}]},
     {"allOf": [OBJECT, {"type": "object", "required": ["a"]}]}),
    ("odd-enum", {"type": "string", "enum": ["A", None]}, {"type": "string", "enum": ["A"], "nullable": True}),
    ("odd-enum", {"type": "string", "enum": ["A", "B", "A"]}, {"type": "string", "enum": ["A", "B"]}),
    ("odd-enum", {"enum": ["A"]}, {"enum": ["A"], "type": "string"}),
    ("odd-enum", {"enum": [1, 2]}, {"enum": [1, 2], "type": "integer"}),
    ("odd-enum", {"enum": [True, False]}, {"enum": [True, False], "type": "boolean"}),
    ("odd-enum", {"type": "integer", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
    ("odd-enum", {"type": "string", "enum": ["1", 2]}, {"type": "string", "enum": ["1", "2"]}),
    ("odd-enum", {"type": "number", "enum": [0.5, 1]}, {"type": "number"}),
    ("odd-enum", {"enum": [1, "two"]}, {}),
    ("odd-enum", {"type": "string", "enum": []}, {"type": "string"}),
    ("odd-enum", {"type": "string", "enum": "A"}, {"type": "string"}),
    ("odd-enum", {"type": "string", "enum": ["A", "A"], "x-enum-varnames": ["X", "Y"]},
     {"type": "string", "enum": ["A"]}),
    ("odd-type", {"type": "int"}, {"type": "integer"}),
    ("odd-type", {"type": "String"}, {"type": "string"}),
    ("odd-type", {"type": "date"}, {"type": "string", "format": "date"}),
    ("odd-type", {"type": "string", "format": "dateTime"}, {"type": "string", "format": "date-time"}),
    ("odd-type", {"type": "string", "format": 5}, {"type": "string"}),
    ("odd-type", {"type": "whatever"}, {}),
    ("odd-type", {"type": None}, {}),
    ("odd-type", {"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    ("odd-type", {"type": ["string", "integer"]}, {}),
    ("odd-type", {"properties": {}}, {"type": "object", "properties": {}}),
    ("odd-type", {"items": {}}, {"type": "array", "items": {}}),
    ("unusable-default", {"type": "integer", "default": "1"}, {"type": "integer"}),
    ("unusable-default", {"type": "integer", "default": True}, {"type": "integer"}),
    ("unusable-default", {"type": "string", "enum": ["A"], "default": "B"}, {"type": "string", "enum": ["A"]}),
    ("dangling-reference", {"$ref": "#/components/schemas/Gone"}, {}),
    ("dangling-reference", {"$ref": "http://elsewhere/schema.json"}, {}),
    ("dangling-reference", {"$ref": None}, {}),
    ("not-text", {"type": "string", "description": ["?"]}, {"type": "string"}),
    ("misplaced-reference", {"$ref": "Known"}, ref("Known")),
    ("misplaced-reference", {"$ref": "#/definitions/Known"}, ref("Known")),
    ("dangling-reference", {"$ref": "#/components/schemas/Twin/properties/Known"}, {}),
    ("reference-siblings", {**ref("Known"), "description": "d"}, {"description": "d", "allOf": [ref("Known")]}),
    ("reference-siblings", {**ref("Known"), "type": "object"}, ref("Known")),
    ("empty-combination", {"type": "string", "allOf": []}, {"type": "string"}),
    ("not-a-schema", None, {}),
    ("not-a-schema", "string", {}),
    ("not-a-schema", {"type": "object", "properties": ["a"]}, {"type": "object"}),
    ("shared-title", {**OBJECT, "title": "Same"}, {**OBJECT, "description": "Same"}),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "found", "left"), SCHEMAS, ids=[f"{f}-{json.dumps(s)[:60]}" for f, s, _ in SCHEMAS])
def test_a_faulty_schema_is_repaired_by_the_rule_that_names_its_fault(fault: str, found: Any, left: Any) -> None:
    document = small(Probe=found, Known=OBJECT, Twin={**OBJECT, "title": "Same"})
    result, faults = repair(document)
    assert result["components"]["schemas"]["Probe"] == left
    assert fault in {one.fault for one in faults if one.where.startswith("#/components/schemas/Probe")}


@pytest.mark.parametrize(("fault", "found", "left"), SCHEMAS, ids=[f"{f}-{json.dumps(s)[:60]}" for f, s, _ in SCHEMAS])
def test_what_is_repaired_needs_no_second_repair(fault: str, found: Any, left: Any) -> None:
    del fault, left
    once, _ = repair(small(Probe=found, Known=OBJECT))
    assert repair(once)[0] == once


def test_schemas_deep_inside_others_are_repaired_too() -> None:
    deep = {"type": "object", "properties": {"a": {"type": "array", "items": {"allOf": [{"type": "array"}]}}}}
    result, _ = repair(small(Probe=deep))
    items = result["components"]["schemas"]["Probe"]["properties"]["a"]["items"]
    assert items == {"allOf": [{"type": "array", "items": {}}]}


def test_a_title_like_the_key_says_nothing_and_goes() -> None:
    result, faults = repair(small(CatalogItem={**OBJECT, "title": "Catalog Item"}))
    assert result["components"]["schemas"]["CatalogItem"] == OBJECT
    assert "shared-title" not in {one.fault for one in faults}


def test_what_tells_shapes_apart_below_not_and_any_of_is_left_alone() -> None:
    one_of = {**OBJECT, "not": {"anyOf": [{"required": ["a", "b"]}]}, "anyOf": [{"required": ["a"]}]}
    assert repair(small(Probe=one_of))[0]["components"]["schemas"]["Probe"] == one_of


# ---- calls ----


def call(found: Any, path: str = "/requests", **schemas: Any) -> tuple[Any, list[Repair]]:
    document = small(**schemas)
    document["paths"][path] = {"get": found}
    result, faults = repair(document)
    repaired_path = next(iter(list(result["paths"])[-1:]))
    return result["paths"][repaired_path]["get"], faults


HEADERS = ["X-API-Key", "X-API-KEY", "x-api-key", "X_API_KEY", "apiKey", "Accept-Language", "Authorization", "accept"]


@pytest.mark.parametrize("name", HEADERS)
def test_headers_that_the_pipeline_owns_are_dropped_however_they_are_spelt(name: str) -> None:
    header = {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    found, faults = call(operation({}, header, query("status")))
    assert [one["name"] for one in found["parameters"]] == ["status"]
    assert ("parameter", "GET /requests", "header", name) in faults[0].removes


@pytest.mark.parametrize("place", ["header", "cookie", "elsewhere"])
def test_parameters_that_no_method_can_send_are_dropped_and_named(place: str) -> None:
    found, faults = call(operation({}, {"name": "X-Trace", "in": place, "schema": {"type": "string"}}))
    assert found["parameters"] == []
    assert [one.fault for one in faults][:1] == ["unsendable-parameter"]


def test_a_body_declared_as_a_parameter_becomes_the_body() -> None:
    found, faults = call(operation({}, {"name": "body", "in": "body", "required": True, "schema": OBJECT}))
    assert found["requestBody"] == {"required": True, "content": {"application/json": {"schema": OBJECT}}}
    assert faults[0].fault == "body-as-parameter"


def test_of_two_parameters_alike_the_fuller_one_stays() -> None:
    found, faults = call(operation({}, query("status"), query("status", type="string", enum=["A", "B"])))
    assert [one["schema"] for one in found["parameters"]] == [{"type": "string", "enum": ["A", "B"]}]
    assert faults[0].fault == "duplicate-parameter"


def test_a_parameter_of_the_path_does_not_repeat_that_of_the_operation() -> None:
    document = small()
    item = document["paths"]["/requests"]
    item["parameters"] = [query("status"), query("type")]
    item["get"]["parameters"] = [query("status", type="integer")]
    result, _ = repair(document)
    found = result["paths"]["/requests"]
    assert "parameters" not in found
    assert [(one["name"], one["schema"]["type"]) for one in found["get"]["parameters"]] == [
        ("status", "integer"),
        ("type", "string"),
    ]


@pytest.mark.parametrize(
    ("loose", "schema"),
    [
        ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int32"}),
        ({"content": {"application/json": {"schema": {"type": "boolean"}}}}, {"type": "boolean"}),
        ({}, {"type": "string"}),
    ],
)
def test_a_parameter_without_schema_is_given_one(loose: Any, schema: Any) -> None:
    found, faults = call(operation({}, {"name": "a", "in": "query", **loose}))
    assert found["parameters"] == [{"name": "a", "in": "query", "schema": schema}]
    assert faults[0].fault == "parameter-without-schema"


PATHS = [
    ("optional-path-parameter", "/a/{id}", [{**in_path("id"), "required": False}], ["id"]),
    ("undeclared-path-parameter", "/a/{id}", [], ["id"]),
    ("path-parameter-elsewhere", "/a", [in_path("id")], []),
]


@pytest.mark.parametrize(("fault", "path", "declared", "left"), PATHS)
def test_path_parameters_are_those_of_the_path(fault: str, path: str, declared: Any, left: Any) -> None:
    found, faults = call(operation({}, *declared), path)
    assert [one["name"] for one in found["parameters"] if one["in"] == "path" and one["required"]] == left
    assert fault in [one.fault for one in faults]


@pytest.mark.parametrize(
    ("path", "better", "name"),
    [("/a/{the.id}", "/a/{the_id}", "the_id"), ("/a/{2}", "/a/{p_2}", "p_2"), ("a/{id}", "/a/{id}", "id")],
)
def test_a_path_that_the_generator_would_misread_is_rewritten(path: str, better: str, name: str) -> None:
    document = small()
    document["paths"][path] = {"get": operation({}, in_path(path[path.index("{") + 1 : -1]))}
    result, faults = repair(document)
    assert [one["name"] for one in result["paths"][better]["get"]["parameters"]] == [name]
    assert "odd-path" in {one.fault for one in faults}


STATUSES = [
    ({"2xx": {"description": "x"}}, ["2XX"]),
    ({"200 OK": {"description": "x"}}, ["200"]),
    ({"": {"description": "x"}}, ["default"]),
    ({"999": {"description": "x"}}, ["default"]),
    ({"200": {"description": "x"}, "ok": None}, ["200", "default"]),
    ({}, ["default"]),
]


@pytest.mark.parametrize(("found", "left"), STATUSES, ids=[str(list(found)) for found, _ in STATUSES])
def test_odd_status_codes_are_read_for_what_they_mean(found: Any, left: list[str]) -> None:
    result, faults = call({"responses": found})
    assert list(result["responses"]) == left
    assert faults[0].fault in ("odd-status-code", "no-responses")


def test_of_two_readings_of_a_status_the_one_that_says_something_stays() -> None:
    content = {"application/json": {"schema": OBJECT}}
    result, _ = call({"responses": {"200": {"description": ""}, "200 OK": {"description": "", "content": content}}})
    assert result["responses"]["200"]["content"] == content


EMPTY = {"type": "object", "properties": {}}
MEDIA_TYPES = [
    ({"application/json;charset=utf-8": {"schema": OBJECT}}, "application/json"),
    ({"application/json;charset=UTF-8": {"schema": OBJECT}, "application/json": {"schema": EMPTY}}, "application/json"),
    ({"application/json": {"schema": EMPTY}, "application/json;charset=utf-8": {"schema": OBJECT}}, "application/json"),
    ({"*/*": {"schema": OBJECT}}, "application/json"),
    ({"": {"schema": OBJECT}}, "application/json"),
    ({"application/hal+json": {"schema": OBJECT}, "text/html": {}}, "application/json"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), MEDIA_TYPES, ids=[" ".join(content) for content, _ in MEDIA_TYPES])
def test_of_the_spellings_of_a_media_type_the_fullest_stays(content: Any, kind: str) -> None:
    result, faults = call({"responses": {"200": {"description": "", "content": content}}})
    assert result["responses"]["200"]["content"] == {kind: {"schema": OBJECT}}
    assert faults[0].fault == "odd-media-type" or faults[1].fault == "odd-media-type"


@pytest.mark.parametrize(
    ("name", "kind"), [("application/pdf", "application/octet-stream"), ("text/csv;header=present", "text/plain")]
)
def test_what_is_not_json_is_bytes_or_text(name: str, kind: str) -> None:
    result, _ = call({"responses": {"200": {"description": "", "content": {name: {}}}}})
    assert list(result["responses"]["200"]["content"]) == [kind]


@pytest.mark.parametrize("header", ["X-Total-Count", "X-Result-Count", "x-total-count"])
def test_an_object_that_comes_with_counts_is_a_list_of_it(header: str) -> None:
    found = operation(ref("Item"))
    found["responses"]["200"]["headers"] = {header: {"schema": {"type": "integer"}}}
    result, faults = call(found, Item=OBJECT)
    answer = result["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"type": "array", "items": ref("Item")}
    assert "list-as-object" in {one.fault for one in faults}


def test_an_array_that_comes_with_counts_is_left_alone() -> None:
    found = operation({"type": "array", "items": ref("Item")})
    found["responses"]["200"]["headers"] = {"X-Total-Count": {"schema": {"type": "integer"}}}
    result, _ = call(found, Item=OBJECT)
    assert result["responses"]["200"]["content"]["application/json"]["schema"]["items"] == ref("Item")


def test_ids_and_tags_that_are_missing_or_doubled_are_named_and_set_aside() -> None:
    document = small()
    document["paths"]["/a"] = {"get": {**operation({}), "operationId": "FindRequests", "tags": ["A"]}}
    document["paths"]["/b"] = {"get": operation({})}
    result, faults = repair(document)
    named = {(one.fault, one.where) for one in faults}
    assert {("duplicate-operation-id", "GET /requests"), ("duplicate-operation-id", "GET /a")} <= named
    assert {("missing-operation-id", "GET /b"), ("missing-tags", "GET /b")} <= named
    assert result["paths"]["/a"]["get"] == {
        "parameters": [],
        "responses": operation({})["responses"],
        "x-operation-id": "FindRequests",
        "x-tags": ["A"],
    }


def test_what_is_no_call_and_what_is_no_text_is_left_out_and_named() -> None:
    document = small()
    document["paths"] |= {"/a": None, "/b": {"get": "?", "post": operation({}, summary=5)}}
    result, faults = repair(document)
    assert set(result["paths"]) == {"/requests", "/b"}
    assert set(result["paths"]["/b"]) == {"post"}
    assert "summary" not in result["paths"]["/b"]["post"]
    assert [(one.fault, one.where) for one in faults][:3] == [
        ("not-a-call", "/a"),
        ("not-a-call", "GET /b"),
        ("not-text", "POST /b"),
    ]


def test_shared_parts_are_written_where_they_are_used() -> None:
    document = small()
    document["components"] |= {
        "parameters": {"P": query("p"), "Q": {"$ref": "#/components/parameters/P"}},
        "responses": {"R": {"description": "r", "headers": {"H": {"$ref": "#/components/headers/H"}}}},
        "requestBodies": {"B": {"content": {"application/json": {"schema": OBJECT}}}},
        "headers": {"H": {"schema": {"type": "integer"}}},
    }
    document["paths"]["/a"] = {
        "post": {
            "parameters": [{"$ref": "#/components/parameters/Q"}, {"$ref": "#/components/parameters/Gone"}],
            "requestBody": {"$ref": "#/components/requestBodies/B"},
            "responses": {"200": {"$ref": "#/components/responses/R"}, "404": {"$ref": "#/components/responses/Gone"}},
        }
    }
    result, faults = repair(document)
    found = result["paths"]["/a"]["post"]
    assert found["parameters"] == [query("p")]
    assert found["requestBody"]["content"]["application/json"]["schema"] == OBJECT
    assert found["responses"]["200"]["headers"] == {"H": {"schema": {"type": "integer"}}}
    assert [one.fault for one in faults].count("dangling-reference") == 2
    assert set(result["components"]) == {"schemas"}


def test_a_description_without_title_version_and_components_gets_them() -> None:
    document = {"openapi": "3.0.0", "paths": small()["paths"]}
    result, faults = repair(document)
    assert result["info"] == {"title": "unknown", "version": "unknown"}
    assert result["components"] == {"schemas": {}}
    assert faults[0].fault == "incomplete-info"


# ---- all together ----


def test_the_document_that_is_repaired_stays_as_it_is() -> None:
    document = sloppy()
    before = copy.deepcopy(document)
    repair(document)
    assert document == before


def test_a_description_with_every_fault_is_valid_when_repaired() -> None:
    result, _ = repair(sloppy())
    for path in result["paths"].values():
        for one in path.values():
            one.pop("operationId", None)
    assert [error.message for error in OpenAPIV30SpecValidator(result).iter_errors()] == []


def test_every_rule_finds_its_fault_in_the_description_with_every_fault() -> None:
    found = {one.fault for one in repair(sloppy())[1]}
    rules = (*operation_rules.FRAME_RULES, *operation_rules.RULES, *schema_rules.RULES)
    named = {rule.__name__.replace("_", "-") for rule in rules}
    # These names stand for several faults, or are no faults.
    several = {
        "shared-parts",
        "path-item-reference",
        "odd-paths",
        "path-parameters",
        "status-codes",
        "odd-media-types",
        "call-names",
        "titles",
    }
    assert named - several <= found | {"odd-paths"}
    assert len(found) > 20


def test_the_rebuilt_description_needs_nothing_but_its_headers_dropped() -> None:
    assert {one.fault for one in repair(rebuilt())[1]} == {"owned-header"}


def test_every_rule_says_what_it_does() -> None:
    assert [rule.__name__ for rule in RULES if not rule.__doc__] == []
