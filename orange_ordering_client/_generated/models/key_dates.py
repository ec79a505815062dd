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

_FIELDS: Final[wire.Fields] = (
    ("issued_at", "issuedAt"),
    ("requested_at", "requestedAt"),
    ("expected_installation_at", "expectedInstallationAt"),
    ("expected_at", "expectedAt"),
    ("completed_at", "completedAt"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_KeyDatesT = TypeVar("_KeyDatesT", bound="KeyDates")


@define(kw_only=True, repr=False, weakref_slot=False)
class KeyDates(wire.Model):
    """The days that matter in the life of a request.

    Attributes:
        issued_at: Day on which the request was issued.
        requested_at: Day that was asked for.
        expected_installation_at: Day on which the installation is expected.
        expected_at: Day on which the delivery is expected.
        completed_at: Day on which the request was completed.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    issued_at: datetime.date | None = None
    requested_at: datetime.date | None = None
    expected_installation_at: datetime.date | None = None
    expected_at: datetime.date | None = None
    completed_at: datetime.date | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_key_dates(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "KeyDates", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.issued_at is not None:
            result["issuedAt"] = wire.format_date(self.issued_at)
        if self.requested_at is not None:
            result["requestedAt"] = wire.format_date(self.requested_at)
        if self.expected_installation_at is not None:
            result["expectedInstallationAt"] = wire.format_date(self.expected_installation_at)
        if self.expected_at is not None:
            result["expectedAt"] = wire.format_date(self.expected_at)
        if self.completed_at is not None:
            result["completedAt"] = wire.format_date(self.completed_at)
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_key_dates(data: Mapping[str, Any], kind: type[_KeyDatesT]) -> _KeyDatesT:
    """Decode an object as `KeyDates` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        self.issued_at = date_cache[data.get("issuedAt")]
        self.requested_at = date_cache[data.get("requestedAt")]
        self.expected_installation_at = date_cache[data.get("expectedInstallationAt")]
        self.expected_at = date_cache[data.get("expectedAt")]
        self.completed_at = date_cache[data.get("completedAt")]
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
