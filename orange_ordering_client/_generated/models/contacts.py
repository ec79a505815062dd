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
    ("primary", "primary"),
    ("secondary", "secondary"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_ContactsT = TypeVar("_ContactsT", bound="Contacts")


@define(kw_only=True, repr=False, weakref_slot=False)
class Contacts(wire.Model):
    """Whom to contact about a disconnection.

    Attributes:
        primary: A person to contact about a disconnection.
        secondary: A person to contact about a disconnection.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    primary: Contact
    secondary: Contact | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_contacts(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Contacts", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["primary"] = self.primary.to_dict()
        if self.secondary is not None:
            result["secondary"] = self.secondary.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_contacts(data: Mapping[str, Any], kind: type[_ContactsT]) -> _ContactsT:
    """Decode an object as `Contacts` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("primary")
        if value is None:
            raise wire.missing()
        self.primary = (lambda value: decode_contact(value, Contact))(value)
        value = data.get("secondary")
        self.secondary = None if value is None else decode_contact(value, Contact)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .contact import Contact, decode_contact

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
Contacts.__init__.__globals__.update(Contact=Contact)
