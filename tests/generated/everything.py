"""A description with every kind of property that the generator knows, and with text that tries to become code."""

from __future__ import annotations

from typing import Any

HOSTILE = 'a """quote""", a \\N backslash, {braces}, {{ jinja }} and {% raw %}, then a quote at the end"'


def ref(key: str) -> dict[str, Any]:
    """Refer to a schema."""
    return {"$ref": f"#/components/schemas/{key}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def _operation(name: str, response: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"operationId": name, "tags": ["things"], "description": HOSTILE, "responses": {"200": response}, **rest}


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": HOSTILE, "schema": schema}


SCHEMAS: dict[str, Any] = {
    "Everything": {
        "type": "object",
        "description": HOSTILE,
        "properties": {
            "any": {},
            "object": {"example": "@object"},
            "bool": {"type": "boolean"},
            "const": {"const": "fixed"},
            "date": {"type": "string", "format": "date", "description": HOSTILE},
            "dateTime": {"type": "string", "format": "date-time"},
            "colour": ref("Colour"),
            "level": ref("Level"),
            "float": {"type": "number"},
            "int": {"type": "integer"},
            "list": {"type": "array", "items": {"type": "string"}},
            "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "dates": {"type": "array", "items": {"type": "string", "format": "date"}},
            "moments": {"type": "array", "items": {"type": "string", "format": "date-time"}},
            "colours": {"type": "array", "items": ref("Colour")},
            "objects": {"type": "array", "items": {"example": "@object"}},
            "child": ref("Everything"),
            "children": {"type": "array", "items": ref("Everything")},
            "rows": {"type": "array", "items": {"type": "array", "items": ref("Partner")}},
            "partner": ref("Partner"),
            "either": {"oneOf": [{"type": "string", "format": "date"}, ref("Partner"), {"type": "integer"}]},
            "uuid": {"type": "string", "format": "uuid"},
            "file": {"type": "string", "format": "binary"},
            "none": {"type": "null"},
            "counts": ref("Counts"),
            "type": {"type": "string"},
            "id": {"type": "string"},
            "schema": {"type": "string"},
            "self": {"type": "string"},
            "class": {"type": "string"},
            "_hidden": {"type": "string"},
            'quo"ted': {"type": "string"},
        },
    },
    "Partner": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "everything": ref("Everything")},
    },
    "Counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Pages": {
        "type": "object",
        "properties": {"title": {"type": "string"}},
        "additionalProperties": {"type": "array", "items": ref("Partner")},
    },
    "Order": {
        "type": "object",
        "required": ["name", "day", "parts"],
        "properties": {
            "name": {"type": "string"},
            "day": {"type": "string", "format": "date"},
            "parts": {"type": "array", "items": ref("Shared")},
            "note": {"type": "string"},
        },
    },
    "Shared": {
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"type": "string"}, "size": {"type": "integer"}},
    },
    "Colour": {"type": "string", "enum": ["red", 'a "quoted" one', "dark blue"]},
    "Level": {"type": "integer", "enum": [1, 2, -3]},
    "Links": {"type": "object", "properties": {"_links": {"type": "string"}, "links": {"type": "string"}}},
}

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": HOSTILE, "version": "1"},
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
    },
    "paths": {
        "/things": {
            "get": _operation(
                "things_list",
                _json({"type": "array", "items": ref("Everything")}),
                parameters=[
                    _query("offset", type="integer"),
                    _query("limit", type="integer"),
                    _query("type", type="string"),
                    _query("customer.id", type="string"),
                    {**_query("colour"), "schema": ref("Colour")},
                    {**_query("level"), "schema": ref("Level")},
                    _query("isOpen", type="boolean"),
                    _query("since", type="string", format="date-time"),
                    _query("tags", type="array", items={"type": "string"}),
                ],
            ),
            "post": _operation(
                "things_create",
                _json(ref("Shared")),
                requestBody={"required": True, "content": {"application/json": {"schema": ref("Order")}}},
            ),
        },
        "/things/{thingId}": {
            "get": _operation(
                "things_get",
                _json(ref("Everything")),
                summary="Get one",
                parameters=[{"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}],
                security=[{"key": []}],
            ),
            "delete": _operation(
                "things_delete",
                {"description": "gone"},
                parameters=[{"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}],
            ),
        },
        "/names": {"get": _operation("things_names", _json({"type": "array", "items": {"type": "string"}}))},
        "/raw": {
            "get": _operation(
                "things_download", {"description": "", "content": {"application/octet-stream": {"schema": {}}}}
            )
        },
        "/text": {
            "get": _operation(
                "things_text", {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}
            )
        },
        "/open": {
            "post": _operation(
                "things_open",
                _json({"example": "@object"}),
                requestBody={"required": False, "content": {"application/json": {"schema": {"example": "@object"}}}},
            )
        },
    },
}
