"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, date_cache, new

from .generic_domain import GenericDomain, known_generic_domain

_FIELDS: Final[wire.Fields] = (
    ("domain", "domain"),
    ("location", "location"),
    ("requested_at", "requestedAt"),
    ("offer", "offer"),
    ("billing_account", "billingAccount"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_GenericPropertiesT = TypeVar("_GenericPropertiesT", bound="GenericProperties")


@define(kw_only=True, repr=False, weakref_slot=False)
class GenericProperties(wire.Model):
    """What a generic request needs to know.

    Attributes:
        domain: What a generic request is about. Other values can appear.
        location: Where a generic request is to be carried out.
        requested_at: Day on which the change is wanted.
        offer: The offer that a generic request is about.
        billing_account: The account that a generic request is billed to.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    domain: GenericDomain | None = None
    location: Location | None = None
    requested_at: datetime.date | None = None
    offer: GenericOffer | None = None
    billing_account: GenericBillingAccount | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_generic_properties(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "GenericProperties", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.domain is not None:
            result["domain"] = str(self.domain)
        if self.location is not None:
            result["location"] = self.location.to_dict()
        if self.requested_at is not None:
            result["requestedAt"] = wire.format_date(self.requested_at)
        if self.offer is not None:
            result["offer"] = self.offer.to_dict()
        if self.billing_account is not None:
            result["billingAccount"] = self.billing_account.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_generic_properties(data: Mapping[str, Any], kind: type[_GenericPropertiesT]) -> _GenericPropertiesT:
    """Decode an object as `GenericProperties` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        self.domain = known_generic_domain[data.get("domain")]
        value = data.get("location")
        self.location = None if value is None else decode_location(value, Location)
        self.requested_at = date_cache[data.get("requestedAt")]
        value = data.get("offer")
        self.offer = None if value is None else decode_generic_offer(value, GenericOffer)
        value = data.get("billingAccount")
        self.billing_account = None if value is None else decode_generic_billing_account(value, GenericBillingAccount)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .generic_billing_account import GenericBillingAccount, decode_generic_billing_account
from .generic_offer import GenericOffer, decode_generic_offer
from .location import Location, decode_location

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
GenericProperties.__init__.__globals__.update(
    Location=Location, GenericOffer=GenericOffer, GenericBillingAccount=GenericBillingAccount
)
