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
    ("self_", "self"),
    ("quotes", "quotes"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_RequestLinksT = TypeVar("_RequestLinksT", bound="RequestLinks")


@define(kw_only=True, repr=False, weakref_slot=False)
class RequestLinks(wire.Model):
    """Where to go from a request.

    Attributes:
        self_: A link in the manner of HAL.
        quotes: A link in the manner of HAL.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    self_: Hyperlink | None = None
    quotes: Hyperlink | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_request_links(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "RequestLinks", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.self_ is not None:
            result["self"] = self.self_.to_dict()
        if self.quotes is not None:
            result["quotes"] = self.quotes.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_request_links(data: Mapping[str, Any], kind: type[_RequestLinksT]) -> _RequestLinksT:
    """Decode an object as `RequestLinks` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("self")
        self.self_ = None if value is None else decode_hyperlink(value, Hyperlink)
        value = data.get("quotes")
        self.quotes = None if value is None else decode_hyperlink(value, Hyperlink)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .hyperlink import Hyperlink, decode_hyperlink

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
RequestLinks.__init__.__globals__.update(Hyperlink=Hyperlink)
