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
    ("code", "code"),
    ("message", "message"),
    ("description", "description"),
    ("info_url", "infoURL"),
    ("details", "details"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_ErrorBodyT = TypeVar("_ErrorBodyT", bound="ErrorBody")


@define(kw_only=True, repr=False, weakref_slot=False)
class ErrorBody(wire.Model):
    """Why a call failed. The code alone does not tell: the same one appears under several statuses.

    Attributes:
        code: Orange's number for the fault, to be read together with the status.
        message: The fault in a few words.
        description: The fault at more length.
        info_url: Page that explains the fault.
        details: The single faults that the error sums up.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    code: int | None = None
    message: str | None = None
    description: str | None = None
    info_url: str | None = None
    details: list[ErrorDetail] | None = None
    additional_properties: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_error_body(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "ErrorBody", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.code is not None:
            result["code"] = self.code
        if self.message is not None:
            result["message"] = self.message
        if self.description is not None:
            result["description"] = self.description
        if self.info_url is not None:
            result["infoURL"] = self.info_url
        if self.details is not None:
            result["details"] = [item.to_dict() for item in self.details]
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_error_body(data: Mapping[str, Any], kind: type[_ErrorBodyT]) -> _ErrorBodyT:
    """Decode an object as `ErrorBody` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    items: list[Any] | None = None
    try:
        value = data.get("code")
        if value.__class__ is not int and value is not None:
            value = wire.integer(value)
        self.code = value
        value = data.get("message")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.message = value
        value = data.get("description")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.description = value
        value = data.get("infoURL")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.info_url = value
        value = data.get("details")
        if value is None:
            self.details = None
        elif value.__class__ is not list:
            raise wire.mismatch("a list", value)
        else:
            items = []
            for item in value:
                items.append(decode_error_detail(item, ErrorDetail))
            self.details = items
            items = None
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error, items) from None
    return self


from .error_detail import ErrorDetail, decode_error_detail

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
ErrorBody.__init__.__globals__.update(ErrorDetail=ErrorDetail)
