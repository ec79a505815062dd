"""The input of the generator: the prepared description in forms of OpenAPI that the generator supports.

It contains only names, types and structure; limits, defaults and examples stay in the prepared description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from openapi.prepare.shape import READ_AS, is_flag, is_free_form
from openapi.read.document import (
    SCHEMA_PREFIX,
    Document,
    Schema,
    array,
    component,
    map_schemas,
    obj,
    operations,
    parameters,
    resolve,
)
from openapi.read.errors import GeneratorFailed
from openapi.read.merging import effective

__all__ = ["FREE_FORM", "alias_names", "generator_input", "merged"]

# Marks free-form objects for the templates; the generator would write an empty class for each.
FREE_FORM = "@object"
_KEPT = {
    "$ref", "type", "format", "enum", "x-enum-varnames", "properties", "required", "items", "additionalProperties",
    "allOf", "anyOf", "oneOf", "description",
}  # fmt: skip
_KEPT_OF_OPERATION = ("operationId", "tags", "summary", "description", "requestBody", "deprecated")


def generator_input(document: Document) -> Document:
    """Return the input of the generator for a prepared description."""
    result: Document = {
        "openapi": "3.0.3",
        "info": {key: document["info"][key] for key in ("title", "version")},
        "paths": {},
        "components": {"schemas": {key: obj(value) for key, value in document["components"]["schemas"].items()}},
    }
    for path, method, operation in operations(document):
        result["paths"].setdefault(path, {})[method] = _operation(operation)
    free = {
        key
        for key in result["components"]["schemas"]
        if is_free_form(resolve(document, {"$ref": f"{SCHEMA_PREFIX}{key}"}))
    }
    map_schemas(result, lambda schema, where: _put_together(document, schema, where))
    map_schemas(result, lambda schema, where: _with_null_inside(document, schema))
    map_schemas(result, lambda schema, where: _said_simply(schema, free))
    for key in free:
        del result["components"]["schemas"][key]
    return result


def alias_names(document: Document) -> dict[str, str]:
    """Replace names that have the same Python name by aliases in the input of the generator, in place.

    Returns:
        The wire names, by "class alias" and "operationId alias".
    """
    found: dict[str, str] = {}
    for key, schema in document["components"]["schemas"].items():
        names = _apart(obj(schema.get("properties")))
        found |= {f"{key} {alias}": name for name, alias in names.items()}
        if names:
            schema["properties"] = {names.get(name, name): one for name, one in schema["properties"].items()}
            schema["required"] = [names.get(name, name) for name in array(schema.get("required"))]
    for _, _, operation in operations(document):
        for place in ("query", "path"):
            own = [one for one in parameters(operation) if one["in"] == place]
            names = _apart([one["name"] for one in own]) if place == "query" else {}
            found |= {f"{operation['operationId']} {alias}": name for name, alias in names.items()}
            for one in own:
                one["name"] = names.get(one["name"], one["name"])
    return found


def _apart(names: Iterable[str]) -> dict[str, str]:
    """Return aliases for names whose Python name is taken; a name that equals its Python name keeps it."""
    taken: set[str] = set()
    result: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (_python_name(name) != name, name)):
        base = wanted = _python_name(name)
        number = 1
        while wanted in taken:
            number += 1
            wanted = f"{base}_{number}"
        taken.add(wanted)
        if number > 1:
            result[name] = wanted if wanted[0].isalpha() else f"field_{wanted}"
    return result


def _python_name(name: str) -> str:
    # The generator and then the templates convert names in this way.
    plain = str(PythonIdentifier(name, "field_"))
    return re.sub(r"^field_(?=[a-z_])|_+$", "", plain) or plain


def _with_null_inside(document: Document, schema: Schema) -> Schema:
    """Write nullable items and values as a `oneOf` with null; the generator reads `nullable` of properties only."""
    found = {
        keyword: {"oneOf": [inner, {"type": "null"}]}
        for keyword in ("items", "additionalProperties")
        if (inner := obj(schema.get(keyword)))
        and (inner.get("nullable") or resolve(document, inner).get("nullable"))
        and len({"$ref", "type", "allOf", "oneOf", "anyOf"} & inner.keys()) > 0
    }
    return {**schema, **found}


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


def _put_together(document: Document, schema: Schema, where: str) -> Schema:
    parts = array(schema.get("allOf"))
    if len(parts) == 1 and set(obj(parts[0])) == {"$ref"} and "properties" not in schema:
        return schema  # A reference with a description, which the generator supports.
    whole = effective(document, schema) if parts else {}
    if whole.get("type", "object") != "object" and "properties" not in whole:
        raise GeneratorFailed(f"{where} is of the type {whole['type']}, and would become a class.")
    if parts or ("properties" in schema and {"anyOf", "oneOf"} & schema.keys()):
        return merged(document, schema)
    return schema


def _said_simply(schema: Schema, free: set[str]) -> Schema:
    only = component(schema.get("$ref") or obj((array(schema.get("allOf")) or [{}])[0]).get("$ref"))
    if only in free or is_free_form(schema):
        return _free(schema)
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get(READ_AS) == "boolean":
        result = {"type": "boolean", **{key: value for key, value in result.items() if key == "description"}}
    if schema.get("deprecated"):
        result["description"] = f"Deprecated. {result.get('description', '')}".strip()
    if result.get("type") == "boolean":
        result.pop("enum", None)
    return result


def _free(schema: Schema) -> Schema:
    kept = {"description": schema["description"]} if "description" in schema else {}
    return {**kept, "example": FREE_FORM}


def merged(document: Document, schema: Schema) -> Schema:
    """Merge a schema with `allOf`, or with alternatives beside properties, into one object schema."""
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
        # A variant overrides a property of its base, unless it leaves the property untyped.
        if name not in properties or not _says_nothing(obj(inner)):
            properties[name] = inner
    for member in [*array(schema.get("anyOf")), *array(schema.get("oneOf"))]:
        _collect(document, {**resolve(document, obj(member)), "required": []}, properties, required, extra, seen)
    required += array(schema.get("required"))
    extra.update({name: schema[name] for name in ("description", "additionalProperties") if name in schema})


def _says_nothing(schema: Schema) -> bool:
    return is_free_form(schema) or not ({"$ref", "type", "allOf", "anyOf", "oneOf", "enum"} & schema.keys())
