"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.errors import DecodeError

_FIELDS: Final[wire.Fields] = (
    ("name", "name"),
    ("format", "format"),
    ("href", "href"),
    ("content", "content"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


@define(kw_only=True, repr=False, weakref_slot=False)
class QuoteAttachment:
    """The document of a quote.

    Attributes:
        name: Name of the file.
        format: Format of the file.
        href: Where to fetch the file.
        content: Content of the file.
        additional_properties: what the description does not know, as it came; None if there is nothing.
    """

    name: str | None = None
    format: str | None = None
    href: str | None = None
    content: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: something in it is not what the description says; `path` says where.
        """
        self = object.__new__(cls)
        try:
            _fill(self, wire.json_object(source))
        except (DecodeError, RecursionError) as error:
            raise wire.rooted(error, "QuoteAttachment", source) from None
        return self

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
        return wire.shown(self, _FIELDS)


def decode_quote_attachment(source: Any) -> QuoteAttachment:
    """Decode one that is part of something else.

    Raises:
        DecodeError: with the path from here on.
    """
    self = object.__new__(QuoteAttachment)
    _fill(self, source)
    return self


def _fill(self: QuoteAttachment, data: dict[str, Any]) -> None:
    if type(data) is not dict:
        data = wire.json_object(data)
    get = data.get
    try:
        value = get("name")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.name = value
        value = get("format")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.format = value
        value = get("href")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.href = value
        value = get("content")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.content = value
        self.additional_properties = None if _NAMES.issuperset(data) else wire.extras(data, _NAMES)
    except (DecodeError, TypeError) as error:
        raise wire.located(self, _FIELDS, data, error) from None
