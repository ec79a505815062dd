"""Models of the same page for pydantic v2 and msgspec."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec
import pydantic
from pydantic.alias_generators import to_camel


class Status(StrEnum):
    NEW = "NEW"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    CANCELED = "CANCELED"


class Step(StrEnum):
    REQUEST = "REQUEST"
    ORDER = "ORDER"
    QUOTE = "QUOTE"


class SubStep(StrEnum):
    INITIATION = "INITIATION"
    IN_PROGRESS = "IN_PROGRESS"
    APPROVAL = "APPROVAL"
    DELIVERY = "DELIVERY"
    ACCEPTANCE = "ACCEPTANCE"


class Priority(StrEnum):
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class Category(StrEnum):
    NEW = "NEW"
    CHANGE = "CHANGE"
    DISCONNECT = "DISCONNECT"


class QuoteStatus(StrEnum):
    NEW = "NEW"
    REJECTED = "REJECTED"
    VALIDATED = "VALIDATED"


class Method(StrEnum):
    GET = "GET"
    PATCH = "PATCH"
    POST = "POST"
    DELETE = "DELETE"


_SHAPES: dict[str, dict[str, Any]] = {
    "Customer": {"id": str, "name": str},
    "KeyDates": {
        "issued_at": date,
        "requested_at": date,
        "expected_installation_at": date,
        "expected_at": date,
        "completed_at": date,
    },
    "QuoteAttachment": {"name": str, "format": str, "href": str, "content": str},
    "Quote": {
        "id": str,
        "name": str,
        "status": QuoteStatus,
        "attachment": "QuoteAttachment",
        "created_at": datetime,
        "updated_at": datetime,
    },
    "Attachment": {
        "id": str,
        "name": str,
        "fullname": str,
        "type": str,
        "mime_type": str,
        "href": str,
        "body": str,
        "created_at": str,
        "updated_at": str,
    },
    "Hyperlink": {"href": str, "method": Method, "payload": str},
    "RequestLinks": {"self_": "Hyperlink", "quotes": "Hyperlink"},
    "Request": {
        "id": str,
        "name": str,
        "customer_reference": str,
        "type": str,
        "category": Category,
        "priority": Priority,
        "status": Status,
        "step": Step,
        "sub_step": SubStep,
        "is_overdue": Any,
        "is_archived": Any,
        "customer": "Customer",
        "key_dates": "KeyDates",
        "properties": dict[str, Any],
        "comment": str,
        "quotes": ["Quote"],
        "attachments": ["Attachment"],
        "created_at": datetime,
        "updated_at": datetime,
        "links": "RequestLinks",
    },
}
_WIRE = {"links": "_links", "self_": "self"}


def _kind(kind: Any, made: dict[str, Any]) -> Any:
    if isinstance(kind, list):
        item: Any = made[kind[0]]
        return list[item] | None
    return (made[kind] if isinstance(kind, str) else kind) | None


def pydantic_page() -> pydantic.TypeAdapter[Any]:
    """Return a decoder for a page of pydantic models that keep unknown keys."""
    config = pydantic.ConfigDict(extra="allow", alias_generator=lambda name: _WIRE.get(name) or to_camel(name))
    made: dict[str, Any] = {}
    for name, shape in _SHAPES.items():
        fields: dict[str, Any] = {field: (_kind(kind, made), None) for field, kind in shape.items()}
        made[name] = pydantic.create_model(name, __config__=config, **fields)
    request: Any = made["Request"]
    return pydantic.TypeAdapter(list[request])


def msgspec_page() -> msgspec.json.Decoder[Any]:
    """Return a decoder for a page of msgspec structs, which drop unknown keys."""
    made: dict[str, Any] = {}
    for name, shape in _SHAPES.items():
        fields = [(field, _kind(kind, made), None) for field, kind in shape.items()]
        rename = {field: _WIRE.get(field) or to_camel(field) for field in shape}
        made[name] = msgspec.defstruct(name, fields, rename=rename)
    request: Any = made["Request"]
    return msgspec.json.Decoder(list[request])
