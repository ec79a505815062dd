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
    ("major", "major"),
    ("minor", "minor"),
    ("patch", "patch"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_VersionNumberT = TypeVar("_VersionNumberT", bound="VersionNumber")


@define(kw_only=True, repr=False, weakref_slot=False)
class VersionNumber(wire.Model):
    """The parts of a version number.

    Attributes:
        major: Major part.
        minor: Minor part.
        patch: Patch part.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    major: str | None = None
    minor: str | None = None
    patch: str | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_version_number(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "VersionNumber", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.major is not None:
            result["major"] = self.major
        if self.minor is not None:
            result["minor"] = self.minor
        if self.patch is not None:
            result["patch"] = self.patch
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_version_number(data: Mapping[str, Any], kind: type[_VersionNumberT]) -> _VersionNumberT:
    """Decode an object as `VersionNumber` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("major")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.major = value
        value = data.get("minor")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.minor = value
        value = data.get("patch")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.patch = value
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self
