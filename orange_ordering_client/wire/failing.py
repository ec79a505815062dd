"""Errors of decoding, with the path of the value in wire names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from orange_ordering_client.errors import DecodeError

__all__ = ["Fields", "deprecated", "document_error", "field_error", "mismatch", "missing"]

Fields = tuple[tuple[str, str], ...]
"""Attribute and wire name of each field of a model, in the order of decoding."""


def deprecated(name: str) -> None:
    """Warn the caller of a generated method that the description deprecates it, or one of its arguments.

    Args:
        name: of the operation or argument, as users write it.
    """
    warnings.warn(f"{name} is deprecated by the API's description", DeprecationWarning, stacklevel=3)


def mismatch(expected: str, value: object) -> DecodeError:
    """The error for a value of the wrong type; the callers add its path."""
    return DecodeError(f"expected {expected}", value=value)


def missing() -> DecodeError:
    """The error for a missing required field of a request body."""
    return DecodeError("a request must have it, and it is missing or null")


def field_error(
    partial: object, fields: Fields, source: Mapping[str, Any], error: Exception, items: list[Any] | None = None
) -> DecodeError:
    """Add the field of a model that could not be decoded: the first one that the unfinished instance does not have.

    Args:
        partial: the instance, as far as it got.
        fields: of the model, in the order of decoding.
        source: the input.
        error: the failure; a TypeError for a list or an object instead of text, an AttributeError for another value
            instead of an object.
        items: the decoded items of the current list; the next item failed.
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
    """Complete the error of a document: the model's name in front of the path, and the unchanged input."""
    if isinstance(error, RecursionError):
        error = DecodeError("it is nested too deeply")
    error.body = source
    return error.at(name)
