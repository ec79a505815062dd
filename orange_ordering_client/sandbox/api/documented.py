"""The documented behaviour of the API (FACTS) that a description may leave out.

A description adds to this and removes nothing: an official file can give path parameters other names and leave out
`/me`, security, error statuses and query parameters, and the sandbox still behaves as documented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["KEYLESS", "OPTIONAL_PATHS", "PARAMETERS", "STATUSES", "identity", "name_of"]

_NAMES = {
    "GET /requests": "requests.list",
    "POST /requests": "requests.create",
    "GET /requests/{}": "requests.get",
    "GET /catalogItems": "catalog.list",
    "GET /catalogItems/{}": "catalog.get",
    "GET /status": "service.status",
    "GET /version": "service.version",
    "GET /doc": "service.specification",
    "GET /me": "service.me",
}
_BY_OPERATION_ID = {name.replace(".", "_"): name for name in _NAMES.values()}
OPTIONAL_PATHS = ("/status", "/version", "/doc", "/me")
"""Paths that GET serves even if the description does not have them."""

KEYLESS = frozenset({"service.status", "service.version", "service.specification"})
"""Operations that need a token but no API key (FACTS, Authentication, S2)."""

STATUSES = frozenset({400, 401, 403, 404, 405, 406, 408, 409, 411, 412, 413, 414, 415, 422, 429, 500, 502, 503, 504})
"""Error statuses that any operation can answer (FACTS, Errors)."""

_TRIMS: dict[str, dict[str, Any]] = {
    "fields": {"type": "string"},
    "displayLinks": {"type": "boolean"},
    "displayNulls": {"type": "boolean"},
}
_PAGES: dict[str, dict[str, Any]] = {
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "limit": {"type": "integer", "minimum": 0, "maximum": 250, "default": 250},
    "sort": {"type": "string"},
    "includes": {"type": "string"},
    **_TRIMS,
}
_REQUEST_FILTERS = (
    "id",
    "name",
    "customerReference",
    "status",
    "step",
    "subStep",
    "type",
    "priority",
    "category",
    "isOverdue",
    "isArchived",
    "customer.id",
    "customer.name",
    "createdAt",
    "updatedAt",
)
_CATALOG_FILTERS = ("id", "name", "catalog.id", "catalog.name", "createdAt", "updatedAt")
PARAMETERS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "requests.list": {**_PAGES, **{key: {"type": "string"} for key in _REQUEST_FILTERS}},
    "requests.get": _TRIMS,
    "catalog.list": {**_PAGES, **{key: {"type": "string"} for key in _CATALOG_FILTERS}},
    "catalog.get": {"includes": {"type": "string"}, **_TRIMS},
}
"""Schemas of query parameters by name, by operation (FACTS, Lists)."""


def identity(template: str) -> str:
    """Return a path template without the names of its parameters: `/requests/{}`."""
    return re.sub(r"\{[^{}]*\}", "{}", template)


def name_of(method: str, template: str, operation_id: object = None) -> str | None:
    """Return the SDK's name of an operation, None if the SDK has none.

    Args:
        method, template: such as `GET` and `/requests/{requestId}`.
        operation_id: of the prepared description; it names the operation if its path is not the documented one.
    """
    return _NAMES.get(f"{method} {identity(template)}") or _BY_OPERATION_ID.get(str(operation_id))
