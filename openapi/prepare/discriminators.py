"""The discriminators that generated decoders can use: a decoder knows a union by its classes only."""

from __future__ import annotations

from typing import Any

from openapi.prepare.shape import is_free_form
from openapi.read.document import SCHEMA_PREFIX, Document, Schema, all_schemas, array, component, obj
from openapi.read.merging import effective, named_by

__all__ = ["discriminators"]

_UNUSED = "its discriminator is not used, and the first class that fits is taken"


def discriminators(document: Document) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Collect the discriminators of a prepared description.

    Returns:
        The property and the mapping by the sorted names of the classes, joined by "|"; and warnings about those that
        decoders cannot use, one line each.
    """
    found: dict[str, dict[str, Any]] = {}
    places: dict[str, list[str]] = {}
    warnings: list[str] = []
    for schema, where in all_schemas(document):
        said, names = obj(schema.get("discriminator")), _classes(document, schema)
        mapping = {value: component(target) for value, target in obj(said.get("mapping")).items()}
        kept = {value: name for value, name in mapping.items() if name in names}
        if said and names and not kept:
            warnings.append(f"{where}: {_UNUSED}: it names none of its classes")
        if not kept:
            continue
        key = "|".join(names)
        places.setdefault(key, []).append(where)
        known = found.setdefault(key, {"property": said["propertyName"], "mapping": {}})
        same = all(known["mapping"].get(value, name) == name for value, name in kept.items())
        known["mapping"] |= kept
        known["property"] = known["property"] if same and known["property"] == said["propertyName"] else None
    for key in [key for key, one in found.items() if one["property"] is None]:
        del found[key]
        warnings += [f"{where}: {_UNUSED}: it contradicts that of {places[key][0]}" for where in places[key][1:]]
    return found, warnings


def _classes(document: Document, schema: Schema) -> list[str]:
    """List the classes among the options of a union, sorted; options of other types have no discriminator."""
    options = [named_by(obj(one)) for one in (*array(schema.get("oneOf")), *array(schema.get("anyOf")))]
    return sorted({name for name in options if name and _is_class(document, name)})


def _is_class(document: Document, name: str) -> bool:
    found = effective(document, {"$ref": f"{SCHEMA_PREFIX}{name}"})
    return found.get("type", "object") == "object" and not is_free_form(found)
