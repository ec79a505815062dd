"""Requests like those of the API: with every attribute, about 1.5 KB each, some with a key that is not described."""

from __future__ import annotations

import json
from typing import Any

PAGE = 250
TOTAL = 10_000

_STATUSES = ("NEW", "IN_PROGRESS", "COMPLETED", "REJECTED", "CANCELED")
_STEPS = ("REQUEST", "ORDER", "QUOTE")
_SUB_STEPS = ("INITIATION", "IN_PROGRESS", "APPROVAL", "DELIVERY", "ACCEPTANCE")
_PRIORITIES = ("HIGH", "MEDIUM", "LOW")
_CATEGORIES = ("NEW", "CHANGE", "DISCONNECT")


def request(number: int) -> dict[str, Any]:
    """Return one request; the same number gives the same request. Every peer can decode all values."""
    day, hour = 1 + number % 28, number % 24
    base = "https://api.orange.com/ordering/b2b/v3"
    item: dict[str, Any] = {
        "id": f"3-{number:08d}",
        "name": f"Disconnection of site {number}",
        "customerReference": f"WAN-{number:06d}",
        "type": "R_BVPN_FR_1",
        "category": _CATEGORIES[number % 3],
        "priority": _PRIORITIES[number % 3],
        "status": _STATUSES[number % 5],
        "step": _STEPS[number % 3],
        "subStep": _SUB_STEPS[number % 5],
        "isOverdue": "false",
        "isArchived": "false",
        "customer": {"id": f"33-{number % 977:08d}", "name": f"Société Générique {number % 977}"},
        "keyDates": {
            "issuedAt": f"2026-01-{day:02d}",
            "requestedAt": f"2026-02-{day:02d}",
            "expectedInstallationAt": f"2026-03-{day:02d}",
            "expectedAt": f"2026-04-{day:02d}",
            "completedAt": f"2026-05-{day:02d}",
        },
        "properties": {
            "servicePoint": {"id": f"SP-{number}", "customerReference": f"SITE-{number}", "reference": f"R{number}"},
            "contacts": {
                "primary": {
                    "title": "Mrs",
                    "firstName": "Ada",
                    "lastName": "Martin",
                    "email": f"ada.martin.{number}@example.com",
                    "phone": "+33100000000",
                    "mobile": "+33600000000",
                }
            },
        },
        "comment": "Please call before coming; the server room is on the second floor.",
        "quotes": [
            {
                "id": f"Q-{number}",
                "name": "Quote",
                "status": "VALIDATED",
                "attachment": {"name": "quote.pdf", "format": "application/pdf", "href": f"{base}/quotes/{number}.pdf"},
                "createdAt": f"2026-01-{day:02d}T{hour:02d}:15:30Z",
                "updatedAt": f"2026-01-{day:02d}T{hour:02d}:45:30.250+01:00",
            }
        ],
        "attachments": [
            {
                "id": f"A-{number}",
                "name": "plan.png",
                "fullname": "plan.png",
                "type": "image",
                "mimeType": "image/png",
                "href": f"{base}/attachments/{number}",
            }
        ],
        "createdAt": f"2026-01-{day:02d}T{hour:02d}:00:00.000Z",
        "updatedAt": f"2026-02-{day:02d}T{hour:02d}:30:00.000Z",
        "_links": {
            "self": {"href": f"{base}/requests/3-{number:08d}", "method": "GET"},
            "quotes": {"href": f"{base}/requests/3-{number:08d}/quotes", "method": "GET"},
        },
    }
    if number % 10 == 0:
        item["salesChannel"] = "PORTAL"
    return item


def page(offset: int = 0, limit: int = PAGE, total: int = TOTAL) -> bytes:
    """Return a page as it is sent on the wire."""
    return json.dumps(
        [request(number) for number in range(offset, min(offset + limit, total))], separators=(",", ":")
    ).encode()
