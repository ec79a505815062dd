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
    ("href", "href"),
    ("content", "content"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_QuoteAttachmentT = TypeVar("_QuoteAttachmentT", bound="QuoteAttachment")


@define(kw_only=True, repr=False, weakref_slot=False)
class QuoteAttachment(wire.Model):
    """The document of a quote.

    Attributes:
        name: Name of the file.
        format: Format of the file.
        href: Where to fetch the file.
        content: Content of the file.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    name: str | None = None
    format: str | None = None
    href: str | None = None
    content: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_quote_attachment(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "QuoteAttachment", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.name is not None:
            result["name"] = self.name
        if self.format is not None:
            result["format"] = self.format
        if self.href is not None:
            result["href"] = self.href
        if self.content is not None:
            result["content"] = self.content
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_quote_attachment(data: Mapping[str, Any], kind: type[_QuoteAttachmentT]) -> _QuoteAttachmentT:
    """Decode an object as `QuoteAttachment` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
        value = data.get("format")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.format = value
        value = data.get("href")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.href = value
        value = data.get("content")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.content = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
