"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

# The decoder is a function, because calling a class method takes longer than its work. It sets private attributes.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, TypeVar

from attrs import define
from attrs import field as _field

from orange_ordering_client import wire
from orange_ordering_client.wire import DecodeError, new, parse_datetime

from .request_category import RequestCategory, known_request_category
from .request_priority import RequestPriority, known_request_priority
from .request_status import RequestStatus, known_request_status
from .request_step import RequestStep, known_request_step
from .request_sub_step import RequestSubStep, known_request_sub_step

_FIELDS: Final[wire.Fields] = (
    ("id", "id"),
    ("name", "name"),
    ("customer_reference", "customerReference"),
    ("type", "type"),
    ("category", "category"),
    ("priority", "priority"),
    ("status", "status"),
    ("step", "step"),
    ("sub_step", "subStep"),
    ("is_overdue", "isOverdue"),
    ("is_archived", "isArchived"),
    ("customer", "customer"),
    ("key_dates", "keyDates"),
    ("properties", "properties"),
    ("comment", "comment"),
    ("quotes", "quotes"),
    ("attachments", "attachments"),
    ("created_at", "createdAt"),
    ("updated_at", "updatedAt"),
    ("links", "_links"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_RequestT = TypeVar("_RequestT", bound="Request")


@define(kw_only=True, repr=False, weakref_slot=False)
class Request(wire.Model):
    """A request and how far it has come. Any attribute can be absent, because `fields` may leave it out.

    Attributes:
        id: Identifier given by Orange.
        name: Name of the request.
        customer_reference: Your own reference, as sent with the request.
        type: Identifier of the catalog item that the request was made from.
        category: What a request does to a service. Other values can appear.
        priority: Priority of a request. Other values can appear; `UNKNWON` is spelt so upstream.
        status: Where a request stands. Other values can appear.
        step: Step that a request is at. Other values can appear.
        sub_step: Part of a step that a request is at. Other values can appear.
        is_overdue: Whether the request is late. Described as text upstream, while the filter of that name takes
            0 or 1: other spellings have to be expected, so no type is promised.
        is_archived: Whether the request is archived. Described as text upstream, while the filter of that name
            takes 0 or 1: other spellings have to be expected, so no type is promised.
        customer: Whom a request is for.
        key_dates: The days that matter in the life of a request.
        properties: What is particular to this type of request.
        comment: Free text sent with the request.
        quotes: Quotes made for the request.
        attachments: Files that belong to the request.
        created_at: When the request was recorded.
        updated_at: When the request last changed.
        links: Where to go from a request.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    name: str | None = None
    customer_reference: str | None = None
    type: str | None = None
    category: RequestCategory | None = None
    priority: RequestPriority | None = None
    status: RequestStatus | None = None
    step: RequestStep | None = None
    sub_step: RequestSubStep | None = None
    is_overdue: bool | None = None
    is_archived: bool | None = None
    customer: Customer | None = None
    key_dates: KeyDates | None = None
    properties: dict[str, Any] | None = None
    comment: str | None = None
    quotes: list[Quote] | None = None
    attachments: list[Attachment] | None = None
    created_at: datetime.datetime | None = None
    updated_at: datetime.datetime | None = None
    links: RequestLinks | None = None
    additional_properties: dict[str, Any] | None = None
    _created_at_text: str | None = _field(default=None, init=False, eq=False)
    _updated_at_text: str | None = _field(default=None, init=False, eq=False)
    _is_overdue_spelling: Any = _field(default=None, init=False, eq=False)
    _is_archived_spelling: Any = _field(default=None, init=False, eq=False)

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_request(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "Request", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        if self.name is not None:
            result["name"] = self.name
        if self.customer_reference is not None:
            result["customerReference"] = self.customer_reference
        if self.type is not None:
            result["type"] = self.type
        if self.category is not None:
            result["category"] = str(self.category)
        if self.priority is not None:
            result["priority"] = str(self.priority)
        if self.status is not None:
            result["status"] = str(self.status)
        if self.step is not None:
            result["step"] = str(self.step)
        if self.sub_step is not None:
            result["subStep"] = str(self.sub_step)
        if (written := wire.format_boolean(self.is_overdue, self._is_overdue_spelling)) is not None:
            result["isOverdue"] = written
        if (written := wire.format_boolean(self.is_archived, self._is_archived_spelling)) is not None:
            result["isArchived"] = written
        if self.customer is not None:
            result["customer"] = self.customer.to_dict()
        if self.key_dates is not None:
            result["keyDates"] = self.key_dates.to_dict()
        if self.properties is not None:
            result["properties"] = self.properties
        if self.comment is not None:
            result["comment"] = self.comment
        if self.quotes is not None:
            result["quotes"] = [item.to_dict() for item in self.quotes]
        if self.attachments is not None:
            result["attachments"] = [item.to_dict() for item in self.attachments]
        if self.created_at is not None:
            result["createdAt"] = wire.format_received_datetime(self.created_at, self._created_at_text)
        if self.updated_at is not None:
            result["updatedAt"] = wire.format_received_datetime(self.updated_at, self._updated_at_text)
        if self.links is not None:
            result["_links"] = self.links.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_request(data: Mapping[str, Any], kind: type[_RequestT]) -> _RequestT:
    """Decode an object as `Request` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    items: list[Any] | None = None
    try:
        value = data.get("id")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.id = value
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
        value = data.get("customerReference")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.customer_reference = value
        value = data.get("type")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.type = value
        self.category = known_request_category[data.get("category")]
        self.priority = known_request_priority[data.get("priority")]
        self.status = known_request_status[data.get("status")]
        self.step = known_request_step[data.get("step")]
        self.sub_step = known_request_sub_step[data.get("subStep")]
        value = data.get("isOverdue")
        if value.__class__ is not bool and value is not None:
            value = wire.parse_boolean(value)
        self.is_overdue = value

        self._is_overdue_spelling = data.get("isOverdue")
        value = data.get("isArchived")
        if value.__class__ is not bool and value is not None:
            value = wire.parse_boolean(value)
        self.is_archived = value

        self._is_archived_spelling = data.get("isArchived")
        value = data.get("customer")
        self.customer = None if value is None else decode_customer(value, Customer)
        value = data.get("keyDates")
        self.key_dates = None if value is None else decode_key_dates(value, KeyDates)
        value = data.get("properties")
        if value.__class__ is not dict and value is not None:
            value = wire.json_object(value)
        self.properties = value
        value = data.get("comment")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.comment = value
        value = data.get("quotes")
        if value is None:
            self.quotes = None
        elif value.__class__ is not list:
            raise wire.mismatch("a list", value)
        else:
            items = []
            for item in value:
                items.append(decode_quote(item, Quote))
            self.quotes = items
            items = None
        value = data.get("attachments")
        if value is None:
            self.attachments = None
        elif value.__class__ is not list:
            raise wire.mismatch("a list", value)
        else:
            items = []
            for item in value:
                items.append(decode_attachment(item, Attachment))
            self.attachments = items
            items = None
        value = data.get("createdAt")
        self.created_at = None if value is None else parse_datetime(value)

        self._created_at_text = value
        value = data.get("updatedAt")
        self.updated_at = None if value is None else parse_datetime(value)

        self._updated_at_text = value
        value = data.get("_links")
        self.links = None if value is None else decode_request_links(value, RequestLinks)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error, items) from None
    return self


from .attachment import Attachment, decode_attachment
from .customer import Customer, decode_customer
from .key_dates import KeyDates, decode_key_dates
from .quote import Quote, decode_quote
from .request_links import RequestLinks, decode_request_links

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
Request.__init__.__globals__.update(
    Customer=Customer, KeyDates=KeyDates, Quote=Quote, Attachment=Attachment, RequestLinks=RequestLinks
)
