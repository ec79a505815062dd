"""Reduction of each `allOf` that is no class of its own to the reference, text, number, enum, array or union it is.

The generator makes a class of an `allOf` with several members, and a class decodes nothing but objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from openapi.prepare.shape import MEMBER_NAMES, READ_AS
from openapi.read.document import Document, Schema, array, component, map_schemas, obj, resolve
from openapi.read.merging import effective, named_by

__all__ = ["reduce_all_of"]

# Keywords that determine the Python type.
_TYPE = (
    "type", "format", "enum", "items", "anyOf", "oneOf", "properties", "required", "additionalProperties", READ_AS,
)  # fmt: skip
_UNIONS = ("anyOf", "oneOf")


def reduce_all_of(document: Document) -> list[str]:
    """Reduce each `allOf` whose members add no property to an object, in place.

    Returns:
        One warning for each `allOf` whose members are not of one type.
    """
    warnings: list[str] = []
    map_schemas(document, lambda schema, where: _reduced(document, schema, where, warnings))
    return warnings


def _reduced(document: Document, schema: Schema, where: str, warnings: list[str]) -> Schema:
    if "allOf" not in schema:
        return schema
    parts = list(_parts(document, schema, frozenset()))
    kinds = {kind for kind in map(_kind, parts) if kind}
    if kinds == {"integer", "number"}:
        kinds = {"integer"}
    # A component that adds only limits to another object is a variant, and has a class of its own.
    is_variant = kinds == {"object"} and component(where) in document["components"]["schemas"]
    reference = None if is_variant else _as_reference(document, schema)
    if reference is not None:
        return reference
    unions = [part for part in parts if _alternatives(part)]
    if "object" in kinds or (len(unions) > 1 and _only_objects(document, unions)):
        if len(kinds) > 1:
            warnings.append(f"{where}: the members of its allOf contradict each other: read as an object")
        return schema
    if len(kinds) > 1 or len(unions) > 1:
        warnings.append(f"{where}: the members of its allOf cannot be put together: untyped")
        return {key: value for key, value in _beside(schema).items() if key not in _TYPE}
    return _merged(document, schema, parts, kinds)


def _parts(document: Document, schema: Schema, seen: frozenset[int]) -> Iterator[Schema]:
    """Iterate over the schemas that apply together: the members of the `allOf` at any depth, and what is beside it."""
    found = resolve(document, schema)
    if id(found) not in seen:
        for member in array(found.get("allOf")):
            yield from _parts(document, obj(member), seen | {id(found)})
        yield _beside(found)


def _beside(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "allOf"}


def _kind(part: Schema) -> str | None:
    said = part.get("type")
    if isinstance(said, str):
        return said
    return "object" if {"properties", "required"} & part.keys() or obj(part.get("additionalProperties")) else None


def _alternatives(part: Schema) -> list[Any]:
    return [one for keyword in _UNIONS for one in array(part.get(keyword))]


def _only_objects(document: Document, unions: list[Schema]) -> bool:
    return all(_kind(effective(document, one)) == "object" for part in unions for one in _alternatives(part))


def _as_reference(document: Document, schema: Schema) -> Schema | None:
    """Return a schema as its one reference with the annotations and limits beside it, or None if it is something else.

    So the class of `[{$ref}, {default}]` is that of the reference.
    """
    members = [obj(member) for member in array(schema["allOf"])]
    references = {key: member for member in members if (key := named_by(member)) is not None}
    others = [*(one for one in members if named_by(one) is None), _beside(schema)]
    if len(references) != 1 or any(array(one.get("allOf")) for one in others):
        return None
    member = next(iter(references.values()))
    reference = {"$ref": member.get("$ref") or obj(array(member["allOf"])[0])["$ref"]}
    target = effective(document, reference)
    if any(one[keyword] != target.get(keyword) for one in others for keyword in _TYPE if keyword in one):
        return None
    beside = {key: value for one in [*members, schema] for key, value in one.items() if key not in (*_TYPE, "$ref")}
    return {**beside, "allOf": [reference]}


def _merged(document: Document, schema: Schema, parts: list[Schema], kinds: set[str]) -> Schema:
    whole = {
        key: value
        for key, value in effective(document, schema).items()
        if key in (MEMBER_NAMES, READ_AS) or not key.startswith("x-")
    }
    if len({json.dumps(part["enum"]) for part in parts if "enum" in part}) > 1:
        whole.pop(MEMBER_NAMES, None)  # They are those of other values.
    return {**whole, **_beside(schema), **({"type": next(iter(kinds))} if kinds else {})}
