"""The rule that repairs `required`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi.read.document import Document, Schema, array, map_schemas, obj
from openapi.read.errors import Repair
from openapi.read.merging import properties_of

__all__ = ["required_without_property"]


def required_without_property(document: Document) -> Iterator[Repair]:
    """Remove names from `required` that are not properties (FACTS, Models)."""

    def change(schema: Schema) -> tuple[Schema, str] | None:
        if "required" not in schema:
            return None
        names = list(dict.fromkeys(str(name) for name in array(schema["required"])))
        if not names:
            return _optional(schema), "`required` is not a list of names: removed"
        # A member of an allOf may require a property of another member; `visit` checks the whole.
        known = properties_of(document, schema) if "properties" in schema or "allOf" in schema else None
        kept = [name for name in names if known is None or name in known]
        if known is None and schema.get("type") == "object":
            kept = []
        if kept == schema["required"]:
            return None
        gone = [name for name in names if name not in kept]
        result = {**schema, "required": kept} if kept else _optional(schema)
        return result, f"required names no property: {', '.join(gone) or 'one twice'}"

    # A member of an allOf is checked together with the other members.
    found: list[Repair] = []

    def visit(schema: Schema, where: str) -> Schema:
        if where.rsplit("/", 2)[-2:-1] == ["allOf"]:
            return schema
        changed = change(schema)
        if changed:
            found.append(Repair("required-without-property", where, changed[1]))
            schema = changed[0]
        if "allOf" in schema:
            known = properties_of(document, schema)
            members = [_narrowed(obj(member), known, where, found) for member in array(schema["allOf"])]
            schema = {**schema, "allOf": members}
        return schema

    map_schemas(document, visit)
    yield from found


def _narrowed(member: Schema, known: dict[str, Any], where: str, found: list[Repair]) -> Schema:
    required = [str(name) for name in array(member.get("required"))]
    gone = [name for name in required if name not in known]
    if "required" not in member or (required and not gone):
        return member
    found.append(Repair("required-without-property", where, f"required names no property: {', '.join(map(str, gone))}"))
    kept = [name for name in required if name in known]
    return {**member, "required": kept} if kept else _optional(member)


def _optional(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "required"}
