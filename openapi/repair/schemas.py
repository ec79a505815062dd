"""Rules that put right what a description says wrongly of its data. See `cure_calls` for how rules work."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from openapi.read.document import (
    SCHEMA_PREFIX,
    Document,
    array,
    component,
    is_obj,
    map_schemas,
    obj,
    resolve,
    schema_roots,
)
from openapi.read.errors import Cured, Fact
from openapi.repair.calls import letters

__all__ = ["RULES", "properties_of"]

Schema = dict[str, Any]
Change = tuple[Schema, str] | tuple[Schema, str, frozenset[Fact]]

_TYPES = {"string", "number", "integer", "boolean", "object", "array"}
# Spellings that occur; anything else is taken as untyped.
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
_FORMAT_SPELLINGS = {"datetime": "date-time", "fulldate": "date"}
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,),
    "object": (dict,), "array": (list,),
}  # fmt: skip


def _each(document: Document, fault: str, change: Callable[[Schema], Change | None]) -> Iterator[Cured]:
    found: list[Cured] = []

    def visit(schema: Schema, where: str) -> Schema:
        changed = change(schema)
        if changed is None:
            return schema
        found.append(Cured(fault, where, changed[1], changed[2] if len(changed) == 3 else frozenset()))
        return changed[0]

    map_schemas(document, visit)
    yield from found


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def not_a_schema(document: Document) -> Iterator[Cured]:
    """Take whatever stands in the place of a schema, and is none, as the schema that allows everything."""

    def fix(holder: Any, key: Any, where: str) -> Iterator[Cured]:
        if holder[key] is not True and not is_obj(holder[key]):
            yield Cured("not-a-schema", where, f"{json.dumps(holder[key])[:40]} is no schema: untyped")
        schema = holder[key] = obj(holder[key])
        if not is_obj(schema.get("properties", {})):
            yield Cured("not-a-schema", where, "its properties are no object: left out")
            del schema["properties"]
        for name in obj(schema.get("properties")):
            yield from fix(schema["properties"], name, f"{where}/properties/{name}")
        if isinstance(schema.get("items"), list):
            schema["items"] = (schema["items"] or [{}])[0] if len(schema["items"]) == 1 else {}
            yield Cured("items-as-list", where, "items of several kinds: untyped unless there is just one")
        for keyword in ("items", "not") if "not" in schema or "items" in schema else ():
            if keyword in schema:
                yield from fix(schema, keyword, f"{where}/{keyword}")
        if not isinstance(schema.get("additionalProperties", True), bool):
            yield from fix(schema, "additionalProperties", f"{where}/additionalProperties")
        for keyword in ("allOf", "anyOf", "oneOf"):
            members = array(schema.get(keyword))
            if keyword in schema and not members:
                yield Cured("empty-combination", where, f"{keyword} without members left out")
                del schema[keyword]
            for index in range(len(members)):
                yield from fix(members, index, f"{where}/{keyword}/{index}")

    for where, holder, key in list(schema_roots(document)):
        yield from fix(holder, key, where)


def dangling_reference(document: Document) -> Iterator[Cured]:
    """Repair references that name a schema without saying where; take those that lead nowhere as untyped."""
    known = obj(obj(document.get("components")).get("schemas"))

    def change(schema: Schema) -> Change | None:
        if "$ref" not in schema or component(schema["$ref"]) in known:
            return None
        reference = schema["$ref"]
        guess = str(reference).rsplit("/", 1)[-1]
        if guess in known:
            return {**schema, "$ref": f"{SCHEMA_PREFIX}{guess}"}, f"{reference!r} read as the schema {guess}"
        return _without(schema, "$ref"), f"{reference!r} is defined nowhere: untyped"

    yield from _each(document, "dangling-reference", change)


def reference_siblings(document: Document) -> Iterator[Cured]:
    """Put a `$ref` that has company into an `allOf`: OpenAPI 3.0 ignores whatever stands beside a `$ref`."""

    def change(schema: Schema) -> Change | None:
        if "$ref" not in schema or len(schema) == 1:
            return None
        rest = {key: value for key, value in schema.items() if key in _BESIDE or key.startswith("x-")}
        if not rest:
            return {"$ref": schema["$ref"]}, "what stands beside the reference was left out"
        return {**rest, "allOf": [{"$ref": schema["$ref"]}]}, "the reference was put into an allOf"

    yield from _each(document, "reference-siblings", change)


def remark_as_member(document: Document) -> Iterator[Cured]:
    """Take a member of an `allOf` that only remarks on the others (`[$ref, {description}]`) as said of the whole."""

    def change(schema: Schema) -> Change | None:
        members = [obj(member) for member in array(schema.get("allOf"))]
        remarks = [one for one in members if all(key in _REMARKS or key.startswith("x-") for key in one)]
        if not remarks or len(remarks) == len(members):
            return None
        said = {key: value for one in remarks for key, value in one.items()}
        kept = [one for one in members if one not in remarks]
        return {**said, **schema, "allOf": kept}, "a member that holds no data was put beside the allOf"

    yield from _each(document, "remark-as-member", change)


def odd_type(document: Document) -> Iterator[Cured]:
    """Write types and formats as JSON Schema does, and say the type where the rest makes it plain."""

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
            result |= _TYPE_SPELLINGS.get(letters(said), {"type": letters(said)} if letters(said) in _TYPES else {})
        if "type" not in result:
            result |= {"type": "object"} if "properties" in result else {"type": "array"} if "items" in result else {}
        if "format" in schema and not isinstance(schema["format"], str):
            result.pop("format")
        elif letters(schema.get("format")) in _FORMAT_SPELLINGS:
            result["format"] = _FORMAT_SPELLINGS[letters(schema["format"])]
        if result == schema:
            return None
        return result, f"type {said!r} read as {result.get('type', 'anything')}"

    yield from _each(document, "odd-type", change)


def not_text(document: Document) -> Iterator[Cured]:
    """Drop a description that is no text."""

    def change(schema: Schema) -> Change | None:
        if isinstance(schema.get("description", ""), str):
            return None
        return _without(schema, "description"), "its description is no text: left out"

    yield from _each(document, "not-text", change)


def array_without_items(document: Document) -> Iterator[Cured]:
    """Let an array that does not say of what hold anything; the generator would drop what uses it."""

    def change(schema: Schema) -> Change | None:
        if schema.get("type") == "array" and "items" not in schema:
            return {**schema, "items": {}}, "its items can be anything"
        return None

    yield from _each(document, "array-without-items", change)


def malformed_discriminator(document: Document) -> Iterator[Cured]:
    """Keep a discriminator that says which value means which schema; another one means nothing (FACTS, Models).

    The published one names the property `type`, whose values are catalog items and no schemas. A validator would look
    for a schema of that name, find none, and refuse the data.
    """
    known = obj(obj(document.get("components")).get("schemas"))

    def change(schema: Schema) -> Change | None:
        if "discriminator" not in schema:
            return None
        said = obj(schema["discriminator"])
        choices = [
            component(obj(one).get("$ref")) for one in (*array(schema.get("oneOf")), *array(schema.get("anyOf")))
        ]
        targets = {value: component(target) or target for value, target in obj(said.get("mapping")).items()}
        mapping = {value: key for value, key in targets.items() if isinstance(key, str) and key in known}
        mapping = mapping or {key: key for key in choices if key}  # Unsaid, the key is the value.
        if not isinstance(said.get("propertyName"), str) or not mapping:
            return _without(schema, "discriminator"), "it does not say which value means which schema: left out"
        better = {
            "propertyName": said["propertyName"],
            "mapping": {value: f"{SCHEMA_PREFIX}{key}" for value, key in mapping.items()},
        }
        return None if said == better else ({**schema, "discriminator": better}, "written as OpenAPI demands")

    yield from _each(document, "malformed-discriminator", change)


def odd_enum(document: Document) -> Iterator[Cured]:
    """Make every enum a list of different texts, or of different whole numbers; one that cannot be is no enum."""

    def change(schema: Schema) -> Change | None:
        if "enum" not in schema:
            return None
        said = array(schema["enum"])
        values = list({json.dumps(value): value for value in said if value is not None}.values())
        kind, better = _as_one_kind(schema.get("type"), values)
        # Names of values stand beside them one by one, or not at all.
        result = _without(schema, "enum", *(["x-enum-varnames"] if len(better) != len(said) else []))
        result |= ({"type": kind} if kind else {}) | ({"enum": better} if better else {})
        result |= {"nullable": True} if None in said else {}
        if result == schema:
            return None
        gone = frozenset(("enum", json.dumps(value)) for value in said if value not in better)
        if not better:
            return result, "values of several kinds, or none: any value is allowed", gone
        return result, "null is no value but nullable" if None in said else "its values were put in order", gone

    yield from _each(document, "odd-enum", change)


def _as_one_kind(said: object, values: list[Any]) -> tuple[str | None, list[Any]]:
    """Give the type of an enum and its values in that type, or no values where they have none in common."""
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


def unusable_default(document: Document) -> Iterator[Cured]:
    """Drop a default that is not of the declared type, or not among the values."""

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


def required_without_property(document: Document) -> Iterator[Cured]:
    """Let `required` name only properties that there are (FACTS, Models)."""

    def change(schema: Schema) -> Change | None:
        if "required" not in schema:
            return None
        names = list(dict.fromkeys(str(name) for name in array(schema["required"])))
        if not names:
            return _without(schema, "required"), "`required` is no list of names: left out"
        # A member of an allOf may require what another member describes; the whole is looked at elsewhere.
        known = properties_of(document, schema) if "properties" in schema or "allOf" in schema else None
        kept = [name for name in names if known is None or name in known]
        if known is None and schema.get("type") == "object":
            kept = []
        if kept == schema["required"]:
            return None
        gone = [name for name in names if name not in kept]
        result = {**schema, "required": kept} if kept else _without(schema, "required")
        return result, f"required names no property: {', '.join(gone) or 'one twice'}"

    # Inside an allOf the siblings count too, so members are not judged on their own.
    found: list[Cured] = []

    def visit(schema: Schema, where: str) -> Schema:
        if where.rsplit("/", 2)[-2:-1] == ["allOf"]:
            return schema
        changed = change(schema)
        if changed:
            found.append(Cured("required-without-property", where, changed[1]))
            schema = changed[0]
        if "allOf" in schema:
            known = properties_of(document, schema)
            members = [_narrowed(obj(member), known, where, found) for member in array(schema["allOf"])]
            schema = {**schema, "allOf": members}
        return schema

    map_schemas(document, visit)
    yield from found


def _narrowed(member: Schema, known: dict[str, Any], where: str, found: list[Cured]) -> Schema:
    required = [str(name) for name in array(member.get("required"))]
    gone = [name for name in required if name not in known]
    if "required" not in member or (required and not gone):
        return member
    found.append(Cured("required-without-property", where, f"required names no property: {', '.join(map(str, gone))}"))
    kept = [name for name in required if name in known]
    return {**member, "required": kept} if kept else _without(member, "required")


def properties_of(document: Document, schema: Schema) -> dict[str, Any]:
    """Collect the properties of an object schema, those of its allOf members first, each as it is narrowed last."""
    return _properties_of(document, schema, frozenset())


def _properties_of(document: Document, schema: Schema, seen: frozenset[int]) -> dict[str, Any]:
    found = resolve(document, schema)
    if id(found) in seen:
        return {}
    result: dict[str, Any] = {}
    for member in array(found.get("allOf")):
        result |= _properties_of(document, obj(member), seen | {id(found)})
    return result | obj(found.get("properties"))


def titles(document: Document) -> Iterator[Cured]:
    """Turn titles into descriptions: the generator names classes by them, and drops one of two that share a title."""
    shared = Counter(
        letters(obj(holder[key]).get("title"))
        for _, holder, key in schema_roots(document)
        if "title" in obj(holder[key])
    )

    def visit(schema: Schema, where: str) -> Schema:
        if "title" not in schema:
            return schema
        title = schema["title"]
        if shared[letters(title)] > 1:
            found.append(Cured("shared-title", where, f"{title!r} is the title of {shared[letters(title)]} schemas"))
        result = _without(schema, "title")
        if "description" not in result and "$ref" not in result and letters(title) != letters(where.rsplit("/", 1)[-1]):
            result["description"] = str(title)
        return result

    found: list[Cured] = []
    map_schemas(document, visit)
    yield from found


RULES = (
    not_a_schema,
    dangling_reference,
    reference_siblings,
    remark_as_member,
    odd_type,
    not_text,
    array_without_items,
    malformed_discriminator,
    odd_enum,
    unusable_default,
    required_without_property,
    titles,
)
