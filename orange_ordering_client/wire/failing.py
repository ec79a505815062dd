"""How decoding fails: one exception, with the path to the value in wire names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from orange_ordering_client.errors import DecodeError

__all__ = ["Fields", "deprecated", "document_error", "field_error", "mismatch", "missing"]

Fields = tuple[tuple[str, str], ...]
"""Attribute and wire name of each field of a model, in the order of decoding."""


def deprecated(name: str) -> None:
    """Warn whoever called the method that calls this: the description says that what it uses will go.

    Args:
        name: of the operation, or of an argument of it, as users write it.
    """
    warnings.warn(f"{name} is deprecated by the API's description", DeprecationWarning, stacklevel=3)


def mismatch(expected: str, value: object) -> DecodeError:
    """The error for a value of the wrong kind; the callers around it add where it stood."""
    return DecodeError(f"expected {expected}", value=value)


def missing() -> DecodeError:
    """The error for a field that a request body must have."""
    return DecodeError("a request must have it, and it is missing or null")


def field_error(
    partial: object, fields: Fields, source: Mapping[str, Any], error: Exception, items: list[Any] | None = None
) -> DecodeError:
    """Say which field of a model could not be decoded: the first one that its unfinished instance lacks.

    Args:
        partial: the instance, as far as it got.
        fields: of the model, in the order of decoding.
        source: what was to be decoded.
        error: what went wrong; a TypeError where a list or an object stood in place of text, an AttributeError where
            something else stood in place of an object.
        items: what there is of the list that was being decoded; the next one failed.
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
    """Finish the error of a whole document: the model's name in front of the path, and the untouched source."""
    if isinstance(error, RecursionError):
        error = DecodeError("it is nested too deeply")
    error.body = source
    return error.at(name)
