"""Comparison of two schemas from the view of a client that sends or receives their data.

In requests, a narrower schema is breaking; in responses, a wider one. Three ways of widening are not breaking, because
clients of this API have to expect them anyway: unknown enum values, absent properties, and nulls (FACTS, Models and
Lists).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from openapi.compare.change import Change
from openapi.compare.comparable import labels
from openapi.read.document import Document, Schema, array, component, is_obj, obj, referenced, resolve
from openapi.read.merging import effective, named_by

__all__ = ["SchemaComparison", "effective"]

_KINDS = frozenset({"string", "number", "integer", "boolean", "object", "array"})
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_EXACT = ("pattern", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum")
_VALUES = ("const", "prefixItems")
_OPAQUE = (
    *_VALUES, "dependentRequired", "dependentSchemas", "if", "then", "else", "propertyNames", "patternProperties",
    "contains", "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_NUMERIC = {"int32", "int64", "float", "double"}
# Formats that determine the Python type; others are annotations.
_DECODED = {"date", "date-time", "uuid", "byte", "binary"}


def _unchanged(before: Document, after: Document) -> set[str]:
    """Collect the keys of components that are the same in both documents, with all that they refer to."""
    old, new = (obj(obj(one.get("components")).get("schemas")) for one in (before, after))
    found = {key for key, schema in old.items() if key in new and schema == new[key]}
    while changed := {key for key in found if not found.issuperset(referenced(obj(old[key])))}:
        found -= changed
    return found


class SchemaComparison:
    """A comparison of the schemas of one document with those of a later one.

    Args:
        before, after: comparable descriptions.
    """

    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after
        self._labels = labels(before)
        self._labels_after = labels(after)
        # Schemas are identified by id(), so that temporary ones must stay alive.
        self._alive: list[Any] = []
        self._unchanged = _unchanged(before, after)

    def compare(self, before: object, after: object, place: str, *, sent: bool) -> list[Change]:
        """List the changes between two schemas and their subschemas."""
        return list(self._schema(before, after, place, sent, set()))

    def _schema(
        self, before: object, after: object, place: str, sent: bool, seen: set[tuple[int, int]]
    ) -> Iterator[Change]:
        if before == after and self._unchanged.issuperset(referenced(obj(before))):
            return
        place = self._label(before) or place
        found = resolve(self._before, before), resolve(self._after, after)
        if (id(found[0]), id(found[1])) in seen:
            return
        seen.add((id(found[0]), id(found[1])))
        self._alive += found
        old, new = effective(self._before, before), effective(self._after, after)
        yield from _discriminator(old, new, place)
        if _options(old) or _options(new):
            yield from self._alternatives(before, after, place, sent, seen)
            return
        kinds_before, kinds_after = _kinds(old), _kinds(new)
        if kinds_before != kinds_after:
            breaking = not (kinds_before <= kinds_after if sent else kinds_after <= kinds_before)
            yield Change("changed", "type", place, f"{_said(kinds_before)} became {_said(kinds_after)}", breaking)
            if kinds_before == _KINDS or not kinds_before & kinds_after or kinds_after == _KINDS:
                return
        yield from _format(old, new, place, sent=sent)
        yield from _values(old, new, place, sent=sent)
        yield from _null(old, new, place, sent=sent)
        yield from _limits(old, new, place, sent=sent)
        yield from _restrictions(old, new, place, sent=sent)
        yield from self._properties(old, new, place, sent, seen)
        if "items" in old or "items" in new:
            yield from self._schema(old.get("items", {}), new.get("items", {}), f"{place}[]", sent, seen)

    def _label(self, schema: object) -> str:
        key = named_by(obj(schema))
        return self._labels.get(key, "") if key else ""

    def _properties(
        self, old: Schema, new: Schema, place: str, sent: bool, seen: set[tuple[int, int]]
    ) -> Iterator[Change]:
        hidden = "readOnly" if sent else "writeOnly"
        before, after = (
            {name: one for name, one in obj(schema.get("properties")).items() if not effective(where, one).get(hidden)}
            for where, schema in ((self._before, old), (self._after, new))
        )
        needed_before, needed_after = set(array(old.get("required"))), set(array(new.get("required")))
        for name in [name for name in before if name not in after]:
            text = "property removed from requests" if sent else "property removed from responses"
            yield Change("removed", "property", f"{place}.{name}", text, True)
        for name in [name for name in after if name not in before]:
            must = sent and name in needed_after
            text = f"{'required' if must else 'optional'} property added" if sent else "property added to responses"
            yield Change("added", "property", f"{place}.{name}", text, must)
        for name in [name for name in before if name in after]:
            inside = f"{place}.{name}"
            if name in needed_after and name not in needed_before:
                yield Change("changed", "required", inside, "became required", sent)
            if name in needed_before and name not in needed_after:
                why = "" if sent else "clients must expect any property to be absent (FACTS, Lists)"
                yield Change("changed", "required", inside, "is no longer required", False, why=why)
            if obj(after[name]).get("deprecated") and not obj(before[name]).get("deprecated"):
                yield Change("changed", "property", inside, "is deprecated now", False)
            yield from self._schema(before[name], after[name], inside, sent, seen)
        unnamed = needed_after - needed_before - obj(new.get("properties")).keys()
        for name in sorted(unnamed - before.keys()):
            yield Change("changed", "required", f"{place}.{name}", "became required, but is not described", sent)
        yield from self._others(old, new, place, sent, seen)

    def _others(self, old: Schema, new: Schema, place: str, sent: bool, seen: set[tuple[int, int]]) -> Iterator[Change]:
        before, after = _additional(old), _additional(new)
        if (before is None) != (after is None):
            text = "takes no other properties any more" if after is None else "takes other properties now"
            yield Change("changed", "property", place, text, sent and after is None)
        elif before or after:
            yield from self._schema(before, after, f"{place}.*", sent, seen)

    def _alternatives(
        self, before: object, after: object, place: str, sent: bool, seen: set[tuple[int, int]]
    ) -> Iterator[Change]:
        old, new = effective(self._before, before), effective(self._after, after)
        left = [(self._named(one, self._before, self._labels), one) for one in _options(old) or [obj(before)]]
        right = [(self._named(one, self._after, self._labels_after), one) for one in _options(new) or [obj(after)]]
        pairs = [(one, other) for name, one in left for other_name, other in right if name == other_name]
        gone = [one for one in left if one[0] not in {name for name, _ in right}]
        come = [one for one in right if one[0] not in {name for name, _ in left}]
        if len(gone) == len(come) == 1:
            pairs.append((gone.pop()[1], come.pop()[1]))
        for one, other in pairs:
            yield from self._schema(one, other, place, sent, seen)
        for name, _ in gone:
            yield Change("removed", "type", place, f"can no longer be {name}", sent)
        for name, _ in come:
            yield Change("added", "type", place, f"can be {name}, too", not sent)

    def _named(self, schema: object, document: Document, names: dict[str, str]) -> str:
        key = component(obj(schema).get("$ref"))
        if key in names:
            return names[key]
        kinds = _kinds(effective(document, schema))
        return _said(kinds) if kinds != frozenset({"object"}) else json.dumps(schema, sort_keys=True)[:80]


def _kinds(schema: Schema) -> frozenset[str]:
    said = schema.get("type")
    return frozenset({"number", "integer"}) if said == "number" else frozenset({str(said)}) if said else _KINDS


def _said(kinds: frozenset[str]) -> str:
    if kinds == _KINDS:
        return "anything"
    return "number" if "number" in kinds else " or ".join(sorted(kinds))


def _options(schema: Schema) -> list[Any]:
    # Beside properties, alternatives only restrict (`oneOf` of `required`); otherwise they are the type.
    if "properties" in schema:
        return []
    members = [*array(schema.get("oneOf")), *array(schema.get("anyOf"))]
    return [one for one in members if is_obj(one) and set(one) - {"required", "not"}]


def _additional(schema: Schema) -> Schema | None:
    """Return the schema of additional properties; None if they are not allowed."""
    said = schema.get("additionalProperties", True)
    return None if said is False else obj(said)


def _format(old: Schema, new: Schema, place: str, *, sent: bool) -> Iterator[Change]:
    before, after = old.get("format"), new.get("format")
    if before == after:
        return
    if {before, after} <= {*_NUMERIC, None}:
        breaking = sent and (before, after) in {("int64", "int32"), ("double", "float")}
    else:
        breaking = after is not None if sent else before in _DECODED
    yield Change("changed", "type", place, f"format {before or 'none'} became {after or 'none'}", breaking)


def _values(old: Schema, new: Schema, place: str, *, sent: bool) -> Iterator[Change]:
    if "enum" not in old and "enum" not in new:
        return
    if "enum" not in old:
        yield Change("changed", "value", place, f"takes only {_listed(new['enum'])} now", sent)
    elif "enum" not in new:
        why = "" if sent else "clients must expect unknown values (FACTS, Models)"
        yield Change("changed", "value", place, "can be anything now", False, why=why)
    else:
        for value in [value for value in old["enum"] if value not in new["enum"]]:
            why = "" if sent else "code that waits for this value never sees it"
            yield Change("removed", "value", place, f"value {value!r} removed", True, why=why)
        for value in [value for value in new["enum"] if value not in old["enum"]]:
            why = "" if sent else "clients must expect unknown values (FACTS, Models)"
            yield Change("added", "value", place, f"value {value!r} added", False, why=why)


def _restrictions(old: Schema, new: Schema, place: str, *, sent: bool) -> Iterator[Change]:
    """Compare keywords that generated classes ignore, but a server may check."""
    for name in _OPAQUE:
        if old.get(name) == new.get(name):
            continue
        text = f"`{name}` {'added' if name not in old else 'removed' if name not in new else 'changed'}"
        breaking = name in new if sent else name in old and name in _VALUES
        yield Change("changed", "limit", place, text, breaking)
    before, after = _needed_together(old), _needed_together(new)
    if before != after:
        text = "which properties are required together changed"
        yield Change("changed", "required", place, text, sent and bool(after))


def _needed_together(schema: Schema) -> list[str]:
    members = [(keyword, one) for keyword in ("anyOf", "oneOf") for one in array(schema.get(keyword))]
    return sorted(json.dumps(one, sort_keys=True) for one in members if set(obj(one[1])) & {"required", "not"})


def _discriminator(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    """Compare discriminators; a change is breaking in requests and in responses."""
    before, after = obj(old.get("discriminator")), obj(new.get("discriminator"))
    if not any("mapping" in said or _options(schema) for said, schema in ((before, old), (after, new)) if said):
        return  # Published discriminators are malformed and have no effect (FACTS, Models).
    if before.get("propertyName") != after.get("propertyName"):
        was, now = before.get("propertyName") or "nothing", after.get("propertyName") or "nothing"
        yield Change("changed", "type", place, f"discriminator is {now} now, not {was}", bool(before))
        return
    mapped, mapped_now = (
        {value: component(target) or target for value, target in obj(said.get("mapping")).items()}
        for said in (before, after)
    )
    for value in [value for value in mapped if mapped_now.get(value) != mapped[value]]:
        now = f"means {mapped_now[value]} now, not {mapped[value]}" if value in mapped_now else "is not mapped any more"
        yield Change("changed", "type", place, f"discriminator value {value!r} {now}", True)
    for value in [value for value in mapped_now if value not in mapped]:
        yield Change("added", "type", place, f"discriminator value {value!r} added", False)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(repr, values[:6])) + (", ..." if len(values) > 6 else "")


def _null(old: Schema, new: Schema, place: str, *, sent: bool) -> Iterator[Change]:
    before, after = bool(old.get("nullable")), bool(new.get("nullable"))
    if before != after:
        text = "can be null now" if after else "can no longer be null"
        why = "null counts as absent (FACTS, Lists)" if after and not sent else ""
        yield Change("changed", "type", place, text, sent and before, why=why)


def _limits(old: Schema, new: Schema, place: str, *, sent: bool) -> Iterator[Change]:
    for name in [*_UPPER, *_LOWER, *_EXACT]:
        before, after = old.get(name), new.get(name)
        if before == after or {before, after} == {None, False}:
            continue
        tighter = after not in (None, False)
        if tighter and before is not None and name not in _EXACT:
            comparable = all(
                isinstance(one, (int, float)) for one in (before, after)
            )  # a limit can be a string by mistake
            tighter = not comparable or bool(after < before if name in _UPPER else after > before)
        text = f"{name} {'none' if before is None else before} became {'none' if after is None else after}"
        yield Change("changed", "limit", place, text, sent and tighter)
    if old.get("not") != new.get("not"):
        yield Change("changed", "limit", place, "`not` changed", sent and "not" in new)
    if sent and old.get("default") != new.get("default"):
        before, after = old.get("default"), new.get("default")
        text = f"default {json.dumps(before)} became {json.dumps(after)}"
        both = "default" in old and "default" in new
        why = "a request without it has another meaning now" if both else "it was added or removed"
        yield Change("changed", "default", place, text, both, why=why)
