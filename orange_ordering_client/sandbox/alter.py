"""Answers made wrong on purpose."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orange_ordering_client.sandbox.call import Reply, is_list, is_object

if TYPE_CHECKING:
    from orange_ordering_client.sandbox.faults import Fault

__all__ = ["UNHEARD_OF", "changed_reference", "gateway_page", "unknown_enums", "wrong_counts"]

UNHEARD_OF = "SOMETHING_NEW"
"""A value that no enumeration of the description has."""

_ENUMS = frozenset({"status", "step", "subStep", "priority", "category", "method"})


def unknown_enums(reply: Reply) -> Reply:
    """Put a value that no description lists into every enumeration of the answer, nested ones included."""
    if reply.status >= 300:
        return reply
    reply.data = _unheard(copy.deepcopy(reply.data))
    return reply


def wrong_counts(reply: Reply, fault: Fault) -> Reply:
    """Answer the counts of the portal's own example, 106 in this answer of 25 that match (FACTS, Lists), or none."""
    if "X-Total-Count" in reply.headers:
        for name, count in (("X-Result-Count", "106"), ("X-Total-Count", "25")):
            if fault.argument == "missing":
                del reply.headers[name]
            else:
                reply.headers[name] = count
    return reply


def changed_reference(body: Mapping[str, Any], fault: Fault) -> Mapping[str, Any]:
    """Return an order with its customerReference as `change-reference` stores it."""
    reference = body.get("customerReference")
    if reference is None:
        return body
    return {**body, "customerReference": reference[: fault.length] if fault.length else reference.upper()}


def gateway_page(status: int) -> Reply:
    """Answer as something that stands in front of the API and knows nothing of it."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>gateway</body></html>\n"
    return Reply(status, raw=page.encode(), media_type="text/html")


def _unheard(node: Any) -> Any:
    if is_object(node):
        return {key: _heard_of(key, value) for key, value in node.items()}
    if is_list(node):
        return [_unheard(item) for item in node]
    return node


def _heard_of(key: str, value: Any) -> Any:
    return UNHEARD_OF if key in _ENUMS and isinstance(value, str) else _unheard(value)
