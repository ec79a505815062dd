"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Final

from orange_ordering_client.wire import Members, OpenEnum


class CatalogItemFields(OpenEnum):
    """Attribute of a catalog item that `fields` can name."""

    ID = "id"
    NAME = "name"
    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"
    SCHEMA = "schema"
    CATALOG_ID = "catalog.id"
    CATALOG_NAME = "catalog.name"
    CATALOG_DESCRIPTION = "catalog.description"


known_catalog_item_fields: Final = Members(CatalogItemFields)
