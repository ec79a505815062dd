"""Descriptions of violations of a JSON Schema, as sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from orange_ordering_client.text import shorten
from orange_ordering_client.validation.results import Violation

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["json_path", "violations_of"]

_PLAIN = re.compile(r"[^\W\d][\w-]*")
_LONGEST = 1_000
"""Largest length of a sentence in characters, because an `enum` or `anyOf` may have thousands of values."""

_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def json_path(pieces: Iterable[str | int]) -> str:
    """Return a JSON path such as `$.attachments[0].body`; names that are not words are written as `['odd name']`."""
    text = "$"
    for piece in pieces:
        if isinstance(piece, int):
            text += f"[{piece}]"
        elif _PLAIN.fullmatch(piece):
            text += f".{piece}"
        else:
            text += f"[{piece!r}]"
    return text


def violations_of(error: ValidationError) -> Iterator[Violation]:
    """Yield the violations for one error of the validator.

    If none of several alternatives fits, the violations of the closest one are yielded.
    """
    names = _required_only(error.validator_value) if error.validator in ("anyOf", "oneOf") else []
    if names:
        how = "exactly" if error.validator == "oneOf" else "at least"
        yield _violation(error, f"This needs {how} one of {', '.join(names)}.")
    elif error.validator in ("anyOf", "oneOf") and error.context:
        yield from _alternatives(error, error.context)
    else:
        yield _violation(error, _sentence(error))


def _alternatives(error: ValidationError, context: Sequence[ValidationError]) -> Iterator[Violation]:
    branches: dict[Any, list[ValidationError]] = {}
    for finding in context:
        branches.setdefault(finding.schema_path[0], []).append(finding)
    closest = min(branches.values(), key=_distance)
    if _distance(closest)[0]:
        yield _violation(error, f"{_shown(error.instance)} fits none of the alternatives.")
        return
    for finding in closest:
        yield from violations_of(finding)


def _distance(findings: list[ValidationError]) -> tuple[bool, int]:
    other = any(not finding.path and finding.validator in ("type", "enum", "const") for finding in findings)
    return other, len(findings)


def _required_only(branches: Any) -> list[str]:
    """Return the names if each branch requires one property and nothing else; otherwise an empty list."""
    names: list[str] = []
    for branch in branches:
        match branch:
            case {"required": [str(name)], **rest} if not rest:
                names.append(name)
            case _:
                return []
    return names


def _violation(error: ValidationError, sentence: str) -> Violation:
    if len(sentence) > _LONGEST:
        sentence = f"{sentence[: _LONGEST - 2]}…."
    return Violation(json_path(error.absolute_path), sentence, str(error.validator))


def _sentence(error: ValidationError) -> str:
    make = _SENTENCES.get(str(error.validator))
    if make is not None:
        return make(error.validator_value, _shown(error.instance), error.instance)
    text = shorten(error.message, 200)
    return text if text.endswith(".") else f"{text}."


def _kind(value: Any, shown: str, instance: Any) -> str:
    kinds = cast("list[str]", value) if isinstance(value, list) else [str(value)]
    return f"This must be {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}, not {shown}."


def _length(instance: Any) -> str:
    return f"has {len(instance)}"


_SENTENCES: dict[str, Callable[[Any, str, Any], str]] = {
    "type": _kind,
    "enum": lambda value, shown, _: f"{shown} is none of {', '.join(_shown(item) for item in value)}.",
    "const": lambda value, shown, _: f"This must be {_shown(value)}, not {shown}.",
    "minLength": lambda value, _, instance: f"This needs {value} characters or more and {_length(instance)}.",
    "maxLength": lambda value, _, instance: f"This may have {value} characters at most and {_length(instance)}.",
    "minItems": lambda value, _, instance: f"This needs {value} items or more and {_length(instance)}.",
    "maxItems": lambda value, _, instance: f"This may have {value} items at most and {_length(instance)}.",
    "minimum": lambda value, shown, _: f"{shown} is less than {value}.",
    "maximum": lambda value, shown, _: f"{shown} is more than {value}.",
    "pattern": lambda value, shown, _: f"{shown} does not have the form {_shown(value)}.",
    "format": lambda value, shown, _: f"{shown} is not of the format {value}.",
    # If there are no findings, more than one alternative fits.
    "oneOf": lambda _value, _shown, _instance: "This fits several alternatives, of which only one may fit.",
}


def _shown(value: object) -> str:
    return shorten(repr(value), 60)
