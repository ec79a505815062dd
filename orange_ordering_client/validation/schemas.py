"""Compilation and evaluation of JSON Schemas of a server. This module needs the extra [validate].

It runs in the process of `worker.py`, because no limit in this module is certain: a regular expression, or a
comparison of large values, may take unlimited time and memory between two checks of the clock. Only killing the
process stops it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, cast

import attrs
from jsonschema import FormatChecker, exceptions, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from regress import Regex, RegressError

from orange_ordering_client.validation.results import UnusableSchema, Violation
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
"""The dialects that are tried, in this order, for a schema that declares none."""

_SECONDS = 0.8
_LONGEST_PATTERN = 1_000
_LONGEST_MATCHED = 100_000
"""Limits in characters. A longer pattern or text is skipped with a warning; the rest of the order is checked."""

_MOST_VIOLATIONS = 200
_NOTHING_ELSE: Any = cast("Any", Registry)()
"""An empty registry: a `$ref` cannot refer to other documents, and nothing is fetched."""

_validators: Any = validators
_best_match: Any = cast("Any", exceptions).best_match
_FORMATS = FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))

Keyword = Callable[[Any, Any, Any, Mapping[str, Any]], Iterator[ValidationError]]


_DEEPEST = 80
"""Levels of nested keywords; orders have only a few. With Python's own limit only, a circular schema can crash the
compiled parts of the library, which `except Exception` does not catch."""


def _any_error(_: ValidationError) -> bool:
    return True


_NEGATIONS: Mapping[str, Callable[[ValidationError], bool]] = {
    "not": _any_error,
    "if": _any_error,
    "unevaluatedItems": _any_error,
    "unevaluatedProperties": _any_error,
    # Several options fit. If none does, the errors of all are in the context.
    "oneOf": lambda error: not error.context,
    # Too many items fit.
    "contains": lambda error: error.validator == "maxContains",
}
"""Keywords with errors because something fits, and which errors those are. They are not certain if something could not
be decided, because that counts as fitting."""


class _OutOfTime(Exception):
    """An error for a schema that takes too long."""


class _TooDeep(Exception):
    """An error for a schema that is circular, or nested too deeply."""


@attrs.define
class _Guard:
    """The limits of one evaluation, its warnings, and how often something could not be decided."""

    ends: float
    warnings: dict[str, None] = attrs.field(factory=dict[str, None])
    undecided: int = 0
    depth: int = 0

    def check(self) -> None:
        if time.monotonic() > self.ends:
            raise _OutOfTime
        if self.depth >= _DEEPEST:
            raise _TooDeep

    def warn(self, text: str) -> None:
        self.undecided += 1
        self.warnings[text] = None


_guard: ContextVar[_Guard] = ContextVar("guard")


@attrs.frozen
class Schema:
    """A compiled schema."""

    _validator: Any

    @classmethod
    def of(cls, document: Mapping[str, Any], dialect: object) -> Schema:
        """Compile a schema.

        Args:
            document: schema without `$schema`.
            dialect: `$schema` of the schema; None if it had none.

        Raises:
            UnusableSchema: the schema is broken, or in an unknown dialect.
        """
        fault = ""
        for kind in _kinds(dialect):
            try:
                broken: ValidationError | None = _best_match(_checker(kind).iter_errors(document))
            except Exception as error:  # noqa: BLE001, RUF100 -- a server's schema can break the checker in any way
                fault = f"its schema is broken ({type(error).__name__})"
                continue
            if broken is not None:
                fault = f"its schema is broken at {broken.json_path}: {broken.message[:200]}"
            else:
                return cls(_guarded(kind)(document, registry=_NOTHING_ELSE, format_checker=_FORMATS))
        raise UnusableSchema(fault)

    def hold(self, wire: Mapping[str, Any], *, seconds: float = _SECONDS) -> tuple[list[Violation], list[str]]:
        """Return the violations of an order, and the reasons why something could not be checked.

        Args:
            wire: body of the order.
            seconds: time limit.
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
def _checker(kind: Any) -> Any:
    """Return a validator for schemas. It checks no formats, because the check of a pattern would use Python's `re`."""
    # With `$schema`, the library would use its own validator after the first reference.
    rules = {name: value for name, value in kind.META_SCHEMA.items() if name != "$schema"}
    return _validators.extend(kind, {"uniqueItems": _unique_items})(rules)


@cache
def _guarded(kind: Any) -> Any:
    own: dict[str, Keyword] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "required": _required,
        "multipleOf": _multiple_of,
        "uniqueItems": _unique_items,
    }
    stock: dict[str, Keyword] = kind.VALIDATORS
    keywords = {name: _bounded(own.get(name, keyword)) for name, keyword in stock.items()}
    for name in ("$ref", "$dynamicRef", "$recursiveRef"):
        if name in keywords:
            keywords[name] = _local(keywords[name])
    if "unevaluatedProperties" in keywords:
        keywords["unevaluatedProperties"] = _unless_patterns(keywords["unevaluatedProperties"])
    for name in _NEGATIONS.keys() & keywords.keys():
        keywords[name] = _if_decided(keywords[name], _NEGATIONS[name])
    return _validators.extend(kind, keywords)


def _if_decided(keyword: Keyword, is_in_doubt: Callable[[ValidationError], bool]) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        guard = _guard.get()
        before = guard.undecided
        found = list(keyword(validator, value, instance, schema))
        yield from found if guard.undecided == before else (error for error in found if not is_in_doubt(error))

    return check


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
        # The library would match the patterns with Python's `re`, where their meaning differs.
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
        # An undecided match counts as allowed, because only certain violations are listed.
        if name in properties or any(_matches(pattern, name) is not False for pattern in patterns):
            continue
        if value is False:
            yield ValidationError("This is not known here.", path=[name])
        else:
            yield from validator.descend(instance[name], value, path=name)


def _matches(pattern: str, text: str) -> bool | None:
    """Return whether a text contains a match of a pattern; None if that cannot be decided."""
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
        return compiled.find(text) is not None
    except UnicodeEncodeError:
        guard.warn(f"a text with half a surrogate pair was not matched against {pattern[:60]}")
        return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Regex | None:
    """Compile a pattern as an ECMA 262 regular expression (JSON Schema 2020-12, Core, 6.4).

    The flag `u`, which that section requires, is tried first. The second attempt is without it, because `\\-` outside
    of a class is common, and an error with `u`.
    """
    if len(pattern) > _LONGEST_PATTERN:
        return None
    for flags in ("u", ""):
        try:
            return Regex(pattern, flags)
        except (RegressError, UnicodeEncodeError):
            continue
    return None


def _multiple_of(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Check with decimal fractions, as in JSON: 19.99 is a multiple of 0.01, but not with binary fractions."""
    if not validator.is_type(instance, "number"):
        return
    try:
        fits = (Fraction(repr(instance)) / Fraction(repr(value))).denominator == 1
    except (ValueError, ZeroDivisionError):
        # Python decodes 1e400 as infinity, and 1e-400 as 0.
        _guard.get().warn(f"its schema asks for a multiple of {str(value)[:60]}, which cannot be computed here")
        return
    if not fits:
        yield ValidationError(f"{instance!r} is not a multiple of {value!r}")


def _unique_items(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Compare items by hash, because the library compares every pair of items."""
    if value and validator.is_type(instance, "array") and len({_hashable(item) for item in instance}) < len(instance):
        yield ValidationError(f"{instance!r} has non-unique elements")


def _hashable(value: Any) -> Any:
    """Return a hashable value; two of them are equal if and only if their JSON values are. True does not equal 1."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return ("object", frozenset((name, _hashable(item)) for name, item in items))
    if isinstance(value, list):
        return ("array", tuple(map(_hashable, value)))  # pyright: ignore[reportUnknownArgumentType]  # JSON
    return (isinstance(value, bool), value)
