"""Decoded values back in wire form, and models for people to read."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.wire.dates import date_text, datetime_text
from orange_ordering_client.wire.enums import OpenEnum, OpenIntEnum
from orange_ordering_client.wire.failing import Fields

__all__ = ["body_of", "plain", "shown", "with_extras"]


def body_of(model: Any) -> dict[str, Any]:
    """Write a model that is to be sent.

    Raises:
        InvalidArgument: it is no model, or holds something else where a model belongs.
    """
    name = type(model).__name__
    if not callable(getattr(model, "to_dict", None)):
        raise InvalidArgument(f"A body is a model such as NewRequest, not {name}: NewRequest.from_dict() reads a dict.")
    try:
        written: dict[str, Any] = model.to_dict()
    except (AttributeError, TypeError) as error:
        raise InvalidArgument(
            f"{name} cannot be written ({error}). What is nested in it must be models: NewCustomer(...), not a dict."
        ) from None
    return written


def with_extras(result: dict[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """Add what the description does not know to what it knows, which has precedence."""
    for key, value in extras.items():
        result.setdefault(key, plain(value))
    return result


def plain(value: Any) -> Any:
    """Write any decoded value in wire form."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]  # unlike mypy, it forgets Any here
    if isinstance(value, (OpenEnum, OpenIntEnum)):
        return value.value
    if isinstance(value, datetime):
        return datetime_text(value)
    if isinstance(value, date):
        return date_text(value)
    uuid: Any = sys.modules.get("uuid")  # not there, no value can be one
    if uuid is not None and isinstance(value, uuid.UUID):
        from orange_ordering_client.wire.uuids import uuid_text

        return uuid_text(value)
    return value


def shown(model: object, fields: Fields) -> str:
    """Represent a model by what it has; a page of answers is unreadable when each repeats what it lacks."""
    pairs = [(attribute, getattr(model, attribute, None)) for attribute, _ in fields]
    pairs.append(("additional_properties", getattr(model, "additional_properties", None)))
    return f"{type(model).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs if value is not None)})"
