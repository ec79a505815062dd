"""The rule that resolves references to parts that are no components, so that later rules and steps need not.

A reference is a JSON pointer in a URI fragment (RFC 6901, section 6) and can lead anywhere in the document: bundling
tools write references into paths and into other schemas.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import chain, count, pairwise
from typing import Any
from urllib.parse import unquote

from openapi.read.document import SCHEMA_PREFIX, Document, array, is_array, is_obj, obj
from openapi.read.errors import Repair

__all__ = ["pointer_reference"]

Part = dict[str, Any]
Steps = tuple[str, ...]

# Keywords with names as keys, and keywords with data, in which `$ref` means nothing.
_NAMED = {
    "paths", "schemas", "parameters", "responses", "requestBodies", "headers", "pathItems", "callbacks", "content",
    "properties", "patternProperties", "dependentSchemas", "$defs", "definitions",
}  # fmt: skip
_DATA = {"example", "examples", "default", "enum", "const"}
# The last step of a pointer to a schema, or the last but one.
_HOLDS_SCHEMA = {"schema", "items", "additionalProperties", "not"}
_HOLDS_SCHEMAS = {"properties", "patternProperties", "$defs", "definitions", "allOf", "anyOf", "oneOf", "prefixItems"}
_UNTOLD = _HOLDS_SCHEMA | _HOLDS_SCHEMAS | {"components", "schemas", "paths", "responses", "parameters", "content"}


def pointer_reference(document: Document) -> Iterator[Repair]:
    """Make a schema inside another part a component if a `$ref` leads to it; copy other parts to where they are used.

    References to components and paths are written without percent-encoding.
    """
    todo = [(reference, frozenset[str]()) for reference in _references(document)]
    for holder, followed in todo:
        pointer = str(holder["$ref"])
        target, steps = _target(document, pointer)
        if target is None or target is holder or pointer in followed:
            continue  # Later rules report it.
        if (steps[0], len(steps)) in (("components", 3), ("paths", 2)):
            plain = "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
            if plain != pointer and unquote(pointer) != pointer:
                holder["$ref"] = plain
                yield Repair("pointer-reference", pointer, f"written as {plain}")
            continue
        if _is_schema(steps):
            if "$ref" not in target:
                key = _make_component(document, target, steps)
                yield Repair("pointer-reference", pointer, f"its target was made the schema {key}")
            holder["$ref"] = target["$ref"]
        else:
            beside = {key: value for key, value in holder.items() if key != "$ref"}
            inside = copy.deepcopy(target)
            holder.clear()
            holder.update(inside | beside)
            yield Repair("pointer-reference", pointer, "its target was copied to where it is used")
        todo += [(one, followed | {pointer}) for one in _references(holder)]


def _references(value: object, *, named: bool = False) -> Iterator[Part]:
    """Iterate over the objects with a `$ref`; `named` says that the keys of the value are names, not keywords."""
    if is_array(value):
        for one in array(value):
            yield from _references(one)
    for key, one in list(obj(value).items()):
        if named or (key not in _DATA and not key.startswith("x-")):
            yield from _references(one, named=not named and key in _NAMED and is_obj(one))
    if not named and isinstance(obj(value).get("$ref"), str):
        yield obj(value)


def _target(document: Document, pointer: str, seen: frozenset[str] = frozenset()) -> tuple[Part | None, Steps]:
    """Return the object that a pointer leads to, and the steps to it; None if it leads to none."""
    if pointer in seen:
        return None, ()
    # A name can contain a percent sign that encodes nothing.
    for written in dict.fromkeys((pointer, unquote(pointer))):
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in written[2:].split("/"))
        current: Any = document if written.startswith("#/") else None
        for step in steps:
            current = _inside(document, current, step, seen | {pointer})
        if is_obj(current):
            return obj(current), steps
    return None, ()


def _inside(document: Document, value: object, step: str, seen: frozenset[str]) -> Any:
    if is_array(value):
        return {str(index): one for index, one in enumerate(array(value))}.get(step)
    found = obj(value)
    if step not in found and isinstance(found.get("$ref"), str):
        found = obj(_target(document, found["$ref"], seen)[0])
    return found.get(step)


def _is_schema(steps: Steps) -> bool:
    before, last = ("", *steps)[-2:]
    return before in _HOLDS_SCHEMAS or (last in _HOLDS_SCHEMA and before not in _NAMED)


def _make_component(document: Document, schema: Part, steps: Steps) -> str:
    """Move a schema to the components, leave a reference in its place, and return its key."""
    schemas = document["components"]["schemas"]
    title = str(schema.get("title"))
    told = [step for before, step in pairwise(("", *steps)) if step not in _UNTOLD and before != "content"]
    words = [title] if schema.get("title") and title.isidentifier() else re.findall(r"[A-Za-z0-9]+", " ".join(told))
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Schema"
    key = next(key for key in chain([name], (f"{name}{number}" for number in count(2))) if key not in schemas)
    schemas[key] = dict(schema)
    schema.clear()
    schema["$ref"] = f"{SCHEMA_PREFIX}{key}"
    return key
