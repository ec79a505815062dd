"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

_FIELDS: Final[wire.Fields] = (
    ("id", "id"),
    ("name", "name"),
    ("fullname", "fullname"),
    ("type", "type"),
    ("mime_type", "mimeType"),
    ("href", "href"),
    ("body", "body"),
    ("created_at", "createdAt"),
    ("updated_at", "updatedAt"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_AttachmentT = TypeVar("_AttachmentT", bound="Attachment")


@define(kw_only=True, repr=False, weakref_slot=False)
class Attachment(wire.Model):
    """A file that belongs to a request.

    Attributes:
        id: Identifier of the attachment.
        name: Name of the file.
        fullname: Full name of the file.
        type: Kind of attachment.
        mime_type: Media type of the file.
        href: Where to fetch the file.
        body: Content of the file.
        created_at: When the attachment was recorded; the form is not documented.
        updated_at: When the attachment last changed; the form is not documented.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    name: str | None = None
    fullname: str | None = None
    type: str | None = None
    mime_type: str | None = None
    href: str | None = None
    body: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_attachment(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Attachment", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        if self.name is not None:
            result["name"] = self.name
        if self.fullname is not None:
            result["fullname"] = self.fullname
        if self.type is not None:
            result["type"] = self.type
        if self.mime_type is not None:
            result["mimeType"] = self.mime_type
        if self.href is not None:
            result["href"] = self.href
        if self.body is not None:
            result["body"] = self.body
        if self.created_at is not None:
            result["createdAt"] = self.created_at
        if self.updated_at is not None:
            result["updatedAt"] = self.updated_at
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_attachment(data: Mapping[str, Any], kind: type[_AttachmentT]) -> _AttachmentT:
    """Decode an object as `Attachment` or a subclass.

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
        value = data.get("fullname")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.fullname = value
        value = data.get("type")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.type = value
        value = data.get("mimeType")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.mime_type = value
        value = data.get("href")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.href = value
        value = data.get("body")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.body = value
        value = data.get("createdAt")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.created_at = value
        value = data.get("updatedAt")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.updated_at = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
