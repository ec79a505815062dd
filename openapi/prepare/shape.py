"""Moving and renaming of the schemas of a description, so that every class is a component with the class's name.

The meaning of schemas stays, except that `required` is removed from responses (FACTS, Lists: with `fields`, any
property can be absent), and read-only properties from what requests require.
"""

from __future__ import annotations

import json
from typing import Any

from openapi.prepare.schema_names import Names, enum_names, given_enum_names, pascal
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
    referenced,
    schema_roots,
    subschemas,
)
from openapi.read.merging import effective, named_by, properties_of

__all__ = ["HINT", "MEMBER_NAMES", "READ_AS", "in_requests", "in_responses", "is_flag", "is_free_form", "shape_schemas"]

HINT = "x-python-name"
# Overlay key for the Python type of a property, whatever its type on the wire; only `boolean` is supported.
READ_AS = "x-python-type"
# Key for the names of the members of an enum, in the order of its values.
MEMBER_NAMES = "x-enum-varnames"


def shape_schemas(document: Document) -> list[str]:
    """Rename and move the schemas of a document whose operations are named, in place.

    Returns:
        Warnings, one line each.
    """
    warnings: list[str] = []
    # The module of a resource imports the classes of its results, and defines these two.
    resources = {pascal(operation["tags"][0]) for _, _, operation in operations(document)}
    names = Names(f"{resource}{suffix}" for resource in resources for suffix in ("Resource", "Raw"))
    _rename(document, _hints(document, warnings), names)
    _Hoist(document, names).everything()
    _loosen(document)
    map_schemas(document, lambda schema, where: _without_read_only(document, schema))
    map_schemas(document, lambda schema, where: _with_member_names(schema, where, warnings))
    return warnings


def is_free_form(schema: Schema) -> bool:
    """Return whether a schema is an object without described properties."""
    said = {"$ref", "properties", "allOf", "anyOf", "oneOf", "enum"} & schema.keys()
    return schema.get("type") == "object" and not said and schema.get("additionalProperties", True) in (True, {})


def is_flag(schema: Schema) -> bool:
    """Return whether a parameter is a boolean that is sent as 1 or 0 (FACTS, Models: `isOverdue`)."""
    return schema.get("type") in ("number", "integer") and sorted(map(str, array(schema.get("enum")))) == ["0", "1"]


def reachable(document: Document, roots: list[Schema]) -> set[str]:
    """Collect the keys of the component schemas that are reachable from the given schemas."""
    schemas = obj(document["components"]["schemas"])
    todo = [key for root in roots for key in referenced(root)]
    found: set[str] = set()
    while todo:
        key = todo.pop()
        if key not in found and key in schemas:
            found.add(key)
            todo += referenced(obj(schemas[key]))
    return found


def in_requests(document: Document) -> set[str]:
    """Collect the keys of the component schemas that request bodies use or may use.

    These are the schemas that bodies reference, the variants that extend one of those, and schemas that no operation
    references, because variants are published without a reference (FACTS, Request types).
    """
    schemas = obj(document["components"]["schemas"])
    bodies = [
        obj(obj(media).get("schema"))
        for _, _, operation in operations(document)
        for media in obj(obj(operation.get("requestBody")).get("content")).values()
    ]
    found = reachable(document, bodies)
    found |= schemas.keys() - in_responses(document) - found
    while True:
        variants = [
            key
            for key, schema in schemas.items()
            if key not in found
            and any(component(obj(part).get("$ref")) in found for part in array(obj(schema).get("allOf")))
        ]
        if not variants:
            return found
        found |= reachable(document, [{"$ref": f"{SCHEMA_PREFIX}{key}"} for key in variants])


def in_responses(document: Document) -> set[str]:
    """Collect the keys of the component schemas that responses use."""
    answers = [
        obj(obj(media).get("schema"))
        for _, _, operation in operations(document)
        for response in obj(operation.get("responses")).values()
        for media in obj(obj(response).get("content")).values()
    ]
    return reachable(document, answers)


def _hints(document: Document, warnings: list[str]) -> dict[str, str]:
    """Collect the names that the overlay gives to components, at the schema or at a reference to it."""
    map_schemas(document, _hint_for_items)
    schemas = obj(document["components"]["schemas"])
    hints = {key: str(obj(schema)[HINT]) for key, schema in schemas.items() if HINT in obj(schema)}

    def visit(schema: Schema, where: str) -> Schema:
        key = named_by(schema)
        if HINT not in schema or key is None or where == f"{SCHEMA_PREFIX}{key}":
            return schema
        if hints.setdefault(key, str(schema[HINT])) != schema[HINT]:
            warnings.append(f"{where} asks for the name {schema[HINT]}, but {key} is {hints[key]} already")
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        return {name: value for name, value in schema.items() if name != HINT}

    map_schemas(document, visit)
    return hints


def _hint_for_items(schema: Schema, where: str) -> Schema:
    """Move the name that is wanted for an array to its items, because an array has no class."""
    del where
    if HINT not in schema or "items" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != HINT}
    return {**rest, "items": {HINT: schema[HINT], **obj(schema["items"])}}


def _rename(document: Document, hints: dict[str, str], names: Names) -> None:
    schemas = obj(document["components"]["schemas"])
    # Schemas with a wanted name choose first, then schemas whose key is already a class name.
    # A name that the overlay gives to a place is reserved for the schema at that place.
    names.keep(_wanted_inline(document))
    order = sorted(schemas, key=lambda key: (key not in hints, pascal(key) != key, key))
    renamed = {key: names.take(hints.get(key, key), kept=key in hints) for key in order}

    def visit(schema: Schema, where: str) -> Schema:
        del where
        result = dict(schema)
        key = component(schema.get("$ref"))
        if key is not None:
            result["$ref"] = f"{SCHEMA_PREFIX}{renamed[key]}"
        mapping = obj(obj(schema.get("discriminator")).get("mapping"))
        if mapping:
            targets = {value: component(target) or target for value, target in mapping.items()}
            kept = {value: f"{SCHEMA_PREFIX}{renamed[key]}" for value, key in targets.items() if key in renamed}
            result["discriminator"] = {**schema["discriminator"], "mapping": kept}
        return result

    map_schemas(document, visit)
    result: dict[str, Any] = {}
    for key, schema in obj(document["components"]["schemas"]).items():
        plain = {name: value for name, value in schema.items() if name != HINT}
        result[renamed[key]] = {"x-key": key, **plain} if renamed[key] != key else plain
    document["components"]["schemas"] = result


def _wanted_inline(document: Document) -> set[str]:
    found: set[str] = set()

    def visit(schema: Schema, where: str) -> Schema:
        if HINT in schema and component(where) not in obj(document["components"]["schemas"]):
            found.add(str(schema[HINT]))
        return schema

    map_schemas(document, visit)
    return found


class _Hoist:
    """A step that moves inline objects and enums to components."""

    def __init__(self, document: Document, names: Names) -> None:
        self._document = document
        self._schemas = obj(document["components"]["schemas"])
        self._names = names
        self._seen: dict[str, str] = {}

    def everything(self) -> None:
        for key in list(self._schemas):
            self._inside(self._schemas[key], key)
        for _, _, operation in operations(self._document):
            base = pascal(operation["operationId"])
            for parameter in parameters(operation):
                if not is_flag(obj(parameter.get("schema"))):
                    self._at(parameter, "schema", f"{base}_{parameter['name']}", shared=True)
            for media in obj(obj(operation.get("requestBody")).get("content")).values():
                self._at(media, "schema", f"{base}_Body")
            for status, response in obj(operation.get("responses")).items():
                for media in obj(obj(response).get("content")).values():
                    name = f"{base}_Response" if status.startswith("2") else f"{base}_Response_{status}"
                    self._at(media, "schema", name, shared=True)

    def _at(self, holder: Any, key: Any, name: str, *, shared: bool = False) -> None:
        """Move one inline schema; a shared one becomes a reference to an equal component."""
        schema = obj(holder[key])
        wanted = str(schema.get(HINT, name))
        if not self._is_class(schema):
            self._inside(schema, wanted, shared=shared)
            return
        plain = {name: value for name, value in schema.items() if name != HINT}
        same = self._same(plain) if shared and HINT not in schema else None
        if same is None:
            same = self._names.take(wanted, kept=HINT in schema)
            self._schemas[same] = plain
            self._seen.setdefault(_core(plain), same)
            self._inside(plain, same)
        holder[key] = {"$ref": f"{SCHEMA_PREFIX}{same}"}

    def _same(self, schema: Schema) -> str | None:
        if "enum" in schema:
            twins = [key for key, known in self._schemas.items() if obj(known).get("enum") == schema["enum"]]
            return twins[0] if len(twins) == 1 else self._seen.get(_core(schema))
        return self._seen.get(_core(schema))

    def _inside(self, schema: Schema, name: str, *, shared: bool = False) -> None:
        for inner in obj(schema.get("properties")):
            self._at(schema["properties"], inner, f"{name}_{inner}")
        if "items" in schema:
            self._at(schema, "items", f"{name}_Item", shared=shared)
        if isinstance(schema.get("additionalProperties"), dict):
            self._at(schema, "additionalProperties", f"{name}_Value")
        for member in array(schema.get("allOf")):
            self._inside(obj(member), name)
        for keyword in ("anyOf", "oneOf"):
            members = array(schema.get(keyword))
            for index in range(len(members)):
                self._at(members, index, f"{name}_Option{index + 1}")

    def _is_class(self, schema: Schema) -> bool:
        if "enum" in schema:
            return schema.get("type") != "boolean" and READ_AS not in schema
        parts = array(schema.get("allOf"))
        if parts and not (len(parts) == 1 and "$ref" in obj(parts[0]) and "properties" not in schema):
            return True
        typed_map = obj(schema.get("additionalProperties")) != {}
        return "$ref" not in schema and (bool(obj(schema.get("properties"))) or (typed_map and not parts))


def _core(schema: Schema) -> str:
    # Annotations are left out, because schemas that differ only in annotations count as equal.
    return json.dumps(
        {k: v for k, v in schema.items() if k not in ("description", "example", "x-source")}, sort_keys=True
    )


def _loosen(document: Document) -> None:
    """Remove `required` from schemas that no request body uses."""
    kept = in_requests(document)
    schemas = obj(document["components"]["schemas"])
    for key, schema in schemas.items():
        if key not in kept:
            _not_required(obj(schema))
    for where, holder, key in schema_roots(document):
        if not where.startswith(SCHEMA_PREFIX) and not where.endswith(" body"):
            _not_required(obj(holder[key]))


def _not_required(schema: Schema) -> None:
    if schema.get("type") == "object" or "properties" in schema:
        schema.pop("required", None)
    for path, inner in subschemas(schema):
        # Inside `not`, `anyOf` and `oneOf`, `required` distinguishes alternatives.
        if path.split("/")[0] in ("properties", "items", "additionalProperties", "allOf"):
            inner.pop("required", None)
            _not_required(inner)


def _without_read_only(document: Document, schema: Schema) -> Schema:
    """Remove properties that are read-only from `required`, which holds for responses only (OpenAPI 3.0.3, Schema)."""
    properties = properties_of(document, schema)
    names = {name for name, inner in properties.items() if effective(document, inner).get("readOnly")}
    return _not_requiring(schema, names) if names else schema


def _not_requiring(schema: Schema, names: set[str]) -> Schema:
    result = {key: value for key, value in schema.items() if key != "required"}
    left = [name for name in array(schema.get("required")) if name not in names]
    if left:
        result["required"] = left
    if "allOf" in schema:
        result["allOf"] = [_not_requiring(obj(member), names) for member in array(schema["allOf"])]
    return result


def _with_member_names(schema: Schema, where: str, warnings: list[str]) -> Schema:
    values = array(schema.get("enum"))
    if not values or schema.get("type") == "boolean" or READ_AS in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != MEMBER_NAMES}
    names = given_enum_names(schema.get(MEMBER_NAMES), len(values))
    if not names and MEMBER_NAMES in schema:
        warnings.append(f"{where}: its {MEMBER_NAMES} are not one identifier for each value: values give the names")
    if not names and is_flag(schema):
        return rest
    return {**rest, MEMBER_NAMES: names or enum_names(values)}
