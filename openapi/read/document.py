"""Access to the parts of a description, which may be missing or of the wrong type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

__all__ = [
    "METHODS",
    "SCHEMA_PREFIX",
    "Document",
    "Schema",
    "all_schemas",
    "array",
    "component",
    "is_array",
    "is_obj",
    "map_schemas",
    "media_types",
    "obj",
    "operations",
    "parameters",
    "path_identity",
    "referenced",
    "resolve",
    "schema_roots",
    "subschemas",
    "without_names",
]

Document = dict[str, Any]
Schema = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMA_PREFIX = "#/components/schemas/"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
# Keywords that contain schemas: a map of schemas, one schema, or a list of schemas.
_MAPS = ("properties",)
_SINGLES = ("items", "additionalProperties", "not")
_LISTS = ("allOf", "anyOf", "oneOf")


def obj(value: object) -> dict[str, Any]:
    """Return a JSON object as it is; for any other value, a new empty object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def array(value: object) -> list[Any]:
    """Return a JSON array as it is; for any other value, a new empty array."""
    kept: Any = value
    result: list[Any] = kept if is_array(value) else []
    return result


def is_array(value: object) -> bool:
    """Return whether a value is a JSON array; see `is_obj`."""
    return isinstance(value, list)


def is_obj(value: object) -> bool:
    """Return whether a value is a JSON object, without narrowing its type to one of unknown keys and values."""
    return isinstance(value, dict)


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Iterate over the operations as (path, method in lower case, operation), in the order of the file."""
    for path, item in obj(document.get("paths")).items():
        for method in METHODS:
            operation = obj(item).get(method)
            if is_obj(operation):
                yield path, method, obj(operation)


def parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """List the parameters of an operation that are JSON objects."""
    return [obj(parameter) for parameter in array(operation.get("parameters")) if is_obj(parameter)]


def media_types(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Iterate over the bodies of an operation as ("body" or status code, holder of `content`, content)."""
    body = obj(operation.get("requestBody"))
    if "content" in body:
        yield "body", body, obj(body["content"])
    for status, response in obj(operation.get("responses")).items():
        if "content" in obj(response):
            yield status, obj(response), obj(obj(response)["content"])


def component(reference: object) -> str | None:
    """Return the key of the component schema that a `$ref` points to, or None if it points elsewhere."""
    if isinstance(reference, str) and reference.startswith(SCHEMA_PREFIX):
        return reference.removeprefix(SCHEMA_PREFIX).replace("~1", "/").replace("~0", "~")
    return None


def resolve(document: Document, schema: object) -> Schema:
    """Follow the `$ref`s of a schema; a circular or dangling reference resolves to the empty schema."""
    seen: set[str] = set()
    current = obj(schema)
    while "$ref" in current:
        key = component(current["$ref"])
        if key is None or key in seen:
            return {}
        seen.add(key)
        current = obj(obj(obj(document.get("components")).get("schemas")).get(key))
    return current


def without_names(path: str) -> str:
    """Return a path without the names of its placeholders, which do not identify it (OpenAPI 3.0.3, Paths Object)."""
    return _PLACEHOLDER.sub("{}", path)


def path_identity(path: str) -> str:
    """Return a path without the names of its placeholders, and without slashes at its end."""
    return without_names(path).rstrip("/") or "/"


def subschemas(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Iterate over the direct subschemas of a schema, each with its path relative to the schema."""
    for keyword in _MAPS:
        for name, inner in obj(schema.get(keyword)).items():
            if is_obj(inner):
                yield f"{keyword}/{name}", obj(inner)
    for keyword in _SINGLES:
        if is_obj(schema.get(keyword)):
            yield keyword, obj(schema[keyword])
    for keyword in _LISTS:
        for index, inner in enumerate(array(schema.get(keyword))):
            if is_obj(inner):
                yield f"{keyword}/{index}", obj(inner)


def referenced(schema: Schema) -> Iterator[str]:
    """Iterate over the keys of the component schemas that a schema references, at any depth."""
    key = component(schema.get("$ref"))
    if key is not None:
        yield key
    for _, inner in subschemas(schema):
        yield from referenced(inner)


def schema_roots(document: Document) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Iterate over the schemas that are not inside another, as (pointer or operation, holder, key in the holder)."""
    schemas = obj(obj(document.get("components")).get("schemas"))
    for key in schemas:
        yield f"{SCHEMA_PREFIX}{key}", schemas, key
    for path, method, operation in operations(document):
        call = f"{method.upper()} {path}"
        for parameter in parameters(operation):
            if "schema" in parameter:
                yield f"{call} {parameter.get('name')}", parameter, "schema"
        for status, holder, content in media_types(operation):
            for media in content.values():
                if "schema" in obj(media):
                    yield f"{call} {status}", obj(media), "schema"
            for name, header in obj(holder.get("headers")).items():
                if "schema" in obj(header):
                    yield f"{call} {status} {name}", obj(header), "schema"


def all_schemas(document: Document) -> Iterator[tuple[Schema, str]]:
    """Iterate over every schema of a document with its place, innermost first, like `map_schemas`."""
    for where, holder, key in schema_roots(document):
        yield from _nested(obj(holder[key]), where)


def _nested(schema: Schema, where: str) -> Iterator[tuple[Schema, str]]:
    for path, inner in subschemas(schema):
        yield from _nested(inner, f"{where}/{path}")
    yield schema, where


def map_schemas(document: Document, change: Callable[[Schema, str], Schema]) -> None:
    """Replace every schema of a document, innermost first, by the result of `change(schema, where)`."""
    for where, holder, key in list(schema_roots(document)):
        holder[key] = _mapped(obj(holder[key]), where, change)


def _mapped(schema: Schema, where: str, change: Callable[[Schema, str], Schema]) -> Schema:
    result = dict(schema)
    for keyword in _MAPS:
        if is_obj(schema.get(keyword)):
            result[keyword] = {
                name: _mapped(obj(inner), f"{where}/{keyword}/{name}", change)
                for name, inner in obj(schema[keyword]).items()
            }
    for keyword in _SINGLES:
        if is_obj(schema.get(keyword)):
            result[keyword] = _mapped(obj(schema[keyword]), f"{where}/{keyword}", change)
    for keyword in _LISTS:
        if isinstance(schema.get(keyword), list):
            result[keyword] = [
                _mapped(obj(inner), f"{where}/{keyword}/{index}", change)
                for index, inner in enumerate(array(schema[keyword]))
            ]
    return change(result, where)
