"""Prepared description -> what the generator is shown: the same calls and data, said in the ways that it takes well.

Only names, types and structure are left; limits, defaults and examples stay in the prepared description.
"""

from __future__ import annotations

from typing import Any

from openapi.shape import READ_AS, is_flag, is_free
from openapi.walk import SCHEMA_PREFIX, Document, array, component, map_schemas, obj, operations, parameters, resolve

__all__ = ["FREE_FORM", "merged", "simplified"]

Schema = dict[str, Any]
# How the templates recognise a free-form object, for which the generator would write an empty class.
FREE_FORM = "@object"
_KEPT = {
    "$ref", "type", "format", "enum", "x-enum-varnames", "properties", "required", "items", "additionalProperties",
    "allOf", "anyOf", "oneOf", "description",
}  # fmt: skip
_KEPT_OF_OPERATION = ("operationId", "tags", "summary", "description", "requestBody", "deprecated")


def simplified(document: Document) -> Document:
    """Make the generator's input from a prepared description."""
    result: Document = {
        "openapi": "3.0.3",
        "info": {key: document["info"][key] for key in ("title", "version")},
        "paths": {},
        "components": {"schemas": {key: obj(value) for key, value in document["components"]["schemas"].items()}},
    }
    for path, method, operation in operations(document):
        result["paths"].setdefault(path, {})[method] = _operation(operation)
    free = {
        key for key in result["components"]["schemas"] if is_free(resolve(document, {"$ref": f"{SCHEMA_PREFIX}{key}"}))
    }
    map_schemas(result, lambda schema, where: _put_together(document, schema))
    map_schemas(result, lambda schema, where: _said_simply(schema, free))
    for key in free:
        del result["components"]["schemas"][key]
    return result


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: operation[key] for key in _KEPT_OF_OPERATION if key in operation}
    kept["security"] = []
    kept["parameters"] = [
        {
            "name": one["name"],
            "in": one["in"],
            "required": bool(one.get("required")),
            "description": str(one.get("description") or ""),
            "schema": {"type": "boolean"} if is_flag(obj(one["schema"])) else one["schema"],
        }
        for one in parameters(operation)
    ]
    if "requestBody" in kept:
        body = kept["requestBody"]
        kept["requestBody"] = {"required": bool(body.get("required")), "content": _content(body)}
    kept["responses"] = {
        status: {"description": str(response.get("description") or ""), "content": _content(response)}
        for status, response in operation["responses"].items()
    }
    return kept


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    return {name: {"schema": obj(media.get("schema"))} for name, media in obj(holder.get("content")).items()}


def _put_together(document: Document, schema: Schema) -> Schema:
    parts = array(schema.get("allOf"))
    if len(parts) == 1 and set(obj(parts[0])) == {"$ref"} and "properties" not in schema:
        return schema  # A reference with a description: the generator takes it as the reference.
    if parts or ("properties" in schema and {"anyOf", "oneOf"} & schema.keys()):
        return merged(document, schema)
    return schema


def _said_simply(schema: Schema, free: set[str]) -> Schema:
    only = component(schema.get("$ref") or obj((array(schema.get("allOf")) or [{}])[0]).get("$ref"))
    if only in free or is_free(schema):
        return _free(schema)
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get(READ_AS) == "boolean":
        result = {"type": "boolean", **{key: value for key, value in result.items() if key == "description"}}
    if result.get("type") == "boolean":
        result.pop("enum", None)
    return result


def _free(schema: Schema) -> Schema:
    kept = {"description": schema["description"]} if "description" in schema else {}
    return {**kept, "example": FREE_FORM}


def merged(document: Document, schema: Schema) -> Schema:
    """Make one object of a schema that is put together from several (`allOf`, or alternatives beside properties)."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    extra: dict[str, Any] = {}
    _collect(document, schema, properties, required, extra, frozenset())
    result = {**extra, "type": "object", "properties": properties}
    needed = [name for name in dict.fromkeys(required) if name in properties]
    return {**result, "required": needed} if needed else result


def _collect(
    document: Document,
    schema: Schema,
    properties: dict[str, Any],
    required: list[str],
    extra: dict[str, Any],
    seen: frozenset[str],
) -> None:
    key = component(schema.get("$ref"))
    if key in seen:
        return
    if key is not None:
        schema, seen = resolve(document, schema), seen | {key}
    for member in array(schema.get("allOf")):
        _collect(document, obj(member), properties, required, extra, seen)
    for name, inner in obj(schema.get("properties")).items():
        # What a variant says of a property replaces what its base says, unless it says nothing.
        if name not in properties or not _says_nothing(obj(inner)):
            properties[name] = inner
    for member in [*array(schema.get("anyOf")), *array(schema.get("oneOf"))]:
        _collect(document, {**resolve(document, obj(member)), "required": []}, properties, required, extra, seen)
    required += array(schema.get("required"))
    extra.update({name: schema[name] for name in ("description", "additionalProperties") if name in schema})


def _says_nothing(schema: Schema) -> bool:
    return is_free(schema) or not ({"$ref", "type", "allOf", "anyOf", "oneOf", "enum"} & schema.keys())
