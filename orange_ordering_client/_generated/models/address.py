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
    ("street", "street"),
    ("postal_code", "postalCode"),
    ("city", "city"),
    ("country", "country"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_AddressT = TypeVar("_AddressT", bound="Address")


@define(kw_only=True, repr=False, weakref_slot=False)
class Address(wire.Model):
    """A postal address.

    Attributes:
        street: Number and street.
        postal_code: Postal code.
        city: City.
        country: Country code.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    street: str
    postal_code: str
    city: str
    country: str
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_address(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Address", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["street"] = self.street
        result["postalCode"] = self.postal_code
        result["city"] = self.city
        result["country"] = self.country
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_address(data: Mapping[str, Any], kind: type[_AddressT]) -> _AddressT:
    """Decode an object as `Address` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("street")
        if value is None:
            raise wire.missing()
        self.street = wire.string(value)
        value = data.get("postalCode")
        if value is None:
            raise wire.missing()
        self.postal_code = wire.string(value)
        value = data.get("city")
        if value is None:
            raise wire.missing()
        self.city = wire.string(value)
        value = data.get("country")
        if value is None:
            raise wire.missing()
        self.country = wire.string(value)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
