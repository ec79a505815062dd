"""Reading a schema together with what it refers to: its reference, and the members of its `allOf`."""

from __future__ import annotations

from typing import Any

from openapi.read.document import Document, Schema, array, component, obj, resolve

__all__ = ["effective", "is_null", "named_by", "properties_of"]


def named_by(schema: Schema) -> str | None:
    """Return the key of the component that a schema stands for: its `$ref`, or that of the one member of its `allOf`.

    OpenAPI 3.0 puts a reference with a description into an `allOf` of one member.
    """
    members = array(schema.get("allOf"))
    return component(schema.get("$ref") or (obj(members[0]).get("$ref") if len(members) == 1 else None))


def effective(document: Document, schema: object) -> Schema:
    """Return a schema with its references resolved and its `allOf` merged; a later member replaces an earlier one."""
    return _effective(document, schema, frozenset())


def properties_of(document: Document, schema: object) -> dict[str, Any]:
    """Return the properties of an object schema, including those of its `allOf`."""
    return obj(effective(document, schema).get("properties"))


def is_null(document: Document, schema: object) -> bool:
    """Return whether a schema allows null only, in one of the forms of OpenAPI 3.1; YAML files forget the quotes."""
    found = resolve(document, schema)
    of_type = found.get("type", "") in ("null", ["null"], None)
    return of_type or found.get("enum") == [None] or found.get("const", "") is None


def _effective(document: Document, schema: object, seen: frozenset[int]) -> Schema:
    found = resolve(document, schema)
    if "allOf" not in found:
        return found
    own = {key: value for key, value in found.items() if key != "allOf"}
    members = [] if id(found) in seen else [obj(member) for member in array(found["allOf"])]
    result: Schema = {}
    for part in [*(_effective(document, member, seen | {id(found)}) for member in members), own]:
        properties = {**obj(result.get("properties")), **obj(part.get("properties"))}
        required = [*array(result.get("required")), *array(part.get("required"))]
        names = list(dict.fromkeys(name for name in required if isinstance(name, str)))
        result |= part
        result |= {"properties": properties} if properties else {}
        result |= {"required": names} if required else {}
    return result
