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

_FIELDS: Final[wire.Fields] = (
    ("id", "id"),
    ("name", "name"),
    ("catalog", "catalog"),
    ("schema", "schema"),
    ("milestones", "milestones"),
    ("created_at", "createdAt"),
    ("updated_at", "updatedAt"),
    ("links", "_links"),
)
_NAMES: Final = frozenset(name for _, name in _FIELDS)


_CatalogItemT = TypeVar("_CatalogItemT", bound="CatalogItem")


@define(kw_only=True, repr=False, weakref_slot=False)
class CatalogItem(wire.Model):
    """Something that can be requested. Any attribute can be absent, because `fields` may leave it out.

    Attributes:
        id: Identifier, to be used as `type` of a request.
        name: Name of the item, in the language of the answer.
        catalog: The catalog that an item belongs to.
        schema: JSON Schema of the body to submit for this item: JSON in a string, as described upstream. An
            object has to be expected as well, so no type is promised.
        milestones: Milestones that a request for this item goes through.
        created_at: When the item was recorded.
        updated_at: When the item last changed.
        links: Where to go from a catalog item.
        additional_properties: properties that are not in the description, as received; None if there are none.
    """

    __wire__: ClassVar[wire.Fields] = _FIELDS

    id: str | None = None
    name: str | None = None
    catalog: Catalog | None = None
    schema: Any = None
    milestones: str | None = None
    created_at: datetime.datetime | None = None
    updated_at: datetime.datetime | None = None
    links: CatalogItemLinks | None = None
    additional_properties: dict[str, Any] | None = None
    _created_at_text: str | None = _field(default=None, init=False, eq=False)
    _updated_at_text: str | None = _field(default=None, init=False, eq=False)

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Decode the wire form.

        Raises:
            DecodeError: it does not match the description; `path` says where.
        """
        try:
            return decode_catalog_item(source, cls)
        except (DecodeError, RecursionError) as error:
            raise wire.document_error(error, "CatalogItem", source) from None

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form, without what is None."""
        result: dict[str, Any] = {}
        if self.id is not None:
            result["id"] = self.id
        if self.name is not None:
            result["name"] = self.name
        if self.catalog is not None:
            result["catalog"] = self.catalog.to_dict()
        if self.schema is not None:
            result["schema"] = self.schema
        if self.milestones is not None:
            result["milestones"] = self.milestones
        if self.created_at is not None:
            result["createdAt"] = wire.format_received_datetime(self.created_at, self._created_at_text)
        if self.updated_at is not None:
            result["updatedAt"] = wire.format_received_datetime(self.updated_at, self._updated_at_text)
        if self.links is not None:
            result["_links"] = self.links.to_dict()
        return wire.with_extras(result, self.additional_properties) if self.additional_properties else result

    def __repr__(self) -> str:
        return wire.represent(self, _FIELDS)


def decode_catalog_item(data: Mapping[str, Any], kind: type[_CatalogItemT]) -> _CatalogItemT:
    """Decode an object as `CatalogItem` or a subclass.

    Raises:
        DecodeError: it does not match the description; the path begins at this object.
    """
    self = new(kind)
    try:
        value = data.get("id")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.id = value
        value = data.get("name")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.name = value
        value = data.get("catalog")
        self.catalog = None if value is None else decode_catalog(value, Catalog)
        self.schema = data.get("schema")
        value = data.get("milestones")
        if value.__class__ is not str and value is not None:
            value = wire.string(value)
        self.milestones = value
        value = data.get("createdAt")
        self.created_at = None if value is None else parse_datetime(value)

        self._created_at_text = value
        value = data.get("updatedAt")
        self.updated_at = None if value is None else parse_datetime(value)

        self._updated_at_text = value
        value = data.get("_links")
        self.links = None if value is None else decode_catalog_item_links(value, CatalogItemLinks)
        self.additional_properties = None if data.keys() <= _NAMES else wire.extras(data, _NAMES)
    except (DecodeError, TypeError, AttributeError) as error:
        raise wire.field_error(self, _FIELDS, data, error) from None
    return self


from .catalog import Catalog, decode_catalog
from .catalog_item_links import CatalogItemLinks, decode_catalog_item_links

# attrs gave the constructor a copy of the names that were there before the class; `typing.get_type_hints` looks there.
CatalogItem.__init__.__globals__.update(Catalog=Catalog, CatalogItemLinks=CatalogItemLinks)
