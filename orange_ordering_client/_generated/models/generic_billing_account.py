"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

_FIELDS: Final[wire.Fields] = (("id", "id"),)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_GenericBillingAccountT = TypeVar("_GenericBillingAccountT", bound="GenericBillingAccount")


@define(kw_only=True, repr=False, weakref_slot=False)
class GenericBillingAccount(wire.Model):
    """The account that a generic request is billed to.

    Attributes:
        id: Identifier of the billing account.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_generic_billing_account(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "GenericBillingAccount", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_generic_billing_account(
    data: Mapping[str, Any], kind: type[_GenericBillingAccountT]
) -> _GenericBillingAccountT:
    """Decode an object as `GenericBillingAccount` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("id")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.id = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
