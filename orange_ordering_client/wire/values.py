"""Decoders of JSON values, lists and objects, which reject every other type."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, Final, TypeVar, cast

from orange_ordering_client.errors import DecodeError, InvalidArgument
from orange_ordering_client.text import safe_repr
from orange_ordering_client.wire.failing import mismatch

__all__ = [
    "any_of",
    "any_value",
    "boolean",
    "by_discriminator",
    "constant",
    "extras",
    "flag",
    "format_boolean",
    "integer",
    "items",
    "items_of",
    "json_object",
    "mapping",
    "new",
    "null",
    "number",
    "parse_boolean",
    "string",
]

T = TypeVar("T")

new: Final = object.__new__
"""Function that creates an instance without calling its constructor, to decode faster."""


def string(value: Any) -> str:
    """Decode a string.

    Raises:
        DecodeError: the value has another type.
    """
    if type(value) is str or isinstance(value, str):
        return value
    raise mismatch("text", value)


def integer(value: Any) -> int:
    """Decode an integer; 3.0 is 3, as in JSON Schema (draft 6, 6.1.1).

    Raises:
        DecodeError: the value has another type.
    """
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise mismatch("a whole number", value)


def number(value: Any) -> float:
    """Decode a number.

    Raises:
        DecodeError: the value has another type.
    """
    if type(value) is float or type(value) is int:
        return value
    raise mismatch("a number", value)


def boolean(value: Any) -> bool:
    """Decode a boolean.

    Raises:
        DecodeError: the value has another type.
    """
    if type(value) is bool:
        return value
    raise mismatch("true or false", value)


_WORDS: Final = {
    **dict.fromkeys(("true", "1", "yes", "y", "oui", "o"), True),
    **dict.fromkeys(("false", "0", "no", "n", "non"), False),
}


def parse_boolean(value: Any) -> bool | None:
    """Decode a boolean in any form that this API uses, such as text, or 1 and 0 (FACTS, Models).

    Text that is not known, or empty, becomes None: like an unknown word of an enum, it makes nothing else unreadable.

    Raises:
        DecodeError: the value has another type.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower())
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise mismatch("true or false", value)


def format_boolean(value: Any, spelling: Any) -> Any:
    """Encode a boolean as it was received, unless its value was changed; empty text is None."""
    return value if spelling in (None, "") or parse_boolean(spelling) is not value else spelling


def null(value: Any) -> None:
    """Decode null.

    Raises:
        DecodeError: the value has another type.
    """
    if value is not None:
        raise mismatch("null", value)


def any_value(value: Any) -> Any:
    """Return any JSON unchanged."""
    return value


def json_object(value: Any) -> dict[str, Any]:
    """Decode an object with undescribed properties.

    Raises:
        DecodeError: the value has another type.
    """
    if type(value) is dict:
        return cast("dict[str, Any]", value)
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    raise mismatch("an object", value)


def constant(expected: Any) -> Callable[[Any], Any]:
    """Return a decoder of one allowed value, which raises DecodeError for any other value."""

    def decode(value: Any) -> Any:
        # In Python, True equals 1, but in JSON they are different values.
        if value == expected and isinstance(value, bool) == isinstance(expected, bool):
            return value
        raise mismatch(repr(expected), value)

    return decode


def items(value: Any, decode: Callable[[Any], T]) -> list[T]:
    """Decode every item of a list.

    Raises:
        DecodeError: the value is not a list, or an item cannot be decoded; the path begins with its index.
    """
    if type(value) is not list:
        raise mismatch("a list", value)
    result: list[T] = []
    try:
        for item in value:  # pyright: ignore[reportUnknownVariableType]  # unlike mypy, it forgets Any here
            result.append(decode(item))  # noqa: PERF401 -- the length of the list is the index of the item that fails
    except DecodeError as error:
        raise error.at(len(result)) from None
    return result


def items_of(decode: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Return a decoder of lists for a decoder of items."""
    return lambda value: items(value, decode)


def mapping(source: Mapping[str, Any], decode: Callable[[Any], T]) -> dict[str, T]:
    """Decode every value of an object with any keys.

    Raises:
        DecodeError: a value cannot be decoded; the path begins with its key.
    """
    result: dict[str, T] = {}
    for key, value in source.items():
        try:
            result[key] = decode(value)
        except DecodeError as error:
            raise error.at(key) from None
    return result


def any_of(*decoders: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a decoder that tries several decoders.

    It returns the first result without unknown keys; otherwise the result with the fewest unknown keys. It raises
    DecodeError if no decoder succeeds.
    """

    def decode(value: Any) -> Any:
        best: Any = None
        fewest: int | None = None
        for form in decoders:
            try:
                result = form(value)
            except DecodeError:
                continue
            unknown = len(getattr(result, "additional_properties", None) or ())
            if not unknown:
                return result
            if fewest is None or unknown < fewest:
                best, fewest = result, unknown
        if fewest is None:
            raise mismatch("one of the forms that the description gives", value)
        return best

    return decode


def by_discriminator(
    name: str, decoders: Mapping[str, Callable[[Any], Any]], otherwise: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Return a decoder that chooses a decoder by a property (OpenAPI 3.0.3, Discriminator Object).

    Args:
        name: wire name of the property.
        decoders: decoders by value of the property.
        otherwise: decoder for other values, because a new type must not make a list unreadable.
    """

    def decode(value: Any) -> Any:
        said = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
        return (decoders.get(said, otherwise) if isinstance(said, str) else otherwise)(value)

    return decode


def extras(source: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """Return the properties that are not in the description."""
    return {key: value for key, value in source.items() if key not in known}


def flag(value: object) -> int | None:
    """Encode a boolean filter, which is 0 or 1 on the wire (FACTS, Models).

    Raises:
        InvalidArgument: the value is neither true nor false.
    """
    if value is None:
        return None
    if isinstance(value, int) and value in (0, 1):
        return int(value)
    raise InvalidArgument(f"{safe_repr(value)} is neither True nor False.")
