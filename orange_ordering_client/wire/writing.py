"""Encoding of values, and representation of models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, cast

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.text import safe_repr
from orange_ordering_client.wire.dates import format_date, format_datetime
from orange_ordering_client.wire.enums import OpenEnum, OpenIntEnum
from orange_ordering_client.wire.failing import Fields

__all__ = ["body_of", "represent", "to_wire", "with_extras"]


_DEEPEST: Final = 100
"""Largest number of nested levels in a body, because JSON libraries recurse. An order has about ten."""


def body_of(model: Any) -> dict[str, Any]:
    """Encode a model as a request body.

    Raises:
        InvalidArgument: `model` is not a model, or contains a value that is not a model, or that JSON does not support.
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
    except RecursionError:
        raise InvalidArgument(f"{name} cannot be written: it is nested too deep.") from None
    _check_json(name, written)
    return written


def _check_json(name: str, written: object) -> None:
    """Raise InvalidArgument for values that JSON does not support. It does not recurse: values may be nested deeply."""
    rest: list[tuple[str, object, int]] = [(name, written, 1)]
    while rest:
        path, value, depth = rest.pop()
        if isinstance(value, (dict, list, tuple)) and depth > _DEEPEST:
            raise InvalidArgument(f"{name} cannot be written: it is nested more than {_DEEPEST} levels deep.")
        if isinstance(value, dict):
            for key, item in cast("dict[object, object]", value).items():
                if not isinstance(key, str):
                    raise InvalidArgument(f"{path} has the key {safe_repr(key)}; keys in JSON are text.")
                rest.append((f"{path}.{key}", item, depth + 1))
        elif isinstance(value, (list, tuple)):
            rest += [(f"{path}[{at}]", item, depth + 1) for at, item in enumerate(cast("list[object]", value))]
        elif isinstance(value, float) and not math.isfinite(value):
            raise InvalidArgument(f"{path} is {value}, which JSON cannot hold.")
        elif value is not None and not isinstance(value, (str, int, float)):
            raise InvalidArgument(
                f"{path} is {type(value).__name__}, which JSON cannot hold. Give text, a number, True, False, None, a"
                " list or a dict."
            )


def with_extras(result: dict[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """Add properties that are not in the description; described properties have precedence."""
    for key, value in extras.items():
        result.setdefault(key, to_wire(value))
    return result


def to_wire(value: Any) -> Any:
    """Encode any decoded value."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [to_wire(item) for item in value]  # pyright: ignore[reportUnknownVariableType]  # unlike mypy, it forgets Any here
    if isinstance(value, (OpenEnum, OpenIntEnum)):
        return value.value
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_date(value)
    if value is None or isinstance(value, (str, int, float, Mapping)):
        return value  # pyright: ignore[reportUnknownVariableType]  # JSON
    # Imported here, because few descriptions have UUIDs, and the import takes time.
    from orange_ordering_client.wire.uuids import UUID, format_uuid

    return format_uuid(value) if isinstance(value, UUID) else value


def represent(model: object, fields: Fields) -> str:
    """Return the representation of a model, with the attributes that are not None."""
    pairs = [(attribute, getattr(model, attribute, None)) for attribute, _ in fields]
    pairs.append(("additional_properties", getattr(model, "additional_properties", None)))
    return f"{type(model).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs if value is not None)})"
