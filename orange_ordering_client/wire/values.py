"""Plain JSON values, lists and objects: taken when they are what the description says, refused otherwise."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, Final, TypeVar, cast

from orange_ordering_client.errors import DecodeError, InvalidArgument
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
"""Makes an instance without its constructor, which decoding has no time for."""


def string(value: Any) -> str:
    """Take text.

    Raises:
        DecodeError: it is something else.
    """
    if type(value) is str or isinstance(value, str):
        return value
    raise mismatch("text", value)


def integer(value: Any) -> int:
    """Take a whole number; 3.0 is 3, as in JSON Schema (draft 6, 6.1.1).

    Raises:
        DecodeError: it is something else.
    """
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise mismatch("a whole number", value)


def number(value: Any) -> float:
    """Take a number, whole or not.

    Raises:
        DecodeError: it is something else.
    """
    if type(value) is float or type(value) is int:
        return value
    raise mismatch("a number", value)


def boolean(value: Any) -> bool:
    """Take true or false.

    Raises:
        DecodeError: it is something else.
    """
    if type(value) is bool:
        return value
    raise mismatch("true or false", value)


_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


def parse_boolean(value: Any) -> bool | None:
    """Take true or false in any of the spellings of this API: also as text, and as 1 and 0 (FACTS, Models).

    Empty text is None.

    Raises:
        DecodeError: it is something else.
    """
    if isinstance(value, bool):
        return value
    if value == "":
        return None
    if isinstance(value, (str, int)) and str(value).lower() in _TRUTHS:
        return _TRUTHS[str(value).lower()]
    raise mismatch("true or false", value)


def format_boolean(value: Any, spelling: Any) -> Any:
    """Write a boolean as it came, unless it has been set to another one since."""
    return value if spelling is None or parse_boolean(spelling) is not value else spelling


def null(value: Any) -> None:
    """Take null.

    Raises:
        DecodeError: it is something else.
    """
    if value is not None:
        raise mismatch("null", value)


def any_value(value: Any) -> Any:
    """Take any JSON as it is."""
    return value


def json_object(value: Any) -> dict[str, Any]:
    """Take an object whose contents the description leaves open.

    Raises:
        DecodeError: it is something else.
    """
    if type(value) is dict:
        return cast("dict[str, Any]", value)
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    raise mismatch("an object", value)


def constant(expected: Any) -> Callable[[Any], Any]:
    """Make a decoder of the one value that the description allows; it raises DecodeError for any other."""

    def decode(value: Any) -> Any:
        # True equals 1, but is not what was meant.
        if value == expected and isinstance(value, bool) == isinstance(expected, bool):
            return value
        raise mismatch(repr(expected), value)

    return decode


def items(value: Any, decode: Callable[[Any], T]) -> list[T]:
    """Decode every item of a list.

    Raises:
        DecodeError: it is no list, or an item cannot be decoded; the path begins with its index.
    """
    if type(value) is not list:
        raise mismatch("a list", value)
    result: list[T] = []
    try:
        for item in value:  # pyright: ignore[reportUnknownVariableType]  # unlike mypy, it forgets Any here
            result.append(decode(item))  # noqa: PERF401 -- its length is the index of the item that fails
    except DecodeError as error:
        raise error.at(len(result)) from None
    return result


def items_of(decode: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Make a decoder of lists out of a decoder of items."""
    return lambda value: items(value, decode)


def mapping(source: Mapping[str, Any], decode: Callable[[Any], T]) -> dict[str, T]:
    """Decode every value of an object whose keys are open.

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
    """Make a decoder of what has several forms: the first that fits, of models the one that knows most of the keys.

    The decoder raises DecodeError where no form fits.
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
    """Make a decoder of objects whose form is told by one of their properties (OpenAPI 3.0.3, Discriminator Object).

    Args:
        name: of the property, on the wire.
        decoders: by its value.
        otherwise: the decoder for what has no such value; a new form must not end a list.
    """

    def decode(value: Any) -> Any:
        said = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
        return (decoders.get(said, otherwise) if isinstance(said, str) else otherwise)(value)

    return decode


def extras(source: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """Pick out what the description does not know."""
    return {key: value for key, value in source.items() if key not in known}


def flag(value: object) -> int | None:
    """Write a filter that is true or false in words and 0 or 1 on the wire (FACTS, Models).

    Raises:
        InvalidArgument: it is neither.
    """
    if value is None:
        return None
    if isinstance(value, int) and value in (0, 1):
        return int(value)
    raise InvalidArgument(f"{value!r} is neither True nor False.")
