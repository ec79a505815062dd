"""The JSON Schema of a model, for frameworks that document their parameters and responses."""

from __future__ import annotations

import datetime
import types
import typing
from enum import Enum
from typing import Any
from uuid import UUID

import attrs

__all__ = ["json_schema_of"]

_SIMPLE: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    UUID: {"type": "string", "format": "uuid"},
    type(None): {"type": "null"},
}


def json_schema_of(kind: type[Any]) -> dict[str, Any]:
    """Return a schema of the wire form, which is self-contained, without references.

    Keys that are not in the description, and unknown values of enums, are allowed, as in `from_dict`.

    Args:
        kind: class of the model.
    """
    return _model(kind, ())


def _model(kind: type[Any], around: tuple[type[Any], ...]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "title": kind.__name__}
    # A model that contains itself would cause an endless recursion.
    if kind in around:
        return schema
    hints = typing.get_type_hints(kind)
    names = dict(kind.__wire__)
    fields = [field for field in attrs.fields(kind) if field.name in names]
    schema["properties"] = {names[field.name]: _schema(hints[field.name], (*around, kind)) for field in fields}
    required = [names[field.name] for field in fields if field.default is attrs.NOTHING]
    return {**schema, "required": required} if required else schema


def _schema(hint: Any, around: tuple[type[Any], ...]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        # None is left out of the schema, because absent and null are equal here.
        kinds = [_schema(one, around) for one in arguments if one is not type(None)]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], around)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], around)}
    if hasattr(hint, "__wire__"):
        return _model(hint, around)
    simple = _SIMPLE.get(hint)
    if simple is None and isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "integer" if issubclass(hint, int) else "string", "examples": [one.value for one in hint]}
    return {**(simple or {})}
