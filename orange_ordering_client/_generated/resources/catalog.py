"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Final

from orange_ordering_client import wire
from orange_ordering_client.caller import Answer, Caller, Operation, Pager

# Models that only annotations name, such as the bodies of orders, are not imported here: most programs only read.
from .. import models as _models
from ..models.catalog_item import CatalogItem

CATALOG_LIST: Final = Operation(id="catalog.list", method="GET", path="/catalogItems", token=True, api_key=True)
CATALOG_GET: Final = Operation(
    id="catalog.get", method="GET", path="/catalogItems/{catalogItemId}", token=True, api_key=True
)


class CatalogResource:
    """The catalog part of the API.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def raw(self) -> CatalogRaw:
        """The same methods, which return raw responses."""
        return CatalogRaw(self._caller)

    def list(
        self,
        *,
        sort: _models.CatalogItemSort | str | Iterable[_models.CatalogItemSort | str] | None = None,
        fields: _models.CatalogItemFields | str | Iterable[_models.CatalogItemFields | str] | None = None,
        id: str | Iterable[str] | None = None,
        name: str | Iterable[str] | None = None,
        catalog_id: str | Iterable[str] | None = None,
        catalog_name: str | Iterable[str] | None = None,
        created_at: str | Iterable[str] | None = None,
        updated_at: str | Iterable[str] | None = None,
        includes: _models.CatalogItemsInclude | str | Iterable[_models.CatalogItemsInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pager[_models.CatalogItem]:
        """List catalog items.

        The items that the caller may request and that match every filter given. A filter can be ignored without a
        word, so whoever relies on one checks the answer against it.

        Args:
            sort: Attribute to sort by; a leading `-` sorts in descending order.
            fields: The only attributes to return, comma-separated. Any other attribute is then absent.
            id: Keep items with this identifier; several are comma-separated.
            name: Keep items with this name; several are comma-separated.
            catalog_id: Keep items of the catalog with this identifier; several are comma-separated.
            catalog_name: Keep items of the catalog with this name; several are comma-separated.
            created_at: Keep what was created then: an exact value or a formula, whose syntax is not documented.
                Meant for incremental synchronisation.
            updated_at: Keep what last changed then: an exact value or a formula, whose syntax is not documented.
                Meant for incremental synchronisation.
            includes: Bulky attributes to embed in each item.
            display_links: Whether the answer holds `_links`.
            display_nulls: Whether attributes without a value are present, as explicit nulls.
            offset: number of items to skip, from 0.
            limit: items per page, 1 to 250; None is 250.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            PaginationError: the server returns the same page again and again.
            OrderingError: there was no usable response; its subclass says why.
        """
        return self._caller.pager(
            CATALOG_LIST,
            CatalogItem.from_dict,
            query={
                "sort": sort,
                "fields": fields,
                "id": id,
                "name": name,
                "catalog.id": catalog_id,
                "catalog.name": catalog_name,
                "createdAt": created_at,
                "updatedAt": updated_at,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
            offset=offset,
            limit=limit,
        )

    async def get(
        self,
        catalog_item_id: str,
        *,
        fields: _models.CatalogItemFields | str | Iterable[_models.CatalogItemFields | str] | None = None,
        includes: _models.CatalogItemInclude | str | Iterable[_models.CatalogItemInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
    ) -> _models.CatalogItem:
        """Get one catalog item.

        The item with this identifier, which can hold the JSON Schema of the body to submit for it.

        Args:
            catalog_item_id: Identifier of the catalog item, which is also the `type` of the requests made from it.
            fields: The only attributes to return, comma-separated. Any other attribute is then absent.
            includes: Bulky attributes to embed in the item.
            display_links: Whether the answer holds `_links`.
            display_nulls: Whether attributes without a value are present, as explicit nulls.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(
            CATALOG_GET,
            CatalogItem.from_dict,
            path={"catalogItemId": catalog_item_id},
            query={
                "fields": fields,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
        )


class CatalogRaw:
    """The catalog part of the API, with methods that return raw responses.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        sort: _models.CatalogItemSort | str | Iterable[_models.CatalogItemSort | str] | None = None,
        fields: _models.CatalogItemFields | str | Iterable[_models.CatalogItemFields | str] | None = None,
        id: str | Iterable[str] | None = None,
        name: str | Iterable[str] | None = None,
        catalog_id: str | Iterable[str] | None = None,
        catalog_name: str | Iterable[str] | None = None,
        created_at: str | Iterable[str] | None = None,
        updated_at: str | Iterable[str] | None = None,
        includes: _models.CatalogItemsInclude | str | Iterable[_models.CatalogItemsInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Answer[builtins.list[_models.CatalogItem]]:
        """List catalog items.

        Arguments and errors are those of `CatalogResource.list`; the response is decoded when its `parse()` is called.
        """
        self._caller.pager(CATALOG_LIST, wire.any_value, offset=offset, limit=limit)  # raises if it is out of range
        return await self._caller.answer(
            CATALOG_LIST,
            wire.items_of(CatalogItem.from_dict),
            query={
                "offset": offset,
                "limit": limit,
                "sort": sort,
                "fields": fields,
                "id": id,
                "name": name,
                "catalog.id": catalog_id,
                "catalog.name": catalog_name,
                "createdAt": created_at,
                "updatedAt": updated_at,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
        )

    async def get(
        self,
        catalog_item_id: str,
        *,
        fields: _models.CatalogItemFields | str | Iterable[_models.CatalogItemFields | str] | None = None,
        includes: _models.CatalogItemInclude | str | Iterable[_models.CatalogItemInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
    ) -> Answer[_models.CatalogItem]:
        """Get one catalog item.

        Arguments and errors are those of `CatalogResource.get`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(
            CATALOG_GET,
            CatalogItem.from_dict,
            path={"catalogItemId": catalog_item_id},
            query={
                "fields": fields,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
        )
