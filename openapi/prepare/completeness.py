"""Check that a stage of the preparation loses no part of the description.

It compares the meaning of two documents with references resolved, independent of the steps in between, so that it finds
mistakes of those steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from openapi.read.document import SCHEMA_PREFIX, Document, Schema, array, obj, operations, resolve
from openapi.read.errors import Fact, Repair
from openapi.read.merging import is_null, properties_of

__all__ = ["missing_from"]

_DATA = {"type", "enum", "properties", "items", "additionalProperties", "anyOf", "oneOf"}


def missing_from(later: Document, earlier: Document, repairs: Iterable[Repair]) -> list[str]:
    """List the operations, parameters, responses, models, properties and values that only the earlier document has.

    Args:
        later: the document after the stage.
        earlier: the document before it.
        repairs: repairs, which may remove parts.
    """
    removed = frozenset[Fact]().union(*(one.removes for one in repairs))
    return list(dict.fromkeys(_Comparison(later, earlier, removed).all()))


class _Comparison:
    def __init__(self, later: Document, earlier: Document, removed: frozenset[Fact]) -> None:
        self._later = later
        self._earlier = earlier
        self._removed = removed
        self._seen: set[tuple[int, int]] = set()
        # Schemas are identified by id(), so that temporary ones must stay alive.
        self._alive: list[Any] = []

    def all(self) -> Iterator[str]:
        yield from self._components()  # First, so that a missing property is reported with its model.
        paths = {fact[1]: fact[2] for fact in self._removed if fact[0] == "path"}
        kept = {(path, method): operation for path, method, operation in operations(self._later)}
        for path, method, operation in operations(self._earlier):
            call = f"{method.upper()} {paths.get(path, path)}"
            found = kept.get((paths.get(path, path), method))
            if found is None:
                yield f"operation {call}"
                continue
            yield from self._parameters(call, obj(obj(self._earlier["paths"])[path]), operation, found)
            yield from self._responses(call, operation, found)
            body, kept_body = self._part("requestBodies", operation.get("requestBody")), obj(found.get("requestBody"))
            yield from self._contents(call, "body", body, kept_body)

    def _part(self, kind: str, value: object) -> dict[str, Any]:
        current, steps = obj(value), 0
        while "$ref" in current and steps < 10:
            key = str(current["$ref"]).rsplit("/", 1)[-1]
            current, steps = obj(obj(obj(self._earlier.get("components")).get(kind)).get(key)), steps + 1
        return current

    def _parameters(
        self, call: str, item: dict[str, Any], operation: dict[str, Any], found: dict[str, Any]
    ) -> Iterator[str]:
        kept = {(str(one.get("in")), str(one.get("name"))): one for one in map(obj, array(found.get("parameters")))}
        for one in [*array(operation.get("parameters")), *array(item.get("parameters"))]:
            parameter = self._part("parameters", one)
            place, name = str(parameter.get("in")), str(parameter.get("name"))
            if not parameter or ("parameter", call, place, name) in self._removed:
                continue
            if (place, name) not in kept and not (place == "path" and any(where == "path" for where, _ in kept)):
                yield f"parameter {name} ({place}) of {call}"
            elif "schema" in parameter and (place, name) in kept:
                where = f"{call} {name}"
                yield from self._schema(obj(parameter["schema"]), obj(kept[place, name].get("schema")), where)

    def _responses(self, call: str, operation: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
        kept = obj(found.get("responses"))
        for status, response in obj(operation.get("responses")).items():
            if ("response", call, status) in self._removed:
                continue
            if status not in kept:
                yield f"response {status} of {call}"
                continue
            yield from self._contents(call, status, self._part("responses", response), obj(kept[status]))

    def _contents(self, call: str, status: str, holder: dict[str, Any], kept: dict[str, Any]) -> Iterator[str]:
        medias = [obj(media) for media in obj(kept.get("content")).values()]
        for name, media in obj(holder.get("content")).items():
            if ("media", call, status, name) in self._removed:
                continue
            if not medias:
                yield f"content of {status} of {call}"
            elif "schema" in obj(media):
                yield from self._schema(obj(media["schema"]), obj(medias[0].get("schema")), f"{call} {status}")

    def _components(self) -> Iterator[str]:
        schemas = self._schemas(self._later)
        # A renamed schema has its old key in `x-key`; another schema may have that key as its new name.
        kept = {key: key for key in schemas} | {s["x-key"]: key for key, s in schemas.items() if "x-key" in obj(s)}
        for key in self._schemas(self._earlier):
            if key not in kept:
                yield f"model {key}"
                continue
            now, before = {"$ref": f"{SCHEMA_PREFIX}{kept[key]}"}, {"$ref": f"{SCHEMA_PREFIX}{key}"}
            yield from self._schema(before, now, key)

    @staticmethod
    def _schemas(document: Document) -> dict[str, Any]:
        return obj(obj(document.get("components")).get("schemas"))

    def _schema(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        before, now = _said(self._earlier, before), _said(self._later, now)
        if (id(before), id(now)) in self._seen:
            return
        self._seen.add((id(before), id(now)))
        self._alive += [before, now]
        if now.get("type") == "array" and before.get("type") != "array" and "items" not in before:
            now = _said(self._later, now.get("items"))  # list-as-object
        yield from self._properties(before, now, where)
        yield from self._values(before, now, where)
        for keyword in ("items", "additionalProperties"):
            if isinstance(before.get(keyword), dict):
                yield from self._schema(obj(before[keyword]), obj(now.get(keyword)), where)
        for keyword in ("anyOf", "oneOf"):
            # The null option of OpenAPI 3.1 is read as `nullable`, and a union with one other option as that option.
            members = [one for one in array(before.get(keyword)) if not is_null(self._earlier, one)]
            single = len(members) == 1 and len(array(before[keyword])) > 1
            kept = [now] if single else array(now.get(keyword))
            if len(kept) < len(members):
                yield f"alternatives of {where}"
            for member, other in zip(members, kept, strict=False):
                yield from self._schema(obj(member), obj(other), where)

    def _properties(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        kept = properties_of(self._later, now)
        for name, inner in properties_of(self._earlier, before).items():
            if name not in kept:
                yield f"property {where}.{name}"
            else:
                yield from self._schema(obj(inner), obj(kept[name]), f"{where}.{name}")

    def _values(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        kept = [json.dumps(value) for value in array(now.get("enum"))]
        for value in array(before.get("enum")):
            if value is not None and json.dumps(value) not in kept and ("enum", json.dumps(value)) not in self._removed:
                yield f"value {value!r} of {where}"


def _said(document: Document, schema: object) -> Schema:
    """Follow references, including an `allOf` with one reference and annotations."""
    seen: list[Schema] = []
    current = resolve(document, schema)
    while current not in seen and not _DATA & current.keys():
        members = [obj(one) for one in array(current.get("allOf"))]
        members = [one for one in members if {*_DATA, "$ref", "allOf"} & one.keys()]
        if len(members) != 1:
            break
        seen.append(current)
        current = resolve(document, members[0])
    return current
