"""Edits of the rebuilt description that make no difference: the same, spelt another way."""

from __future__ import annotations

from tests.openapi.descriptions import Document
from tests.openapi.edits import Edit, own, parameters, schema

SPELLING: dict[str, Edit] = {}


def spelling(edit: Edit) -> Edit:
    SPELLING[edit.__name__] = edit
    return edit


@spelling
def media_types_carry_a_charset(d: Document) -> None:
    content = d["paths"]["/me"]["get"]["responses"]["200"]["content"]
    content["application/json;charset=utf-8"] = content.pop("application/json")
    content["application/json"] = {"schema": {"type": "object"}}


@spelling
def api_key_is_a_header_parameter_too(d: Document) -> None:
    parameters(d).append({"name": "x-api-key", "in": "header", "required": True, "schema": {"type": "string"}})


@spelling
def operation_ids_and_tags_changed(d: Document) -> None:
    d["paths"]["/me"]["get"] |= {"operationId": "whoAmI", "tags": ["Else"]}


@spelling
def words_changed(d: Document) -> None:
    d["paths"]["/me"]["get"] |= {"summary": "Who?", "description": "Who?"}
    schema(d, "Request")["description"] = "Else."


@spelling
def placeholder_renamed(d: Document) -> None:
    d["paths"]["/catalogItems/{id}"] = d["paths"].pop("/catalogItems/{catalogItemId}")
    d["components"]["parameters"]["CatalogItemId"]["name"] = "id"


@spelling
def schema_written_where_it_is_used(d: Document) -> None:
    schema(d, "Request")["properties"]["status"] = schema(d, "RequestStatus")


@spelling
def body_written_without_all_of(d: Document) -> None:
    common = schema(d, "RequestPOSTCommon")
    d["components"]["schemas"]["RequestPOST"] = {
        "type": "object",
        "required": common["required"],
        "properties": {**common["properties"], "properties": {"type": "object"}},
    }


@spelling
def several_values_are_text_with_commas(d: Document) -> None:
    own(d, "customer.id").update(schema={"type": "array", "items": {"type": "string"}}, style="form", explode=False)


@spelling
def list_with_counts_said_to_be_an_object(d: Document) -> None:
    media = d["paths"]["/catalogItems"]["get"]["responses"]["200"]["content"]["application/json"]
    media["schema"] = media["schema"]["items"]


@spelling
def server_ends_in_a_slash(d: Document) -> None:
    d["servers"][0]["url"] += "/"
