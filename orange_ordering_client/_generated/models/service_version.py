"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

# The decoder is a function, because calling a class method takes longer than its work. It sets private attributes.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define
from attrs import field as _field

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new

_FIELDS: Final[wire.Fields] = (
    ("version", "version"),
    ("deprecated", "deprecated"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_ServiceVersionT = TypeVar("_ServiceVersionT", bound="ServiceVersion")


@define(kw_only=True, repr=False, weakref_slot=False)
class ServiceVersion(wire.Model):
    """Which version of the API answers.

    Attributes:
        version: The parts of a version number.
        deprecated: Whether this version is on its way out.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    version: VersionNumber | None = None
    deprecated: bool | None = None
    additional_properties: dict[str, Any] | None = None
    _deprecated_spelling: Any = _field(default=None, init=False, eq=False)

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_service_version(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "ServiceVersion", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.version is not None:
            result["version"] = self.version.to_dict()
        if (written := wire.format_boolean(self.deprecated, self._deprecated_spelling)) is not None:
            result["deprecated"] = written
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_service_version(data: Mapping[str, Any], kind: type[_ServiceVersionT]) -> _ServiceVersionT:
    """Decode an object as `ServiceVersion` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("version")
        self.version = None if value is None else decode_version_number(value, VersionNumber)
        value = data.get("deprecated")
        if value.__class__ is not bool and value is not None:
            value = wire.parse_boolean(value)
        self.deprecated = value

        self._deprecated_spelling = data.get("deprecated")
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .version_number import VersionNumber, decode_version_number

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
ServiceVersion.__init__.__globals__.update(VersionNumber=VersionNumber)
