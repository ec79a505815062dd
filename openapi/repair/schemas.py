"""Rules that repair the schemas of a description. See `operations` for how rules work."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from openapi.read.document import (
    SCHEMA_PREFIX,
    Document,
    Schema,
    array,
    component,
    is_obj,
    map_schemas,
    obj,
    schema_roots,
)
from openapi.read.errors import Fact, Repair
from openapi.repair import requirements
from openapi.repair.discriminators import malformed_discriminator
from openapi.repair.null_options import null_option
from openapi.repair.operations import normalized

__all__ = ["RULES"]

Change = tuple[Schema, str] | tuple[Schema, str, frozenset[Fact]]

_TYPES = {"string", "number", "integer", "boolean", "object", "array"}
# Known misspellings; a schema with another unknown type becomes untyped.
_TYPE_SPELLINGS: dict[str, dict[str, str]] = {
    "int": {"type": "integer"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "decimal": {"type": "number"},
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "text": {"type": "string"},
    "enum": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "timestamp": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"},
    "list": {"type": "array"},
    "dict": {"type": "object"},
    "map": {"type": "object"},
}
_BESIDE = {"description", "nullable", "readOnly", "writeOnly", "deprecated"}
_REMARKS = _BESIDE | {"title", "example", "externalDocs"}
# References into another part: the last step is the name of a property or the like, not of a schema.
_INSIDE = re.compile(r"#/(paths/|components/schemas/[^/]+/.)")
_FORMAT_SPELLINGS = {"datetime": "date-time", "fulldate": "date"}
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,),
    "object": (dict,), "array": (list,),
}  # fmt: skip


def _each(
    document: Document, fault: str, change: Callable[[Schema], Change | None], *, warns: bool = False
) -> Iterator[Repair]:
    found: list[Repair] = []

    def visit(schema: Schema, where: str) -> Schema:
        changed = change(schema)
        if changed is None:
            return schema
        found.append(Repair(fault, where, changed[1], changed[2] if len(changed) == 3 else frozenset(), warns=warns))
        return changed[0]

    map_schemas(document, visit)
    yield from found


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def not_a_schema(document: Document) -> Iterator[Repair]:
    """Replace a value that is not a schema by the schema that allows everything."""

    def fix(holder: Any, key: Any, where: str) -> Iterator[Repair]:
        if holder[key] is not True and not is_obj(holder[key]):
            yield Repair("not-a-schema", where, f"{json.dumps(holder[key])[:40]} is not a schema: untyped")
        schema = holder[key] = obj(holder[key])
        if not is_obj(schema.get("properties", {})):
            yield Repair("not-a-schema", where, "its properties are not an object: removed")
            del schema["properties"]
        for name in obj(schema.get("properties")):
            yield from fix(schema["properties"], name, f"{where}/properties/{name}")
        if isinstance(schema.get("items"), list):
            schema["items"] = (schema["items"] or [{}])[0] if len(schema["items"]) == 1 else {}
            yield Repair("items-as-list", where, "items of several kinds: untyped unless there is just one")
        for keyword in ("items", "not") if "not" in schema or "items" in schema else ():
            if keyword in schema:
                yield from fix(schema, keyword, f"{where}/{keyword}")
        if not isinstance(schema.get("additionalProperties", True), bool):
            yield from fix(schema, "additionalProperties", f"{where}/additionalProperties")
        for keyword in ("allOf", "anyOf", "oneOf"):
            members = array(schema.get(keyword))
            if keyword in schema and not members:
                yield Repair("empty-combination", where, f"{keyword} without members: removed")
                del schema[keyword]
            for index in range(len(members)):
                yield from fix(members, index, f"{where}/{keyword}/{index}")

    for where, holder, key in list(schema_roots(document)):
        yield from fix(holder, key, where)


def misplaced_reference(document: Document) -> Iterator[Repair]:
    """Complete references that lead nowhere, but end with the key of a schema."""
    known = obj(obj(document.get("components")).get("schemas"))

    def change(schema: Schema) -> Change | None:
        if "$ref" not in schema or component(schema["$ref"]) in known:
            return None
        reference = schema["$ref"]
        guess = str(reference).rsplit("/", 1)[-1]
        if guess not in known or _INSIDE.match(str(reference)):
            return None
        return {**schema, "$ref": f"{SCHEMA_PREFIX}{guess}"}, f"{reference!r} read as the schema {guess}"

    yield from _each(document, "misplaced-reference", change)


def dangling_reference(document: Document) -> Iterator[Repair]:
    """Make schemas with references that lead nowhere untyped."""
    known = obj(obj(document.get("components")).get("schemas"))

    def change(schema: Schema) -> Change | None:
        if "$ref" not in schema or component(schema["$ref"]) in known:
            return None
        return _without(schema, "$ref"), f"{schema['$ref']!r} is defined nowhere: untyped"

    yield from _each(document, "dangling-reference", change, warns=True)


def reference_siblings(document: Document) -> Iterator[Repair]:
    """Move a `$ref` with sibling keys into an `allOf`, because OpenAPI 3.0 ignores siblings of a `$ref`."""

    def change(schema: Schema) -> Change | None:
        if "$ref" not in schema or len(schema) == 1:
            return None
        rest = {key: value for key, value in schema.items() if key in _BESIDE or key.startswith("x-")}
        if not rest:
            return {"$ref": schema["$ref"]}, "the siblings of the reference were removed"
        return {**rest, "allOf": [{"$ref": schema["$ref"]}]}, "the reference was moved into an allOf"

    yield from _each(document, "reference-siblings", change)


def remark_as_member(document: Document) -> Iterator[Repair]:
    """Move members of an `allOf` that contain only annotations (`[$ref, {description}]`) to the schema itself."""

    def change(schema: Schema) -> Change | None:
        members = [obj(member) for member in array(schema.get("allOf"))]
        remarks = [one for one in members if all(key in _REMARKS or key.startswith("x-") for key in one)]
        if not remarks or len(remarks) == len(members):
            return None
        said = {key: value for one in remarks for key, value in one.items()}
        kept = [one for one in members if one not in remarks]
        return {**said, **schema, "allOf": kept}, "a member with annotations only was moved beside the allOf"

    yield from _each(document, "remark-as-member", change)


def odd_type(document: Document) -> Iterator[Repair]:
    """Correct the spelling of types and formats, and add a missing type that other keywords imply."""

    def change(schema: Schema) -> Change | None:
        if "$ref" in schema:
            return None
        result, said = dict(schema), schema.get("type")
        several = array(said)
        if several:
            names = [name for name in several if isinstance(name, str) and name in _TYPES]
            result.pop("type")
            result |= {"nullable": True} if len(names) < len(several) else {}
            result |= {"type": names[0]} if len(names) == 1 else {}
        elif "type" in schema and (not isinstance(said, str) or said not in _TYPES):
            result.pop("type")
            result |= _TYPE_SPELLINGS.get(
                normalized(said), {"type": normalized(said)} if normalized(said) in _TYPES else {}
            )
        if "type" not in result:
            result |= {"type": "object"} if "properties" in result else {"type": "array"} if "items" in result else {}
        if "format" in schema and not isinstance(schema["format"], str):
            result.pop("format")
        elif normalized(schema.get("format")) in _FORMAT_SPELLINGS:
            result["format"] = _FORMAT_SPELLINGS[normalized(schema["format"])]
        if result == schema:
            return None
        return result, f"type {said!r} read as {result.get('type', 'anything')}"

    yield from _each(document, "odd-type", change)


def not_text(document: Document) -> Iterator[Repair]:
    """Remove a description that is not a string."""

    def change(schema: Schema) -> Change | None:
        if isinstance(schema.get("description", ""), str):
            return None
        return _without(schema, "description"), "its description is not a string: removed"

    yield from _each(document, "not-text", change)


def array_without_items(document: Document) -> Iterator[Repair]:
    """Add empty `items` to an array without `items`; otherwise the generator drops everything that uses the array."""

    def change(schema: Schema) -> Change | None:
        if schema.get("type") == "array" and "items" not in schema:
            return {**schema, "items": {}}, "its items can be anything"
        return None

    yield from _each(document, "array-without-items", change)


def odd_enum(document: Document) -> Iterator[Repair]:
    """Convert every enum to unique strings or unique integers; remove one that cannot be converted."""

    def change(schema: Schema) -> Change | None:
        if "enum" not in schema:
            return None
        said = array(schema["enum"])
        values = list({json.dumps(value): value for value in said if value is not None}.values())
        kind, better = _as_one_kind(schema.get("type"), values)
        # The list of names must match the list of values.
        result = _without(schema, "enum", *(["x-enum-varnames"] if len(better) != len(said) else []))
        result |= ({"type": kind} if kind else {}) | ({"enum": better} if better else {})
        result |= {"nullable": True} if None in said else {}
        if result == schema:
            return None
        gone = frozenset(("enum", json.dumps(value)) for value in said if value not in better)
        if not better:
            return result, "values of several kinds, or none: any value is allowed", gone
        return (
            result,
            "null was replaced by nullable" if None in said else "its values were made unique and of one type",
            gone,
        )

    yield from _each(document, "odd-enum", change)


def _as_one_kind(said: object, values: list[Any]) -> tuple[str | None, list[Any]]:
    """Return the type of an enum and its values in that type, or no values if they have no common type."""
    kinds: set[type[object]] = {type(value) for value in values}
    if kinds == {bool} and said in (None, "boolean"):
        return "boolean", values
    if said == "string" and kinds <= {str, int, float, bool}:
        return "string", [value if isinstance(value, str) else json.dumps(value) for value in values]
    if said is None and kinds == {str}:
        return "string", values
    whole = all(re.fullmatch(r"-?\d+(\.0)?", str(value)) for value in values)
    if whole and (said in ("integer", "number") or (said is None and kinds <= {int, float})):
        return str(said or "integer"), [int(float(value)) for value in values]
    return (str(said) if said else None), []


def unusable_default(document: Document) -> Iterator[Repair]:
    """Remove a default that is not of the declared type, or not in the enum."""

    def change(schema: Schema) -> Change | None:
        if "default" not in schema:
            return None
        value, said = schema["default"], schema.get("type")
        right_type = said not in _PYTHON_TYPES or isinstance(value, _PYTHON_TYPES[said])
        if (right_type and not (said in ("integer", "number") and isinstance(value, bool))) and (
            "enum" not in schema or value in schema["enum"]
        ):
            return None
        return _without(schema, "default"), f"the default {json.dumps(value)} is not of its type"

    yield from _each(document, "unusable-default", change)


def titles(document: Document) -> Iterator[Repair]:
    """Convert titles to descriptions; the generator names classes by titles, and drops one of two equal classes."""
    shared = Counter(
        normalized(obj(holder[key]).get("title"))
        for _, holder, key in schema_roots(document)
        if "title" in obj(holder[key])
    )

    def visit(schema: Schema, where: str) -> Schema:
        if "title" not in schema:
            return schema
        title = schema["title"]
        if shared[normalized(title)] > 1:
            found.append(
                Repair("shared-title", where, f"{title!r} is the title of {shared[normalized(title)]} schemas")
            )
        result = _without(schema, "title")
        if (
            "description" not in result
            and "$ref" not in result
            and normalized(title) != normalized(where.rsplit("/", 1)[-1])
        ):
            result["description"] = str(title)
        return result

    found: list[Repair] = []
    map_schemas(document, visit)
    yield from found


RULES = (
    not_a_schema,
    null_option,
    misplaced_reference,
    dangling_reference,
    reference_siblings,
    remark_as_member,
    odd_type,
    not_text,
    array_without_items,
    malformed_discriminator,
    odd_enum,
    unusable_default,
    requirements.required_without_property,
    titles,
)
