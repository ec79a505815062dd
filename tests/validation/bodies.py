"""The body of a disconnection, changed in one place, held against a schema."""

from __future__ import annotations

import copy
from typing import Any

from orange_ordering_client.sandbox.domain.catalog_schemas import SCHEMAS, localised
from orange_ordering_client.validation.checking import read_schema, validate
from orange_ordering_client.validation.results import Validation

BODY: dict[str, Any] = {
    "type": "R_BVPN_FR_1",
    "requestedAt": "2027-01-11",
    "customerReference": "#DEMO#",
    "contract": "C-1",
    "customer": {"id": "33-01257052"},
    "comment": "The site closes.",
    "attachments": [{"name": "plan.txt", "format": "txt", "body": "RGVtbw=="}],
    "properties": {
        "servicePoint": {"customerReference": "#DEMO-SITE#"},
        "contacts": {
            "primary": {
                "title": "Ms",
                "firstName": "Camille",
                "lastName": "Martin",
                "email": "camille.martin@example.com",
                "phone": "+33100000000",
                "mobile": "+33600000000",
            },
            "secondary": {"firstName": "Dominique"},
        },
    },
}

DISCONNECTION = localised(SCHEMAS["R_BVPN_FR_1"][1], "en")
GENERIC = localised(SCHEMAS["C_GENERIC_FR_1"][1], "en")

LACKS = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The body with another value somewhere, or without it."""
    body = copy.deepcopy(BODY)
    *way, last = [int(piece) if piece.isdecimal() else piece for piece in path.split(".")]
    place: Any = body
    for piece in way:
        place = place[piece]
    if value is LACKS:
        del place[last]
    else:
        place[last] = value
    return body


def held(body: dict[str, Any], schema: Any = DISCONNECTION) -> Validation:
    return validate(read_schema(schema), body)
