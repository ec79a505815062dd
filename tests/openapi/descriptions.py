"""Descriptions to build from: the rebuilt one with every fault that is known of, and one with more resources."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from tests.rebuilt import rebuilt

ROOT = Path(__file__).resolve().parents[2]
Document = dict[str, Any]


def small(**schemas: Any) -> Document:
    """The least that is accepted: one call, and the given schemas."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "1"},
        "paths": {
            "/requests": {
                "get": {
                    "operationId": "FindRequests",
                    "tags": ["Requests"],
                    "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}},
                }
            }
        },
        "components": {"schemas": schemas},
    }


def operation(answer: Any = None, *parameters: Any, body: Any = None, status: str = "200", **rest: Any) -> Any:
    """One operation, said in the usual way."""
    content = {} if answer is None else {"content": {"application/json": {"schema": answer}}}
    return {
        "parameters": list(parameters),
        "responses": {status: {"description": "", **content}},
        **({"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}),
        **rest,
    }


def query(name: str, **schema: Any) -> Any:
    """One query parameter."""
    return {"name": name, "in": "query", "schema": schema or {"type": "string"}}


def in_path(name: str) -> Any:
    """One path parameter."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def ref(key: str) -> Any:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{key}"}


def wider() -> Document:
    """The rebuilt description with orders, their notes and attachments, quotes, and reports."""
    document = rebuilt()
    counts = {name: {"schema": {"type": "integer"}} for name in ("X-Total-Count", "X-Result-Count")}

    def listed(key: str, *parameters: Any) -> Any:
        found = operation(
            {"type": "array", "items": ref(key)},
            query("offset", type="integer"),
            query("limit", type="integer"),
            *parameters,
            tags=[f"{key} Management"],
            operationId=f"Find{key}s",
        )
        found["responses"]["200"]["headers"] = counts
        return found

    order, note, quote, file = in_path("orderId"), in_path("noteId"), in_path("quoteId"), in_path("attachmentId")
    document["paths"] |= {
        "/orders": {"get": listed("Order", query("status")), "post": operation(ref("Order"), body=ref("OrderPOST"))},
        "/orders/{orderId}": {
            "get": operation(ref("Order"), order),
            "patch": operation(ref("Order"), order, body=ref("OrderPOST")),
            "delete": operation(None, order, status="204"),
        },
        "/orders/{orderId}/notes": {
            "get": listed("Note", order),
            "post": operation(ref("Note"), order, body=ref("Note"), status="201"),
        },
        "/orders/{orderId}/notes/{noteId}": {"get": operation(ref("Note"), order, note)},
        "/orders/{orderId}/attachments": {"get": listed("OrderAttachment", order)},
        "/orders/{orderId}/attachments/{attachmentId}": {"get": operation(ref("OrderAttachment"), order, file)},
        "/orders/{orderId}/cancel": {"post": operation(ref("Order"), order)},
        "/quotes": {"get": listed("Quote")},
        "/quotes/{quoteId}": {
            "get": operation(ref("Quote"), quote),
            "put": operation(ref("Quote"), quote, body=ref("Quote")),
        },
        "/reports": {"get": listed("Report")},
        "/reports/{reportId}/file": {"get": operation(None, in_path("reportId"))},
    }
    document["paths"]["/reports/{reportId}/file"]["get"]["responses"]["200"]["content"] = {
        "application/pdf": {"schema": {"type": "string", "format": "binary"}}
    }
    text, moment = {"type": "string"}, {"type": "string", "format": "date-time"}
    document["components"]["schemas"] |= {
        "Order": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": text,
                "status": {"type": "string", "enum": ["NEW", "IN_PROGRESS", "DELIVERED"]},
                "notes": {"type": "array", "items": ref("Note")},
                "billing": {"type": "object", "properties": {"account": text}},
                "createdAt": moment,
            },
        },
        "OrderPOST": {"type": "object", "required": ["reference"], "properties": {"reference": text}},
        "Note": {"type": "object", "required": ["text"], "properties": {"id": text, "text": text, "at": moment}},
        "OrderAttachment": {"type": "object", "properties": {"name": text, "size": {"type": "integer"}}},
        "Report": {
            "type": "object",
            "properties": {"id": text, "rows": {"type": "array", "items": {"type": "object"}}},
        },
    }
    return document


def sloppy() -> Document:
    """The rebuilt description with every fault that the build repairs, all at once."""
    document = copy.deepcopy(rebuilt())
    paths, schemas = document["paths"], document["components"]["schemas"]
    find, submit = paths["/requests"]["get"], paths["/requests"]["post"]
    catalog, item = paths["/catalogItems"]["get"], paths["/catalogItems/{catalogItemId}"]["get"]

    # Titles: shared twice over, and beside the key.
    for key in ("R_BVPN_S1", "C_GENERIC_S1"):
        schemas[key]["title"] = "Allow to request the termination of a BVPN site."
    schemas["R_BVPN_S1A"] = copy.deepcopy(schemas["R_BVPN_S1"])
    schemas["Quote"]["title"], schemas["QuoteAttachment"]["title"] = "A quote", "A quote"
    schemas["ME"]["title"] = "Me"

    # Media types: with a charset everywhere, beside an empty twin once.
    for path in paths.values():
        for one in path.values():
            content = one["responses"]["200" if "200" in one["responses"] else "201"]["content"]
            content["application/json;charset=utf-8"] = content.pop("application/json")
    item["responses"]["200"]["content"]["application/json"] = {"schema": {"type": "object", "properties": {}}}
    submit["requestBody"]["content"]["application/json; charset=UTF-8"] = submit["requestBody"]["content"].pop(
        "application/json"
    )

    # Discriminators.
    schemas["Request"]["discriminator"] = {"propertyName": "type"}
    schemas["RequestPOST"]["discriminator"] = {"propertyName": "type", "type": "object"}
    schemas["CatalogItem"]["discriminator"] = "type"
    schemas["Catalog"]["discriminator"] = {"mapping": {}}

    # `required` that names nothing, or is no list.
    schemas["CatalogItemLinks"]["required"] = ["self", "location"]
    schemas["R_BVPN_S1"]["allOf"][1]["required"] = ["properties", "nothing"]
    schemas["Request"]["properties"]["comment"]["required"] = True

    # Header parameters that the pipeline owns, spelt as people do; others that cannot be sent; duplicates.
    for spelling, one in zip(
        ("X-API-KEY", "X-API-Key", "x-api-key", "apiKey"), (find, submit, catalog, item), strict=True
    ):
        one["parameters"].append({"name": spelling, "in": "header", "schema": {"type": "string"}})
    find["parameters"] += [
        {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
        {"name": "status", "in": "query", "schema": {"type": "string"}},
        {"name": "comment", "in": "query", "type": "string"},
        {"$ref": "#/components/parameters/Nowhere"},
    ]
    paths["/requests/{requestId}"]["parameters"] = [
        {"name": "requestId", "in": "path", "schema": {"type": "string"}},
        {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}},
    ]
    paths["/requests/{requestId}"]["get"]["parameters"] = [
        one
        for one in paths["/requests/{requestId}"]["get"]["parameters"]
        if not one.get("$ref", "").endswith("RequestId")
    ]

    # Status codes, and answers that are not there.
    find["responses"] |= {"": {"description": "?"}, "5xx": {"description": "?"}, "999": {"description": "?"}}
    catalog["responses"]["404 Not Found"] = None
    paths |= {"/hello": {"get": {}, "put": None}, "/nothing": []}

    # A list that is declared as one object although it comes with counts.
    answer = catalog["responses"]["200"]["content"]["application/json;charset=utf-8"]
    answer["schema"] = answer["schema"]["items"]

    # Names of calls.
    catalog["operationId"] = find["operationId"]
    del submit["operationId"], submit["tags"], item["tags"]

    # Odd schemas.
    schemas["RequestCategory"]["enum"].append(None)
    schemas["Request"]["properties"] |= {
        "labels": {"type": "array"},
        "colour": {
            "type": "string",
            "enum": ["In Progress", "IN_PROGRESS", "in-progress", "", "2G", "-", "In Progress"],
        },
        "level": {"enum": [1, "two", None]},
        "ratio": {"type": "number", "enum": [0.5, 1]},
        "grade": {"type": "integer", "enum": ["1", "2"]},
        "yes": {"type": "boolean", "enum": [True, False]},
        "weight": {"type": "float"},
        "seenAt": {"type": "datetime"},
        "doneAt": {"type": "string", "format": "dateTime"},
        "maybe": {"type": ["string", "null"]},
        "void": None,
        "said": {"type": "string", "description": {"en": "no text"}},
        "anything": True,
        "count": {"type": "integer", "default": "none"},
        "owner": {"$ref": "#/components/schemas/Customer_", "description": "defined nowhere"},
        "other": {"$ref": "Quote", "description": "said beside a reference"},
        "pair": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
        "choice": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"a": {"type": "string"}}}]},
        "empty": {"allOf": []},
        "class": {"type": "string"},
        "self": {"type": "string"},
        "to_dict": {"type": "string"},
        "inner": {
            "type": "object",
            "properties": {"deep": {"type": "object", "properties": {"x": {"type": "string"}}}},
        },
        "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    }
    schemas["Request"]["properties"]["perhaps"] = {"anyOf": [ref("Quote"), {"type": "null"}]}
    schemas["Request"]["properties"]["mirror"] = {"$ref": "#/components/schemas/Request/properties/inner"}
    schemas["Request"]["properties"]["remarked"] = {"allOf": [ref("Quote"), {"description": "said in a member"}]}
    # Names of classes that collide with each other, with a module's, or with what generated code uses.
    for key in ("ApiKey", "APIKey", "api-key", "Any", "Pager", "2G", "Warning"):
        schemas[key] = {"type": "object", "properties": {"value": {"type": "string"}}}
    schemas["Parent"] = {"type": "object", "properties": {"children": {"type": "array", "items": ref("Parent")}}}
    return document


# Classes that v2.1.1 writes where they are used, instead of giving them a key.
IN_PLACE = (
    "RequestCustomer",
    "RequestKeyDates",
    "RequestLinks",
    "RequestStatus",
    "RequestStep",
    "RequestSubStep",
    "RequestPriority",
    "RequestPriorityFilter",
    "RequestCategory",
    "RequestInclude",
    "RequestPOSTCustomer",
    "RequestPOSTAttachment",
    "QuoteStatus",
    "QuoteAttachment",
    "CatalogItemsInclude",
    "CatalogItemInclude",
    "GenericProperties",
    "GenericDomain",
    "GenericOffer",
    "GenericBillingAccount",
    "MeType",
)


def in_place() -> Document:
    """The rebuilt description, laid out as the same authors laid out v2.1.1 (FACTS S2)."""
    document = rebuilt()
    schemas = document["components"]["schemas"]
    common = schemas.pop("RequestPOSTCommon")
    schemas["RequestPOST"] = {**common, "title": "RequestPOST"}
    text = json.dumps(document).replace('schemas/RequestPOSTCommon"', 'schemas/RequestPOST"')
    for _ in range(3):  # Some of them are inside others.
        document = json.loads(text)
        for key in IN_PLACE:
            written = json.dumps(document["components"]["schemas"][key])
            text = text.replace(json.dumps(ref(key)), written)
    document = json.loads(text)
    for key in IN_PLACE:
        del document["components"]["schemas"][key]
    return document
