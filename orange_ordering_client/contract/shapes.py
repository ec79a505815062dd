"""Type guards and conversions for parsed JSON."""

from __future__ import annotations

from typing import Any, TypeGuard

__all__ = ["is_list", "is_object", "listed", "mapped"]


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Return whether a value is a JSON array."""
    return isinstance(value, list)


def mapped(value: object) -> dict[str, Any]:
    """Return a value if it is a JSON object, else an empty one."""
    return value if is_object(value) else {}


def listed(value: object) -> list[Any]:
    """Return a value if it is a JSON array, else an empty one."""
    return value if is_list(value) else []
