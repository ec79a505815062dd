"""The public names in groups, one for each page of the reference."""

from __future__ import annotations

import orange_ordering_client
from orange_ordering_client import contract, fleet, sandbox, testing

__all__ = ["GROUPS", "group"]

_CLIENT = (
    "OrderingClient",
    "RetryPolicy",
    "Hooks",
    "RequestRecord",
    "ResponseRecord",
    "RetryRecord",
    "aiohttp_client",
    "earliest_requested_at",
    "is_working_day",
)

GROUPS = ("client", "values", "exceptions", "models", "fleet", "testing")

_MODULES = {"fleet": (fleet,), "testing": (sandbox, testing, contract)}


def group(name: str) -> list[str]:
    """The dotted names of one page; together the pages have every public name.

    Args:
        name: one of `GROUPS`.
    """
    if name in _MODULES:
        return [f"{module.__name__}.{public}" for module in _MODULES[name] for public in module.__all__]
    if name == "client":
        resources = ("requests.Requests", "catalog.Catalog", "_generated.resources.service.ServiceResource")
        own = [*_CLIENT[:1], *resources, *_CLIENT[1:]]
        return [f"orange_ordering_client.{public}" for public in own]
    found = [public for public in orange_ordering_client.__all__ if _group_of(public) == name]
    return [_where(public) for public in sorted(found)]


def _where(public: str) -> str:
    # Models are found by where they stand: what exports them does so when it runs.
    value = getattr(orange_ordering_client, public)
    return f"{value.__module__}.{public}" if _group_of(public) == "models" else f"orange_ordering_client.{public}"


def _group_of(public: str) -> str:
    value = getattr(orange_ordering_client, public)
    if public in _CLIENT or public == "__version__":
        return "client"
    if isinstance(value, type) and issubclass(value, Exception):
        return "exceptions"
    return "models" if "._generated." in getattr(value, "__module__", "") else "values"
