"""Modules that only annotations name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Later"]


class Later:
    """A module that is imported when a name of it is asked for.

    It stands for a module that costs time and that only annotations name, so that `typing.get_type_hints`, which
    frameworks call, finds it there. An import for type checkers alone would be a `NameError`.

    Args:
        module: full name.
    """

    __slots__ = ("_module",)

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)
