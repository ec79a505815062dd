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
    ("title", "title"),
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("email", "email"),
    ("phone", "phone"),
    ("mobile", "mobile"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


@define(kw_only=True, repr=False, weakref_slot=False)
class Contact:
    """A person to contact about a disconnection.

    Attributes:
        title: Form of address.
        first_name: First name.
        last_name: Last name.
        email: E-mail address.
        phone: Landline number.
        mobile: Mobile number.
        additional_properties: what the description does not know, as it came; None if there is nothing.
    """

    title: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
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
            raise wire.rooted(error, "Contact", source) from None
        return self

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.title is not None:
            result["title"] = self.title
        if self.first_name is not None:
            result["firstName"] = self.first_name
        if self.last_name is not None:
            result["lastName"] = self.last_name
        if self.email is not None:
            result["email"] = self.email
        if self.phone is not None:
            result["phone"] = self.phone
        if self.mobile is not None:
            result["mobile"] = self.mobile
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.shown(self, _FIELDS)


def decode_contact(source: Any) -> Contact:
    """Decode one that is part of something else.

    Raises:
        DecodeError: with the path from here on.
    """
    self = object.__new__(Contact)
    _fill(self, source)
    return self


def _fill(self: Contact, data: dict[str, Any]) -> None:
    if type(data) is not dict:
        data = wire.json_object(data)
    get = data.get
    try:
        value = get("title")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.title = value
        value = get("firstName")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.first_name = value
        value = get("lastName")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.last_name = value
        value = get("email")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.email = value
        value = get("phone")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.phone = value
        value = get("mobile")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.mobile = value
        self.additional_properties = None if _NAMES.issuperset(data) else wire.extras(data, _NAMES)
    except (DecodeError, TypeError) as error:
        raise wire.located(self, _FIELDS, data, error) from None
