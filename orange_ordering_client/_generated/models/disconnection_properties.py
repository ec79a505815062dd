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
    ("service_point", "servicePoint"),
    ("contacts", "contacts"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_DisconnectionPropertiesT = TypeVar("_DisconnectionPropertiesT", bound="DisconnectionProperties")


@define(kw_only=True, repr=False, weakref_slot=False)
class DisconnectionProperties(wire.Model):
    """What disconnecting a BVPN site needs to know.

    Attributes:
        service_point: The site to disconnect, named by exactly one of `id`, `customerReference` and
            `reference`.
        contacts: Whom to contact about a disconnection.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    service_point: ServicePoint
    contacts: Contacts | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_disconnection_properties(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "DisconnectionProperties", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["servicePoint"] = self.service_point.to_dict()
        if self.contacts is not None:
            result["contacts"] = self.contacts.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_disconnection_properties(
    data: Mapping[str, Any], kind: type[_DisconnectionPropertiesT]
) -> _DisconnectionPropertiesT:
    """Decode an object as `DisconnectionProperties` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("servicePoint")
        if value is None:
            raise wire.missing()
        self.service_point = (lambda value: decode_service_point(value, ServicePoint))(value)
        value = data.get("contacts")
        self.contacts = None if value is None else decode_contacts(value, Contacts)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .contacts import Contacts, decode_contacts
from .service_point import ServicePoint, decode_service_point

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
DisconnectionProperties.__init__.__globals__.update(ServicePoint=ServicePoint, Contacts=Contacts)
