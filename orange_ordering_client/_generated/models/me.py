"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

from .me_type import MeType, known_me_type

_FIELDS: Final[wire.Fields] = (
    ("id", "id"),
    ("login", "login"),
    ("name", "name"),
    ("phone", "phone"),
    ("mobile", "mobile"),
    ("email", "email"),
    ("scopes", "scopes"),
    ("type", "type"),
    ("created_at", "createdAt"),
    ("updated_at", "updatedAt"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_MeT = TypeVar("_MeT", bound="Me")


@define(kw_only=True, repr=False, weakref_slot=False)
class Me(wire.Model):
    """Whom the API key belongs to.

    Attributes:
        id: Identifier of the key's owner.
        login: Login of the owner.
        name: Name of the owner.
        phone: Landline number.
        mobile: Mobile number.
        email: E-mail address.
        scopes: Scopes that the owner may use.
        type: Whether the key works on the sandbox or in production.
        created_at: When the key was recorded; the form is not documented.
        updated_at: When the key last changed; the form is not documented.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    login: str | None = None
    name: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    scopes: str | None = None
    type: MeType | None = None
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
            return decode_me(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Me", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        if self.login is not None:
            result["login"] = self.login
        if self.name is not None:
            result["name"] = self.name
        if self.phone is not None:
            result["phone"] = self.phone
        if self.mobile is not None:
            result["mobile"] = self.mobile
        if self.email is not None:
            result["email"] = self.email
        if self.scopes is not None:
            result["scopes"] = self.scopes
        if self.type is not None:
            result["type"] = str(self.type)
        if self.created_at is not None:
            result["createdAt"] = self.created_at
        if self.updated_at is not None:
            result["updatedAt"] = self.updated_at
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_me(data: Mapping[str, Any], kind: type[_MeT]) -> _MeT:
    """Decode an object as `Me` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("id")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.id = value
        value = data.get("login")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.login = value
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
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
        value = data.get("scopes")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.scopes = value
        self.type = known_me_type[data.get("type")]
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
