"""Example orders that pass every rule."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from orange_ordering_client.sandbox.domain.catalog_schemas import SCHEMAS
from orange_ordering_client.sandbox.domain.rules import earliest

__all__ = ["example"]

_PRIMARY = {
    "title": "Mme",
    "firstName": "Camille",
    "lastName": "Martin",
    "email": "camille.martin@example.com",
    "phone": "+33123456789",
    "mobile": "+33612345678",
}
_LOCATION: dict[str, Any] = {
    "name": "Lyon office",
    "address": {"street": "1 rue de la République", "postalCode": "69001", "city": "Lyon", "country": "FR"},
    "primaryContact": {"name": "Camille Martin", "phone": "+33123456789"},
}


def example(request_type: str, reference: str, today: date) -> dict[str, Any]:
    """Return the body of an order, in wire form.

    Args:
        request_type: a type of the catalog.
        reference: its customerReference.
        today: the date for which requestedAt is the earliest allowed date.

    Raises:
        KeyError: no such type.
    """
    title, schema = SCHEMAS[request_type]
    known = schema["properties"]["properties"]["properties"]
    properties: dict[str, Any] = {"domain": "INTERNET"} if "domain" in known else {}
    if "servicePoint" in known:
        properties["servicePoint"] = {"id": "SP-1000"}
    if "location" in known:
        properties["location"] = copy.deepcopy(_LOCATION)
    if "contacts" in known:
        properties["contacts"] = {"primary": dict(_PRIMARY)}
    return {
        "type": request_type,
        "requestedAt": earliest(today).isoformat(),
        "customerReference": reference,
        "customer": {"id": "33-01257052"},
        "comment": title[0],
        "properties": properties,
    }
