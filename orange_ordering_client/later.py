"""Delayed import of modules that only annotations use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Later"]


class Later:
    """A module that is imported at the first access to one of its names.

    It replaces the import of a module that is slow to import and that only annotations use. Frameworks call
    `typing.get_type_hints`, which can resolve these annotations; with an import under `TYPE_CHECKING` it would raise
    `NameError`.

    Args:
        module: full name of the module.
    """

    __slots__ = ("_module",)

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)
