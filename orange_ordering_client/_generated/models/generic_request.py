"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.errors import DecodeError

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


@define(kw_only=True, repr=False, weakref_slot=False)
class GenericRequest:
    """A request for something that has no type of its own, such as type C_GENERIC_FR_1.

    Attributes:
        type: Identifier of the catalog item to request.
        requested_at: Day on which the change is wanted.
        customer_reference: Your own reference: the one handle for finding the request again, since nothing
            marks two submissions as the same.
        contract: Contract that the request falls under.
        customer: Whom a submitted request is for.
        comment: Free text for Orange.
        attachments: Files to send with the request.
        properties: What a generic request needs to know.
        additional_properties: what the description does not know, as it came; None if there is nothing.
    """

    type: str
    requested_at: datetime.date
    customer_reference: str | None = None
    contract: str | None = None
    customer: NewCustomer | None = None
    comment: str | None = None
    attachments: list[NewAttachment] | None = None
    properties: GenericProperties | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        What the constructor requires must be there.

        Raises:
            DecodeError: something in it is not what the description says; `path` says where.
        """
        self = object.__new__(cls)
        try:
            _fill(self, wire.json_object(source))
        except (DecodeError, RecursionError) as error:
            raise wire.rooted(error, "GenericRequest", source) from None
        return self

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        result["type"] = self.type
        result["requestedAt"] = wire.date_text(self.requested_at)
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
            result["properties"] = self.properties.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.shown(self, _FIELDS)


def decode_generic_request(source: Any) -> GenericRequest:
    """Decode one that is part of something else.

    Raises:
        DecodeError: with the path from here on.
    """
    self = object.__new__(GenericRequest)
    _fill(self, source)
    return self


def _fill(self: GenericRequest, data: dict[str, Any]) -> None:
    if type(data) is not dict:
        data = wire.json_object(data)
    get = data.get
    try:
        value = get("type")
        if value is None:
            raise wire.missing()
        self.type = wire.text(value)
        value = get("requestedAt")
        if value is None:
            raise wire.missing()
        self.requested_at = wire.date_of(value)
        value = get("customerReference")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.customer_reference = value
        value = get("contract")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.contract = value
        value = get("customer")
        self.customer = decode_new_customer(value) if value is not None else None
        value = get("comment")
        if type(value) is not str and value is not None:
            value = wire.text(value)
        self.comment = value
        value = get("attachments")
        self.attachments = wire.items(value, decode_new_attachment) if value is not None else None
        value = get("properties")
        self.properties = decode_generic_properties(value) if value is not None else None
        self.additional_properties = None if _NAMES.issuperset(data) else wire.extras(data, _NAMES)
    except (DecodeError, TypeError) as error:
        raise wire.located(self, _FIELDS, data, error) from None


from .generic_properties import GenericProperties, decode_generic_properties
from .new_attachment import NewAttachment, decode_new_attachment
from .new_customer import NewCustomer, decode_new_customer
