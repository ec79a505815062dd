"""The catalog of request types, in English and French."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from orange_ordering_client.sandbox.domain.catalog_schemas import SCHEMAS, localised
from orange_ordering_client.sandbox.domain.clients import Client
from orange_ordering_client.sandbox.domain.clock import stamp
from orange_ordering_client.sandbox.domain.schema_errors import location_of

__all__ = ["Catalog"]

_CATALOGS = {
    "BVPN": (
        ("Business VPN", "Business VPN"),
        ("Business VPN sites in France", "Sites Business VPN en France"),
    ),
    "GENERIC": (("Generic", "Générique"), ("Whatever has no type of its own", "Ce qui n'a pas de type propre")),
}
_MILESTONES = (
    ("REQUEST", "Request received", "Demande reçue"),
    ("QUOTE", "Quote approved", "Devis approuvé"),
    ("ORDER", "Order delivered", "Commande livrée"),
)
_CREATED = datetime(2025, 1, 6, 8, tzinfo=UTC)
_UPDATED = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Catalog:
    """The request types that can be ordered."""

    def __contains__(self, request_type: str) -> bool:
        return request_type in SCHEMAS

    def name(self, request_type: str, language: str = "en") -> str:
        """Return the name of a request type.

        Raises:
            KeyError: no such type.
        """
        return SCHEMAS[request_type][0][language == "fr"]

    def items(self, client: Client, language: str) -> list[Mapping[str, Any]]:
        """Return the catalog items that a client may order, in wire form, with all attributes."""
        return [item for item in _items(language) if client.may_order(item["id"])]

    def item(self, request_type: str, client: Client, language: str) -> Mapping[str, Any] | None:
        """Return one catalog item in wire form, None if there is none that the client may order."""
        return next((item for item in self.items(client, language) if item["id"] == request_type), None)

    def violations(self, body: Mapping[str, Any], language: str) -> list[tuple[str, str, str]]:
        """Validate an order by the schema of its type; return (location, message, keyword) of each error.

        Raises:
            KeyError: no such type.
        """
        validator = _validator(str(body["type"]), language)
        return [
            (location_of(error) or "body", error.message, str(error.validator)) for error in validator.iter_errors(body)
        ]


# The catalog never changes: all sandboxes of a program share what is made of it.
@cache
def _validator(request_type: str, language: str) -> Any:
    schema = localised(SCHEMAS[request_type][1], language)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


@cache
def _items(language: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(_made(language))


def _made(language: str) -> Iterable[dict[str, Any]]:
    french = language == "fr"
    milestones = json.dumps([{"id": key, "name": texts[french]} for key, *texts in _MILESTONES], ensure_ascii=False)
    for request_type, (name, schema) in sorted(SCHEMAS.items()):
        key = "GENERIC" if "GENERIC" in request_type else "BVPN"
        title, description = _CATALOGS[key]
        yield {
            "id": request_type,
            "name": name[french],
            "catalog": {"id": key, "name": title[french], "description": description[french]},
            "createdAt": stamp(_CREATED),
            "updatedAt": stamp(_UPDATED),
            # A JSON string in S2 (FACTS, Models).
            "schema": json.dumps(localised(schema, language), ensure_ascii=False),
            "milestones": milestones,
        }
