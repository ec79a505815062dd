"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

from .service_state import ServiceState, known_service_state

_FIELDS: Final[wire.Fields] = (
    ("name", "name"),
    ("status", "status"),
    ("version", "version"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_ServiceStatusT = TypeVar("_ServiceStatusT", bound="ServiceStatus")


@define(kw_only=True, repr=False, weakref_slot=False)
class ServiceStatus(wire.Model):
    """Whether the API works.

    Attributes:
        name: Name of the API.
        status: Whether the API works: `ok` or `ko`.
        version: Version of the API.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    name: str | None = None
    status: ServiceState | None = None
    version: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_service_status(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "ServiceStatus", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.name is not None:
            result["name"] = self.name
        if self.status is not None:
            result["status"] = str(self.status)
        if self.version is not None:
            result["version"] = self.version
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_service_status(data: Mapping[str, Any], kind: type[_ServiceStatusT]) -> _ServiceStatusT:
    """Decode an object as `ServiceStatus` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
        self.status = known_service_state[data.get("status")]
        value = data.get("version")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.version = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
