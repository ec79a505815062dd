"""Validation of an order against the JSON Schema of its catalog item; it needs the extra [validate].

`read_schema`, and `validate` with a schema, run only in the process of `worker.py`, because a schema is input from a
server, and may take unlimited time and memory. The client calls them through `processes.py`.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.validation.interpreter import is_interpreter
from orange_ordering_client.validation.results import UnusableSchema, Validation, Violation

if TYPE_CHECKING:
    from orange_ordering_client.validation.schemas import Schema

__all__ = ["available", "read_schema", "require", "source_of", "validate"]

_LARGEST = 1_000_000
"""Largest number of characters of a schema."""

_DATA = ("const", "enum", "default", "examples")
_NAMES = ("properties", "patternProperties", "$defs", "definitions", "dependencies", "dependentSchemas")
"""Keywords whose value is data, and keywords whose value has schemas under any names."""

_NODES = 20_000
_DEPTH = 60


def available() -> bool:
    """Return whether the extra [validate] is installed, and a worker process can be started."""
    return _is_installed() and is_interpreter()


def require() -> None:
    """Check that orders can be validated.

    Raises:
        ConfigurationError: they cannot; the message says why, and how to install the extra.
    """
    if not _is_installed():
        raise ConfigurationError(
            "Orders are validated with jsonschema and regress: pip install 'orange-ordering-client[validate]'."
        )
    if not is_interpreter():
        raise ConfigurationError(
            "Orders are validated in a process of their own, which this program cannot start: it is frozen, or"
            f" {sys.executable or 'sys.executable'} is no Python interpreter. Leave validate= out."
        )


def _is_installed() -> bool:
    return all(find_spec(name) is not None for name in ("jsonschema", "referencing", "regress"))


def read_schema(source: object) -> Schema:
    """Compile a schema of the catalog: JSON in a string (S2), or an object.

    Raises:
        UnusableSchema: the schema is missing, broken, too large, or in an unknown dialect.
    """
    from orange_ordering_client.validation.schemas import Schema

    if source is None or source == "":
        raise UnusableSchema("the catalog has no schema for it")
    if isinstance(source, str):
        if len(source) > _LARGEST:
            raise UnusableSchema(f"its schema is too large ({len(source)} characters)")
        try:
            source = json.loads(source)
        except (ValueError, RecursionError):
            raise UnusableSchema("its schema is not JSON") from None
    if not isinstance(source, Mapping):
        raise UnusableSchema(f"its schema is no object but {type(source).__name__}")
    document = cast("Mapping[str, Any]", source)
    return Schema.of(_without_dialects(document), document.get("$schema"))


def source_of(schema: object) -> object:
    """Return a schema unless it is too large for a worker process.

    Args:
        schema: schema as in the catalog.

    Raises:
        UnusableSchema: the schema has more than a million characters, or more than 20,000 parts.
    """
    if isinstance(schema, str) and len(schema) > _LARGEST:
        raise UnusableSchema(f"its schema is too large ({len(schema)} characters)")
    characters, parts, left = 0, 0, [schema]
    while left:
        node = left.pop()
        parts += 1
        if isinstance(node, Mapping):
            mapping = cast("Mapping[str, Any]", node)
            characters += sum(map(len, mapping))
            left += mapping.values()
        elif _is_list(node):
            left += node
        elif isinstance(node, str):
            characters += len(node)
        elif isinstance(node, int):
            characters += node.bit_length() // 3
        if parts + len(left) > _NODES or characters > _LARGEST:
            raise UnusableSchema("its schema is too large")
    return schema


def validate(schema: Schema | None, wire: Mapping[str, Any], warnings: Sequence[str] = ()) -> Validation:
    """Validate the body of an order against a schema, and its attachments for base64.

    Args:
        schema: compiled schema; None checks only the attachments.
        wire: body of a `POST /requests`.
        warnings: known reasons why something cannot be checked.
    """
    violations: list[Violation] = []
    doubts = list(warnings)
    if schema is not None:
        found, more = schema.hold(wire)
        violations += found
        doubts += more
    known = {violation.path for violation in violations}
    violations += [violation for violation in _attachments(wire) if violation.path not in known]
    return Validation(violations=tuple(violations), warnings=tuple(doubts))


def _attachments(wire: Mapping[str, Any]) -> list[Violation]:
    attachments: Any = wire.get("attachments")
    found: list[Violation] = []
    for index, item in enumerate(attachments if _is_list(attachments) else ()):
        body = cast("Mapping[str, Any]", item).get("body") if isinstance(item, Mapping) else None
        if isinstance(body, str) and (fault := _not_base64(body)):
            found.append(Violation(f"$.attachments[{index}].body", f"This is not base64: {fault}.", "base64"))
    return found


def _not_base64(text: str) -> str | None:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        if any(character.isspace() for character in text):
            return "it has line breaks or spaces"
        return "it has other characters than A-Z a-z 0-9 + /, or is cut off"
    return None


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _without_dialects(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a schema without `$schema`, which would change the dialect of a nested part.

    Raises:
        UnusableSchema: the schema is nested too deeply, or too large.
    """
    left = _NODES

    def copied(node: Any, depth: int, holds: str) -> Any:
        nonlocal left
        left -= 1
        if depth > _DEPTH or left < 0:
            raise UnusableSchema("its schema is nested too deep" if depth > _DEPTH else "its schema is too large")
        if isinstance(node, Mapping):
            items = cast("Mapping[str, Any]", node).items()
            is_dialect = {k for k, v in items if holds == "keywords" and k == "$schema" and isinstance(v, str)}
            return {k: copied(v, depth + 1, _held_by(k, holds)) for k, v in items if k not in is_dialect}
        if _is_list(node):
            return [copied(item, depth + 1, holds) for item in node]
        return node

    result: dict[str, Any] = copied(document, 0, "keywords")
    return result


def _held_by(name: str, holds: str) -> str:
    """Return what a member of an object in a schema holds: keywords, schemas by name, or data."""
    if holds == "keywords":
        return "data" if name in _DATA else "names" if name in _NAMES else "keywords"
    return "data" if holds == "data" else "keywords"
