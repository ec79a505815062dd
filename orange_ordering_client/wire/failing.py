"""Errors of decoding, which have the path of the value in wire names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from orange_ordering_client.errors import DecodeError

__all__ = ["Fields", "deprecated", "document_error", "field_error", "mismatch", "missing"]

Fields = tuple[tuple[str, str], ...]
"""Attribute name and wire name of each field of a model, in the order of decoding."""


def deprecated(name: str) -> None:
    """Warn the caller of a generated method that the description deprecates it, or one of its arguments.

    Args:
        name: name of the operation or argument, as users write it.
    """
    warnings.warn(f"{name} is deprecated by the API's description", DeprecationWarning, stacklevel=3)


def mismatch(expected: str, value: object) -> DecodeError:
    """Return the error for a value of the wrong type; callers add its path."""
    return DecodeError(f"expected {expected}", value=value)


def missing() -> DecodeError:
    """Return the error for a missing required field of a request body."""
    return DecodeError("a request must have it, and it is missing or null")


def field_error(
    partial: object, fields: Fields, source: Mapping[str, Any], error: Exception, items: list[Any] | None = None
) -> DecodeError:
    """Add the name of the field that could not be decoded: the first one that the unfinished instance does not have.

    Args:
        partial: unfinished instance.
        fields: fields of the model, in the order of decoding.
        source: input.
        error: error of decoding; a TypeError for a list or an object instead of text, an AttributeError for another
            value instead of an object.
        items: decoded items of the current list; the next item failed.
    """
    if not hasattr(source, "get"):
        return mismatch("an object", source)
    if isinstance(error, AttributeError):
        raise error
    name = next((name for attribute, name in fields if not hasattr(partial, attribute)), "")
    if not isinstance(error, DecodeError):
        error = mismatch("text", source.get(name))
    if items is not None:
        error.at(len(items))
    return error.at(name) if name else error


def document_error(error: DecodeError | RecursionError, name: str, source: object) -> DecodeError:
    """Add the model's name, in front of the path, and the unchanged input to the error of a document."""
    if isinstance(error, RecursionError):
        error = DecodeError("it is nested too deeply")
    error.body = source
    return error.at(name)
