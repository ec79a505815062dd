"""The operations and query parameters that hand-written methods use.

Types, attributes and paging are checked by `generate.compatibility`, which type-checks the methods.
"""

from __future__ import annotations

from typing import Any

from openapi.prepare.operation_names import operation_name
from openapi.read.document import Document, obj, operations

__all__ = ["NEEDS", "PARAMETERS", "add_parameters", "broken_methods"]

NEEDS: dict[str, tuple[str, ...]] = {
    "requests.submit": ("requests.create", "requests.list", "requests.get"),
    "requests.watch": ("requests.list",),
    "requests.wait": ("requests.get",),
    "catalog.validate": ("catalog.get",),
}

_OFFSET = {"type": "integer", "format": "int32", "minimum": 0, "default": 0}
_LIMIT = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 250, "default": 250}
_TEXT = {"type": "string"}
PARAMETERS: dict[str, dict[str, dict[str, Any]]] = {
    "requests.list": {"customerReference": _TEXT, "sort": _TEXT, "offset": _OFFSET, "limit": _LIMIT},
    "catalog.list": {"offset": _OFFSET, "limit": _LIMIT},
    "catalog.get": {"includes": _TEXT},
}
"""Query parameters that hand-written methods send, by operation (FACTS, Lists)."""


def add_parameters(document: Document) -> list[str]:
    """Add missing query parameters that hand-written methods send, in place.

    Returns:
        One warning for each operation that lacked a parameter.
    """
    warnings: list[str] = []
    for _, _, operation in operations(document):
        name = operation_name(operation)
        there = {obj(one).get("name") for one in operation.get("parameters", ()) if obj(one).get("in") == "query"}
        missing = {key: schema for key, schema in PARAMETERS.get(name, {}).items() if key not in there}
        if missing:
            added = [{"name": key, "in": "query", "schema": dict(schema)} for key, schema in missing.items()]
            operation["parameters"] = [*operation.get("parameters", ()), *added]
            warnings.append(
                f"The description lacks parameters of {name} that FACTS documents; they were added: "
                f"{', '.join(missing)}"
            )
    return warnings


def broken_methods(document: Document) -> list[str]:
    """List the hand-written methods whose operations are missing, one line each."""
    there = {operation_name(operation) for _, _, operation in operations(document)}
    return [
        f"{method} stops working: the description no longer has {', '.join(gone)}"
        for method, needs in NEEDS.items()
        if (gone := [need for need in needs if need not in there])
    ]
