"""JSON Schemas of a server, evaluated so that they cannot hold up the caller. Needs the extra [validate]."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, cast

import attrs
import regex  # type: ignore[import-untyped]  # it ships no types, and pyright brings its own
from jsonschema import FormatChecker, validators
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from orange_ordering_client.orders.outcomes import Violation
from orange_ordering_client.validation.checking import UnusableSchema
from orange_ordering_client.validation.sentences import violations_of

__all__ = ["Schema"]

_DIALECTS: Mapping[str, Any] = {
    "json-schema.org/draft-04/schema": validators.Draft4Validator,
    "json-schema.org/draft-06/schema": validators.Draft6Validator,
    "json-schema.org/draft-07/schema": validators.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": validators.Draft201909Validator,
    "json-schema.org/draft/2020-12/schema": validators.Draft202012Validator,
}
_UNDECLARED = (validators.Draft7Validator, validators.Draft4Validator)
"""What a schema that does not say its dialect is tried as, in this order."""

_SECONDS = 1.0
_REGEX_SECONDS = 0.1
_LONGEST_PATTERN = 1_000
_LONGEST_MATCHED = 100_000
"""The engine looks at its clock between steps only; long patterns on long texts have long steps."""

_MOST_VIOLATIONS = 200
_NOTHING_ELSE: Any = cast("Any", Registry)()
"""Where a `$ref` may lead outside of the schema: nowhere, and nothing is fetched."""

_validators: Any = validators
_FORMATS = FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))

Keyword = Callable[[Any, Any, Any, Mapping[str, Any]], Iterator[ValidationError]]


_DEEPEST = 80
"""Keywords within keywords. Orders nest a few levels. Left to Python's own limit, a schema that leads in circles can
bring down the library's compiled parts, in a way that no `except Exception` holds."""


class _OutOfTime(Exception):
    """The schema takes too long."""


class _TooDeep(Exception):
    """The schema leads from itself to itself, or nests beyond reason."""


@attrs.define
class _Guard:
    """What one evaluation may still do, and what it could not."""

    ends: float
    warnings: dict[str, None] = attrs.field(factory=dict[str, None])
    depth: int = 0

    def check(self) -> None:
        if time.monotonic() > self.ends:
            raise _OutOfTime
        if self.depth >= _DEEPEST:
            raise _TooDeep

    def warn(self, text: str) -> None:
        self.warnings[text] = None


_guard: ContextVar[_Guard] = ContextVar("guard")


@attrs.frozen
class Schema:
    """A schema that orders can be held against."""

    _validator: Any

    @classmethod
    def of(cls, document: Mapping[str, Any], dialect: object) -> Schema:
        """Make a schema.

        Args:
            document: the schema, without `$schema`.
            dialect: its `$schema`, None if it had none.

        Raises:
            UnusableSchema: it is broken, or in an unknown dialect.
        """
        fault = ""
        for kind in _kinds(dialect):
            try:
                # Without formats: that of patterns would compile each with an engine that has no limit.
                kind.check_schema(document, format_checker=FormatChecker(formats=()))
            except SchemaError as error:
                fault = f"its schema is broken at {error.json_path}: {error.message[:200]}"
            except Exception as error:  # noqa: BLE001, RUF100 -- a server's schema can break the checker in any way
                fault = f"its schema is broken ({type(error).__name__})"
            else:
                return cls(_guarded(kind)(document, registry=_NOTHING_ELSE, format_checker=_FORMATS))
        raise UnusableSchema(fault)

    def hold(self, wire: Mapping[str, Any], *, seconds: float = _SECONDS) -> tuple[list[Violation], list[str]]:
        """List what is wrong with an order, and what could not be checked.

        Args:
            wire: body of the order.
            seconds: how long this may take.
        """
        guard = _Guard(time.monotonic() + seconds)
        token = _guard.set(guard)
        found: list[Violation] = []
        try:
            for error in self._validator.iter_errors(wire):
                found += violations_of(error)
                if len(found) >= _MOST_VIOLATIONS:
                    guard.warn(f"there are more than {_MOST_VIOLATIONS} violations; the rest is not listed")
                    break
        except _OutOfTime:
            guard.warn(f"its schema was given up after {seconds:g} s")
        except (_TooDeep, RecursionError):
            guard.warn("its schema leads in circles, or nests too deeply")
        except Exception as error:  # noqa: BLE001, RUF100 -- a server's schema can break the checker in any way
            guard.warn(f"its schema cannot be evaluated ({type(error).__name__})")
        finally:
            _guard.reset(token)
        return list(dict.fromkeys(found)), list(guard.warnings)


def _kinds(dialect: object) -> tuple[Any, ...]:
    if dialect is None:
        return _UNDECLARED
    text = str(dialect).removeprefix("http://").removeprefix("https://").removesuffix("#")
    if text not in _DIALECTS:
        raise UnusableSchema(f"its schema is in a dialect that is not known here: {str(dialect)[:100]}")
    return (_DIALECTS[text],)


@cache
def _guarded(kind: Any) -> Any:
    own: dict[str, Keyword] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "required": _required,
    }
    stock: dict[str, Keyword] = kind.VALIDATORS
    keywords = {name: _bounded(own.get(name, keyword)) for name, keyword in stock.items()}
    for name in ("$ref", "$dynamicRef", "$recursiveRef"):
        if name in keywords:
            keywords[name] = _local(keywords[name])
    if "unevaluatedProperties" in keywords:
        keywords["unevaluatedProperties"] = _unless_patterns(keywords["unevaluatedProperties"])
    return _validators.extend(kind, keywords)


def _bounded(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        guard = _guard.get()
        guard.check()
        guard.depth += 1
        try:
            yield from keyword(validator, value, instance, schema) or ()
        finally:
            guard.depth -= 1

    return check


def _local(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        try:
            yield from keyword(validator, value, instance, schema)
        except Unresolvable:
            _guard.get().warn(f"its schema refers to {str(value)[:100]}, which is not a part of it and is not fetched")

    return check


def _unless_patterns(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        # The library would match the patterns with an engine that has no limit.
        if _mentions(schema, "patternProperties") or _mentions(schema, "$ref"):
            _guard.get().warn("its schema combines unevaluatedProperties with patterns or references: not checked")
            return
        yield from keyword(validator, value, instance, schema)

    return check


def _mentions(node: Any, name: str) -> bool:
    if isinstance(node, dict):
        return name in node or any(_mentions(value, name) for value in node.values())  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]  # JSON
    return isinstance(node, list) and any(_mentions(item, name) for item in node)  # pyright: ignore[reportUnknownVariableType]  # JSON


def _required(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for name in value:
            if name not in instance:
                yield ValidationError("This is missing.", path=[name])


def _pattern(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and _matches(value, instance) is False:
        yield ValidationError(f"{instance!r} does not match {value!r}")


def _pattern_properties(
    validator: Any, value: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, inner in value.items():
            for name in instance:
                if _matches(pattern, name):
                    yield from validator.descend(instance[name], inner, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    properties = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name in instance:
        # What a pattern cannot decide counts as allowed: only what is certainly wrong is.
        if name in properties or any(_matches(pattern, name) is not False for pattern in patterns):
            continue
        if value is False:
            yield ValidationError("This is not known here.", path=[name])
        else:
            yield from validator.descend(instance[name], value, path=name)


def _matches(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found in a text; None if that cannot be told in time."""
    guard = _guard.get()
    guard.check()
    compiled = _compiled(pattern)
    if compiled is None:
        guard.warn(f"its schema has a pattern that cannot be used: {pattern[:60]}")
        return None
    if len(text) > _LONGEST_MATCHED:
        guard.warn(f"a text of {len(text)} characters was not matched against {pattern[:60]}")
        return None
    try:
        return compiled.search(text, timeout=_REGEX_SECONDS, concurrent=True) is not None
    except TimeoutError:
        guard.warn(f"its schema has a pattern that takes too long: {pattern[:60]}")
        return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str] | None:
    if len(pattern) > _LONGEST_PATTERN:
        return None
    try:
        # In ECMA 262, which JSON Schema means, `$` is the very end and not before a last line break.
        return regex.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))
    except (regex.error, RecursionError, OverflowError, ValueError):
        return None
