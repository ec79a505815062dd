"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Final

from orange_ordering_client.wire import Members, OpenEnum


class CatalogItemSort(OpenEnum):
    """Attribute that catalog items can be sorted by, descending with a leading `-`."""

    ID = "id"
    ID_DESCENDING = "-id"
    NAME = "name"
    NAME_DESCENDING = "-name"
    CREATED_AT = "createdAt"
    CREATED_AT_DESCENDING = "-createdAt"
    UPDATED_AT = "updatedAt"
    UPDATED_AT_DESCENDING = "-updatedAt"
    CATALOG_ID = "catalog.id"
    CATALOG_ID_DESCENDING = "-catalog.id"
    CATALOG_NAME = "catalog.name"
    CATALOG_NAME_DESCENDING = "-catalog.name"


known_catalog_item_sort: Final = Members(CatalogItemSort)
