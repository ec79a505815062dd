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
    ("name", "name"),
    ("format", "format"),
    ("body", "body"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_NewAttachmentT = TypeVar("_NewAttachmentT", bound="NewAttachment")


@define(kw_only=True, repr=False, weakref_slot=False)
class NewAttachment(wire.Model):
    """A file sent with a request.

    Attributes:
        name: Name of the file.
        format: Format of the file.
        body: Content of the file in base64.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    name: str
    format: str
    body: str
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_new_attachment(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "NewAttachment", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["name"] = self.name
        result["format"] = self.format
        result["body"] = self.body
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_new_attachment(data: Mapping[str, Any], kind: type[_NewAttachmentT]) -> _NewAttachmentT:
    """Decode an object as `NewAttachment` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("name")
        if value is None:
            raise wire.missing()
        self.name = wire.string(value)
        value = data.get("format")
        if value is None:
            raise wire.missing()
        self.format = wire.string(value)
        value = data.get("body")
        if value is None:
            raise wire.missing()
        self.body = wire.string(value)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
