"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

# The decoder is a function, because calling a class method takes longer than its work. It sets private attributes.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define
from attrs import field as _field

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new, parse_datetime

from .quote_status import QuoteStatus, known_quote_status

_FIELDS: Final[wire.Fields] = (
    ("id", "id"),
    ("name", "name"),
    ("status", "status"),
    ("attachment", "attachment"),
    ("created_at", "createdAt"),
    ("updated_at", "updatedAt"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_QuoteT = TypeVar("_QuoteT", bound="Quote")


@define(kw_only=True, repr=False, weakref_slot=False)
class Quote(wire.Model):
    """A quote made for a request.

    Attributes:
        id: Identifier of the quote.
        name: Name of the quote.
        status: Where a quote stands. Other values can appear.
        attachment: The document of a quote.
        created_at: When the quote was recorded.
        updated_at: When the quote last changed.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    name: str | None = None
    status: QuoteStatus | None = None
    attachment: QuoteAttachment | None = None
    created_at: datetime.datetime | None = None
    updated_at: datetime.datetime | None = None
    additional_properties: dict[str, Any] | None = None
    _created_at_text: str | None = _field(default=None, init=False, eq=False)
    _updated_at_text: str | None = _field(default=None, init=False, eq=False)

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_quote(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Quote", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        if self.name is not None:
            result["name"] = self.name
        if self.status is not None:
            result["status"] = str(self.status)
        if self.attachment is not None:
            result["attachment"] = self.attachment.to_dict()
        if self.created_at is not None:
            result["createdAt"] = wire.format_received_datetime(self.created_at, self._created_at_text)
        if self.updated_at is not None:
            result["updatedAt"] = wire.format_received_datetime(self.updated_at, self._updated_at_text)
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_quote(data: Mapping[str, Any], kind: type[_QuoteT]) -> _QuoteT:
    """Decode an object as `Quote` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("id")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.id = value
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
        self.status = known_quote_status[data.get("status")]
        value = data.get("attachment")
        self.attachment = None if value is None else decode_quote_attachment(value, QuoteAttachment)
        value = data.get("createdAt")
        self.created_at = None if value is None else parse_datetime(value)

        self._created_at_text = value
        value = data.get("updatedAt")
        self.updated_at = None if value is None else parse_datetime(value)

        self._updated_at_text = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .quote_attachment import QuoteAttachment, decode_quote_attachment

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
Quote.__init__.__globals__.update(QuoteAttachment=QuoteAttachment)
