"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

from .location_type import LocationType, known_location_type

_FIELDS: Final[wire.Fields] = (
    ("name", "name"),
    ("address", "address"),
    ("primary_contact", "primaryContact"),
    ("type", "type"),
    ("company", "company"),
    ("legal_identifier", "legalIdentifier"),
    ("customer_reference", "customerReference"),
    ("building", "building"),
    ("stair_cases", "stairCases"),
    ("floor", "floor"),
    ("secondary_contact", "secondaryContact"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_LocationT = TypeVar("_LocationT", bound="Location")


@define(kw_only=True, repr=False, weakref_slot=False)
class Location(wire.Model):
    """Where a generic request is to be carried out.

    Attributes:
        name: Name of the location.
        address: A postal address.
        primary_contact: The person to contact first.
        type: Kind of location. Other values can appear.
        company: Company at the location.
        legal_identifier: Legal identifier of the company there.
        customer_reference: Your own reference of the location.
        building: Building.
        stair_cases: Staircase.
        floor: Floor.
        secondary_contact: The person to contact when the first is not there.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    name: str
    address: Address
    primary_contact: PrimaryContact
    type: LocationType | None = None
    company: str | None = None
    legal_identifier: str | None = None
    customer_reference: str | None = None
    building: str | None = None
    stair_cases: str | None = None
    floor: str | None = None
    secondary_contact: SecondaryContact | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_location(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Location", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["name"] = self.name
        result["address"] = self.address.to_dict()
        result["primaryContact"] = self.primary_contact.to_dict()
        if self.type is not None:
            result["type"] = str(self.type)
        if self.company is not None:
            result["company"] = self.company
        if self.legal_identifier is not None:
            result["legalIdentifier"] = self.legal_identifier
        if self.customer_reference is not None:
            result["customerReference"] = self.customer_reference
        if self.building is not None:
            result["building"] = self.building
        if self.stair_cases is not None:
            result["stairCases"] = self.stair_cases
        if self.floor is not None:
            result["floor"] = self.floor
        if self.secondary_contact is not None:
            result["secondaryContact"] = self.secondary_contact.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_location(data: Mapping[str, Any], kind: type[_LocationT]) -> _LocationT:
    """Decode an object as `Location` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("name")
        if value is None:
            raise wire.missing()
        self.name = wire.string(value)
        value = data.get("address")
        if value is None:
            raise wire.missing()
        self.address = (lambda value: decode_address(value, Address))(value)
        value = data.get("primaryContact")
        if value is None:
            raise wire.missing()
        self.primary_contact = (lambda value: decode_primary_contact(value, PrimaryContact))(value)
        self.type = known_location_type[data.get("type")]
        value = data.get("company")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.company = value
        value = data.get("legalIdentifier")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.legal_identifier = value
        value = data.get("customerReference")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.customer_reference = value
        value = data.get("building")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.building = value
        value = data.get("stairCases")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.stair_cases = value
        value = data.get("floor")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.floor = value
        value = data.get("secondaryContact")
        self.secondary_contact = None if value is None else decode_secondary_contact(value, SecondaryContact)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .address import Address, decode_address
from .primary_contact import PrimaryContact, decode_primary_contact
from .secondary_contact import SecondaryContact, decode_secondary_contact

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
Location.__init__.__globals__.update(Address=Address, PrimaryContact=PrimaryContact, SecondaryContact=SecondaryContact)
