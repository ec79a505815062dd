"""Faults that alter a reply: unknown enumerated values, wrong counts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from orange_ordering_client.sandbox.api.messages import Reply
from orange_ordering_client.sandbox.domain.json_values import is_list, is_object
from orange_ordering_client.sandbox.faults.fault import Fault

__all__ = ["UNKNOWN_VALUE", "altered"]

UNKNOWN_VALUE = "SOMETHING_NEW"
"""A value that is in no enumeration of the description."""

_ENUMS = frozenset({"status", "step", "subStep", "priority", "category", "method"})


def altered(reply: Reply, faults: Mapping[str, Fault]) -> Reply:
    """Return a reply as the faults `unknown-enum` and `wrong-counts` alter it.

    Args:
        reply: the correct reply; it is not used any more.
        faults: the faults of the call by name.
    """
    if "unknown-enum" in faults and reply.status < 300:
        reply.data = _with_unknown_values(copy.deepcopy(reply.data))
    if "wrong-counts" in faults and "X-Total-Count" in reply.headers:
        _set_counts(reply.headers, faults["wrong-counts"])
    return reply


def _set_counts(headers: dict[str, str], fault: Fault) -> None:
    # The portal's own example has these counts: 106 items in the answer, 25 in total (FACTS, Lists).
    for name, count in (("X-Result-Count", "106"), ("X-Total-Count", "25")):
        if fault.argument == "missing":
            del headers[name]
        else:
            headers[name] = count


def _with_unknown_values(node: Any) -> Any:
    if is_object(node):
        return {key: _replaced(key, value) for key, value in node.items()}
    if is_list(node):
        return [_with_unknown_values(item) for item in node]
    return node


def _replaced(key: str, value: Any) -> Any:
    return UNKNOWN_VALUE if key in _ENUMS and isinstance(value, str) else _with_unknown_values(value)
