"""Checks JSON by the schemas of the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import openapi_schema_validator as dialects
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

from orange_ordering_client.contract.description import Description
from orange_ordering_client.contract.findings import Finding
from orange_ordering_client.contract.shapes import is_list, is_object, listed, mapped

__all__ = ["Schemas"]

_HERE = "urn:ordering"
_DESCRIBED = {
    "object": "an object", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false",
}  # fmt: skip
_CAME = {
    "dict": "an object", "list": "a list", "str": "text", "int": "a whole number", "float": "a number",
    "bool": "true or false",
}  # fmt: skip
_SHOWN = 60


class Schemas:
    """Checks JSON by a description.

    Args:
        description: its schemas are checked.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        modern = str(description.document.get("openapi", "")).startswith("3.1")
        # The library has no types for them.
        read: Any = getattr(dialects, "OAS31Validator" if modern else "OAS30ReadValidator")
        write: Any = getattr(dialects, "OAS31Validator" if modern else "OAS30WriteValidator")
        self._kinds: dict[bool, Any] = {False: read, True: write}
        # The document is the only one in the registry: no reference leads outside of it.
        document = (DRAFT202012 if modern else DRAFT4).create_resource(_absolute(description.document))
        self._registry: Registry[Any] = Registry[Any]().with_resource(_HERE, document)

    def check(self, schema: Mapping[str, Any], data: Any, place: str, *, sent: bool = False) -> Iterator[Finding]:
        """Yield what a schema does not allow, and keys and values that it does not have.

        Args:
            schema: a schema of the description.
            data: JSON without nulls.
            place: location of the data, for findings.
            sent: whether the client sends the data; then an unknown value is a violation as well.
        """
        kind = self._kinds[sent]
        validator = kind(_absolute(schema), registry=self._registry, format_checker=kind.FORMAT_CHECKER)
        errors: Iterator[ValidationError] = validator.iter_errors(data)
        for error in errors:
            yield from _findings_of(error, place, sent=sent)
        yield from self._unknown_keys(schema, data, place)

    def _unknown_keys(self, schema: object, data: Any, place: str) -> Iterator[Finding]:
        found = self._description.resolve(schema)
        if is_list(data):
            for index, item in enumerate(data):
                yield from self._unknown_keys(found.get("items"), item, f"{place}[{index}]")
        options = [*listed(found.get("anyOf")), *listed(found.get("oneOf"))]
        known = self._description.properties(found)
        if options and not known:
            # The alternative with the fewest unknown keys is taken to be the right one.
            yield from min((list(self._unknown_keys(one, data, place)) for one in options), key=len)
            return
        if not is_object(data) or not known:
            return
        others = found.get("additionalProperties")
        for key, value in data.items():
            if key in known:
                yield from self._unknown_keys(known[key], value, f"{place}.{key}")
            elif is_object(others) and others:
                yield from self._unknown_keys(mapped(others), value, f"{place}.{key}")
            elif others is not True:
                yield Finding(f"{place}.{key}", "a key that is not in the description")


def _findings_of(error: ValidationError, place: str, *, sent: bool) -> Iterator[Finding]:
    where = place + "".join(f"[{piece}]" if isinstance(piece, int) else f".{piece}" for piece in error.absolute_path)
    rule = str(error.validator)
    if rule in ("anyOf", "oneOf") and error.context:
        yield from _best(error, place, where, sent=sent)
    elif rule == "enum":
        yield Finding(where, f"{str(error.instance)[:_SHOWN]!r} is a value that is not in the description", sent)
    elif rule == "additionalProperties" and not sent:
        return  # `_unknown_keys` reports each key.
    elif rule == "format":
        # No violation by itself: the API has several formats of dates (FACTS, Models), and decoding is checked as well.
        yield Finding(where, f"does not have the format {error.validator_value}", sent)
    else:
        yield Finding(where, _words(error, rule), violation=True)


def _best(error: ValidationError, place: str, where: str, *, sent: bool) -> Iterator[Finding]:
    """Yield the findings of the alternative without violations, or one violation if there is no such alternative."""
    alternatives: dict[object, list[Finding]] = {}
    for inner in error.context or ():
        index = next(iter(inner.relative_schema_path))
        alternatives.setdefault(index, []).extend(_findings_of(inner, place, sent=sent))
    fitting = [found for found in alternatives.values() if not any(one.violation for one in found)]
    if fitting:
        yield from min(fitting, key=len)
    else:
        yield Finding(where, f"matches none of the {len(alternatives)} alternatives", violation=True)


def _words(error: ValidationError, rule: str) -> str:
    """Describe an error without repeating the value."""
    instance: object = error.instance
    if rule == "type":
        wanted = str(error.validator_value)
        return f"{_DESCRIBED.get(wanted, wanted)} is expected, not {_kind(instance)}"
    if rule == "required":
        names = [name for name in listed(error.validator_value) if name not in mapped(instance)]
        return f"lacks {', '.join(map(str, names))}"
    return f"violates {rule}: {str(error.validator_value)[:_SHOWN]}"


def _kind(value: object) -> str:
    return _CAME.get(type(value).__name__, "null")


def _absolute(node: Any) -> Any:
    # Local references point into the schema itself; as absolute ones, they point into the document.
    if is_object(node):
        items = node.items()
        return {key: f"{_HERE}{value}" if key == "$ref" else _absolute(value) for key, value in items}
    if is_list(node):
        return [_absolute(item) for item in node]
    return node
