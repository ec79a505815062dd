"""The imports between the packages of `openapi/` go one way, and no module is imported in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.openapi.descriptions import ROOT

# What each package may import, besides itself. The two commands, in no package, may import all of them.
ALLOWED = {
    "read": set[str](),
    "repair": {"read"},
    "prepare": {"read", "repair"},
    "generate": {"read", "repair", "prepare"},
    "compare": {"read", "repair", "prepare"},
}
COMMANDS = {"openapi.build", "openapi.update"}


def imported(path: Path) -> Iterator[str]:
    """Names of the modules of `openapi` that a file imports, also inside of functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "openapi")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            if f"{node.module}".split(".")[0] == "openapi":
                yield from (name if name in MODULES else f"{node.module}" for name in names)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {name_of(path): path for path in (ROOT / "openapi").rglob("*.py") if path.name != "__init__.py"}
IMPORTS = {name: set(imported(path)) for name, path in MODULES.items()}


def test_every_module_is_a_command_or_in_one_of_the_packages() -> None:
    assert {name.split(".")[1] for name in MODULES.keys() - COMMANDS} == ALLOWED.keys()
    assert MODULES.keys() >= COMMANDS
    assert set().union(*IMPORTS.values()) <= MODULES.keys()


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_those_before_it(package: str) -> None:
    inside = {name: found for name, found in IMPORTS.items() if name.startswith(f"openapi.{package}.")}
    reached = {one.split(".")[1] for found in inside.values() for one in found}
    assert reached - {package} <= ALLOWED[package]


def test_no_module_is_imported_in_a_circle() -> None:
    order = list(TopologicalSorter(IMPORTS).static_order())  # Raises CycleError, which names the circle.
    assert order.index("openapi.read.errors") < order.index("openapi.update")
