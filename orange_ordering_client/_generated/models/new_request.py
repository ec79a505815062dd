"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

_FIELDS: Final[wire.Fields] = (
    ("type", "type"),
    ("requested_at", "requestedAt"),
    ("customer_reference", "customerReference"),
    ("contract", "contract"),
    ("customer", "customer"),
    ("comment", "comment"),
    ("attachments", "attachments"),
    ("properties", "properties"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_NewRequestT = TypeVar("_NewRequestT", bound="NewRequest")


@define(kw_only=True, repr=False, weakref_slot=False)
class NewRequest(wire.Model):
    """A request to submit. What `properties` must hold depends on `type`: the catalog item of that name describes it.

    Attributes:
        type: Identifier of the catalog item to request.
        requested_at: Day on which the change is wanted.
        customer_reference: Your own reference: the one handle for finding the request again, since nothing
            marks two submissions as the same.
        contract: Contract that the request falls under.
        customer: Whom a submitted request is for.
        comment: Free text for Orange.
        attachments: Files to send with the request.
        properties: What is particular to this type of request.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    type: str
    requested_at: datetime.date
    customer_reference: str | None = None
    contract: str | None = None
    customer: NewCustomer | None = None
    comment: str | None = None
    attachments: list[NewAttachment] | None = None
    properties: dict[str, Any] | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be present.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_new_request(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "NewRequest", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["type"] = self.type
        result["requestedAt"] = wire.format_date(self.requested_at)
        if self.customer_reference is not None:
            result["customerReference"] = self.customer_reference
        if self.contract is not None:
            result["contract"] = self.contract
        if self.customer is not None:
            result["customer"] = self.customer.to_dict()
        if self.comment is not None:
            result["comment"] = self.comment
        if self.attachments is not None:
            result["attachments"] = [item.to_dict() for item in self.attachments]
        if self.properties is not None:
            result["properties"] = self.properties
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_new_request(data: Mapping[str, Any], kind: type[_NewRequestT]) -> _NewRequestT:
    """Decode an object as `NewRequest` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    items: list[Any] | None = None
    try:
        value = data.get("type")
        if value is None:
            raise wire.missing()
        self.type = wire.string(value)
        value = data.get("requestedAt")
        if value is None:
            raise wire.missing()
        self.requested_at = wire.parse_date(value)
        value = data.get("customerReference")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.customer_reference = value
        value = data.get("contract")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.contract = value
        value = data.get("customer")
        self.customer = None if value is None else decode_new_customer(value, NewCustomer)
        value = data.get("comment")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.comment = value
        value = data.get("attachments")
        if value is None:
            self.attachments = None
        elif value.__class__ is not list:
            raise wire.mismatch("a list", value)
        else:
            items = []
            for item in value:
                items.append(decode_new_attachment(item, NewAttachment))
            self.attachments = items
            items = None
        value = data.get("properties")
        if value.__class__ is not dict and value is not None:
            value = wire.json_object(value)
        self.properties = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error, items) from None
    return self


from .new_attachment import NewAttachment, decode_new_attachment
from .new_customer import NewCustomer, decode_new_customer

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
NewRequest.__init__.__globals__.update(NewCustomer=NewCustomer, NewAttachment=NewAttachment)
