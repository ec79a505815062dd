"""The description rebuilt from public documentation: complete, sourced and true to its own schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.openapi.documented import CODES, CODES_OF_A_BODY, FULL, LISTS, MARKS, OPERATIONS, QUERY, READ, SECURITY
from tests.rebuilt import REBUILT

VENDORED = Path(__file__).parents[2] / "openapi" / "ordering-v3.1.json"
TEXT = REBUILT.read_text(encoding="utf-8")
DESCRIPTION: dict[str, Any] = json.loads(TEXT)

SCHEMAS: dict[str, Any] = DESCRIPTION["components"]["schemas"]


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference points at, or the node itself."""
    while "$ref" in node:
        target: Any = DESCRIPTION
        for piece in node["$ref"].removeprefix("#/").split("/"):
            target = target[piece]
        node = target
    return node


def operation(operation_id: str) -> dict[str, Any]:
    method, path, _ = OPERATIONS[operation_id]
    found: dict[str, Any] = DESCRIPTION["paths"][path][method]
    return found


def parameters(operation_id: str, where: str) -> dict[str, dict[str, Any]]:
    found = (resolved(parameter) for parameter in operation(operation_id)["parameters"])
    return {parameter["name"]: parameter for parameter in found if parameter["in"] == where}


def violations(schema: dict[str, Any], value: object) -> list[str]:
    """Why a value does not match a schema of the description."""
    rooted = {**schema, "components": DESCRIPTION["components"]}
    validator = OAS30Validator(rooted, format_checker=oas30_format_checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def objects(node: object, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the description, with its place; what stands in an example is data and not looked into."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in ("example", "examples"):
                yield from objects(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from objects(value, f"{path}/{index}")


def examples() -> Iterator[tuple[str, dict[str, Any], object]]:
    """Every example, with its place and the schema that it illustrates."""
    for path, node in objects(DESCRIPTION):
        if "schema" not in node or path.endswith("/properties"):
            continue
        if "example" in node:
            yield path, node["schema"], node["example"]
        for name, example in node.get("examples", {}).items():
            yield f"{path}/{name}", node["schema"], example["value"]


EXAMPLES = list(examples())


def test_is_valid_openapi() -> None:
    OpenAPIV30SpecValidator(DESCRIPTION).validate()


def test_identifies_itself_as_upstream_does() -> None:
    assert DESCRIPTION["openapi"] == "3.0.3"
    assert DESCRIPTION["info"]["title"] == "API Ordering For Business - Fr"
    assert DESCRIPTION["info"]["version"] == "3.1"
    assert [server["url"] for server in DESCRIPTION["servers"]] == ["https://api.orange.com/ordering/b2b/v3"]


def test_says_that_it_is_not_the_official_file() -> None:
    assert "not the official file" in DESCRIPTION["info"]["description"]


def test_is_formatted_for_reading_diffs() -> None:
    assert json.dumps(DESCRIPTION, indent=2, ensure_ascii=False) + "\n" == TEXT


def test_has_the_nine_operations_under_their_upstream_names() -> None:
    found = {
        operation["operationId"]: (method, path, *operation["tags"])
        for path, item in DESCRIPTION["paths"].items()
        for method, operation in item.items()
    }
    assert found == OPERATIONS


def test_declares_the_tags_that_operations_use() -> None:
    assert {tag["name"] for tag in DESCRIPTION["tags"]} == {tag for _, _, tag in OPERATIONS.values()}


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_names_its_sources(operation_id: str) -> None:
    sources = operation(operation_id)["x-source"]
    assert sources
    assert set(sources) <= MARKS


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_is_described(operation_id: str) -> None:
    assert operation(operation_id)["summary"]
    assert operation(operation_id)["description"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_names_its_sources(name: str) -> None:
    assert SCHEMAS[name]["x-source"]
    assert set(SCHEMAS[name]["x-source"]) <= MARKS


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_described(name: str) -> None:
    assert SCHEMAS[name]["description"]


def test_no_source_is_unknown() -> None:
    assert {mark for _, node in objects(DESCRIPTION) for mark in node.get("x-source", [])} == MARKS


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_takes_the_documented_query_parameters(operation_id: str) -> None:
    assert set(parameters(operation_id, "query")) == QUERY[operation_id]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_takes_a_language(operation_id: str) -> None:
    language = parameters(operation_id, "header")["Accept-Language"]["schema"]
    assert language == {"type": "string", "enum": ["en", "fr"], "default": "en"}


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_api_key_is_a_security_scheme_and_not_a_parameter(operation_id: str) -> None:
    assert set(parameters(operation_id, "header")) == {"Accept-Language"}


@pytest.mark.parametrize("operation_id", LISTS)
@pytest.mark.parametrize(
    ("name", "limits"),
    [("offset", {"minimum": 0, "default": 0}), ("limit", {"minimum": 0, "maximum": 250, "default": 250})],
)
def test_lists_are_paged(operation_id: str, name: str, limits: dict[str, int]) -> None:
    schema = parameters(operation_id, "query")[name]["schema"]
    assert schema == {"type": "integer", "format": "int32", **limits}


@pytest.mark.parametrize("name", ["isOverdue", "isArchived"])
def test_flag_filters_take_zero_and_one(name: str) -> None:
    assert parameters("FindRequests", "query")[name]["schema"] == {"type": "integer", "enum": [0, 1]}


def test_query_arrays_are_comma_separated() -> None:
    arrays = [
        parameter
        for operation_id in OPERATIONS
        for parameter in parameters(operation_id, "query").values()
        if parameter["schema"].get("type") == "array"
    ]
    assert arrays
    assert {(parameter["style"], parameter["explode"]) for parameter in arrays} == {("form", False)}


@pytest.mark.parametrize("operation_id", LISTS)
@pytest.mark.parametrize("header", ["X-Total-Count", "X-Result-Count"])
def test_lists_are_counted(operation_id: str, header: str) -> None:
    answer = operation(operation_id)["responses"]["200"]
    assert resolved(answer["headers"][header])["schema"]["type"] == "integer"
    assert answer["content"]["application/json"]["schema"]["type"] == "array"


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_documents_every_error_that_can_apply(operation_id: str) -> None:
    expected = CODES | CODES_OF_A_BODY if operation_id == "CreateRequest" else CODES
    answers = operation(operation_id)["responses"]
    success = "201" if operation_id == "CreateRequest" else "200"
    assert list(answers) == [success, *sorted(expected)]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_errors_show_every_code_of_their_status(operation_id: str) -> None:
    shown = {
        status: {
            example["value"]["code"]
            for example in resolved(answer)["content"]["application/json"]["examples"].values()
            if "code" in example["value"]
        }
        for status, answer in operation(operation_id)["responses"].items()
        if status >= "400"
    }
    assert shown == {status: codes for status, codes in (CODES | CODES_OF_A_BODY).items() if status in shown}


def test_unsupported_method_names_the_supported_ones() -> None:
    assert "Allow" in DESCRIPTION["components"]["responses"]["MethodNotAllowed"]["headers"]


def test_status_can_answer_503_with_itself() -> None:
    answer = resolved(operation("GetAPIStatus")["responses"]["503"])
    assert answer["content"]["application/json"]["schema"] == {
        "anyOf": [{"$ref": "#/components/schemas/Status"}, {"$ref": "#/components/schemas/Error"}]
    }


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_operation_asks_for_the_documented_credentials(operation_id: str) -> None:
    assert operation(operation_id)["security"] == SECURITY[operation_id]


def test_token_comes_from_client_credentials_with_two_scopes() -> None:
    scheme = DESCRIPTION["components"]["securitySchemes"]["OAuth2"]
    assert set(scheme["flows"]) == {"clientCredentials"}
    flow = scheme["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "https://api.orange.com/oauth/v3/token"
    assert set(flow["scopes"]) == {FULL, READ}


def test_api_key_travels_in_its_header() -> None:
    scheme = DESCRIPTION["components"]["securitySchemes"]["ApiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-API-Key")


@pytest.mark.parametrize(
    ("schema", "value"), [example[1:] for example in EXAMPLES], ids=[example[0] for example in EXAMPLES]
)
def test_example_matches_its_schema(schema: dict[str, Any], value: object) -> None:
    assert violations(schema, value) == []


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_answer_and_body_have_examples(operation_id: str) -> None:
    found = operation(operation_id)
    bodies = [resolved(answer) for answer in found["responses"].values()]
    bodies += [found["requestBody"]] if "requestBody" in found else []
    assert all(body["content"]["application/json"].keys() & {"example", "examples"} for body in bodies)


def test_bodies_are_spelt_application_json() -> None:
    bodies = [node for path, node in objects(DESCRIPTION) if not path.endswith("/properties")]
    assert {media for body in bodies for media in body.get("content", {})} == {"application/json"}


@pytest.mark.parametrize("name", ["FindCatalogItems", "GetCatalogItem"])
def test_catalog_example_carries_a_json_schema_as_text(name: str) -> None:
    media = operation(name)["responses"]["200"]["content"]["application/json"]
    item = media["example"] if "example" in media else media["examples"]["schemas"]["value"][0]
    disconnection = submitted("disconnection")
    assert violations(json.loads(item["schema"]), disconnection) == []
    assert violations(json.loads(item["schema"]), {**disconnection, "properties": {}}) != []


def submitted(name: str) -> dict[str, Any]:
    value = operation("CreateRequest")["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(("name", "schema"), [("disconnection", "R_BVPN_S1"), ("generic", "C_GENERIC_S1")])
def test_submitted_example_matches_the_schema_of_its_type(name: str, schema: str) -> None:
    assert violations(SCHEMAS[schema], submitted(name)) == []


@pytest.mark.parametrize("missing", ["type", "requestedAt"])
def test_submitted_request_needs_type_and_day(missing: str) -> None:
    body = {key: value for key, value in submitted("least").items() if key != missing}
    assert violations(SCHEMAS["RequestPOST"], body) != []


@pytest.mark.parametrize(
    ("service_point", "accepted"),
    [
        ({"id": "1"}, True),
        ({"customerReference": "1"}, True),
        ({"reference": "1"}, True),
        ({"reference": "1", "name": "Demo"}, True),
        ({}, False),
        ({"name": "Demo"}, False),
        ({"id": "1", "customerReference": "1"}, False),
        ({"id": "1", "reference": "1"}, False),
        ({"customerReference": "1", "reference": "1"}, False),
        ({"id": "1", "customerReference": "1", "reference": "1"}, False),
    ],
)
def test_service_point_is_named_in_exactly_one_way(service_point: dict[str, str], accepted: bool) -> None:
    assert (violations(SCHEMAS["ServicePoint"], service_point) == []) is accepted


@pytest.mark.parametrize("name", ["Request", "CatalogItem", "Catalog", "RequestLinks", "CatalogItemLinks"])
def test_what_fields_can_leave_out_is_not_required(name: str) -> None:
    assert "required" not in SCHEMAS[name]


@pytest.mark.parametrize(("name", "attribute"), [("Request", "isOverdue"), ("CatalogItem", "schema")])
def test_attribute_of_uncertain_form_promises_no_type(name: str, attribute: str) -> None:
    assert set(SCHEMAS[name]["properties"][attribute]) == {"description"}


def test_no_two_schemas_share_a_title() -> None:
    titles = [schema["title"] for schema in SCHEMAS.values() if "title" in schema]
    assert len(titles) == len(set(titles))


def test_every_schema_beyond_the_typed_bodies_is_used() -> None:
    used = {node["$ref"].rpartition("/")[2] for _, node in objects(DESCRIPTION) if isinstance(node.get("$ref"), str)}
    assert set(SCHEMAS) - used == {"R_BVPN_S1", "C_GENERIC_S1"}


def test_required_names_are_properties() -> None:
    for path, node in objects(DESCRIPTION["components"]["schemas"]):
        if "properties" in node and node.get("type") == "object":
            assert set(node.get("required", [])) <= set(node["properties"]), path


def test_no_enum_or_object_hides_inside_another_schema() -> None:
    for name, schema in SCHEMAS.items():
        for attribute, inner in schema.get("properties", {}).items():
            assert "enum" not in inner, f"{name}.{attribute}"
            assert "properties" not in inner, f"{name}.{attribute}"


def test_the_frozen_copy_follows_the_vendored_file_while_that_is_the_rebuilt_one() -> None:
    vendored = VENDORED.read_text(encoding="utf-8")
    # The official file has no marks of sources; the copy then stays as it is.
    assert vendored == TEXT or "x-source" not in json.loads(vendored)["info"]
