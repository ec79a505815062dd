"""Which operations the hand-written methods stand on."""

from __future__ import annotations

from openapi.naming import operation_name
from openapi.walk import Document, operations

__all__ = ["NEEDS", "losses"]

NEEDS: dict[str, tuple[str, ...]] = {
    "requests.submit": ("requests.create", "requests.list", "requests.get"),
    "requests.watch": ("requests.list",),
    "requests.wait": ("requests.get",),
    "catalog.validate": ("catalog.get",),
}


def losses(document: Document) -> list[str]:
    """Say which hand-written method loses what in a named description, one line each."""
    there = {operation_name(operation) for _, _, operation in operations(document)}
    return [
        f"{method} stops working: the description no longer has {', '.join(gone)}"
        for method, needs in NEEDS.items()
        if (gone := [need for need in needs if need not in there])
    ]
