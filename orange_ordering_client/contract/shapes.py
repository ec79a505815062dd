"""Telling apart what JSON can be."""

from __future__ import annotations

from typing import Any, TypeGuard

__all__ = ["is_list", "is_object", "listed", "mapped"]


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a value is a JSON array."""
    return isinstance(value, list)


def mapped(value: object) -> dict[str, Any]:
    """Take a value as a JSON object; anything else is an empty one."""
    return value if is_object(value) else {}


def listed(value: object) -> list[Any]:
    """Take a value as a JSON array; anything else is an empty one."""
    return value if is_list(value) else []
