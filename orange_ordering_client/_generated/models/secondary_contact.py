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
    ("title", "title"),
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("phone", "phone"),
    ("mobile", "mobile"),
    ("email", "email"),
    ("roles", "roles"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_SecondaryContactT = TypeVar("_SecondaryContactT", bound="SecondaryContact")


@define(kw_only=True, repr=False, weakref_slot=False)
class SecondaryContact(wire.Model):
    """The person to contact when the first is not there.

    Attributes:
        name: Full name.
        title: Form of address.
        first_name: First name.
        last_name: Last name.
        phone: Landline number.
        mobile: Mobile number.
        email: E-mail address.
        roles: What the person is to be contacted for.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    name: str
    title: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    roles: list[str] | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_secondary_contact(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "SecondaryContact", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["name"] = self.name
        if self.title is not None:
            result["title"] = self.title
        if self.first_name is not None:
            result["firstName"] = self.first_name
        if self.last_name is not None:
            result["lastName"] = self.last_name
        if self.phone is not None:
            result["phone"] = self.phone
        if self.mobile is not None:
            result["mobile"] = self.mobile
        if self.email is not None:
            result["email"] = self.email
        if self.roles is not None:
            result["roles"] = list(self.roles)
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_secondary_contact(data: Mapping[str, Any], kind: type[_SecondaryContactT]) -> _SecondaryContactT:
    """Decode an object as `SecondaryContact` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("name")
        if value is None:
            raise wire.missing()
        self.name = wire.string(value)
        value = data.get("title")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.title = value
        value = data.get("firstName")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.first_name = value
        value = data.get("lastName")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.last_name = value
        value = data.get("phone")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.phone = value
        value = data.get("mobile")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.mobile = value
        value = data.get("email")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.email = value
        value = data.get("roles")
        self.roles = None if value is None else wire.items(value, wire.string)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
