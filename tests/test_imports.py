"""The imports of the package, read from its source: no circle, few floors, and arrows that point one way.

Imports at the top of a module and inside functions count. Those under `if TYPE_CHECKING:` count between modules, and
between the packages of the sandbox.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

# On one worker: the source is read once.
pytestmark = pytest.mark.xdist_group("imports")

PACKAGE = "orange_ordering_client"
ROOT = Path(__file__).parent.parent / PACKAGE
MOST_FLOORS = 12

# What each package of the sandbox imports of the others.
SANDBOX_ARROWS = {
    "domain": set[str](),
    "api": {"domain"},
    "faults": {"domain", "api"},
    "http": {"domain", "api", "faults"},
}

Graph = Mapping[str, frozenset[str]]


def module_name(path: Path) -> str:
    parts = [PACKAGE, *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in ROOT.rglob("*.py")}


def statements(node: ast.AST, *, typing: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import statement in the tree that may run; with `typing`, those that only type checkers read, too."""
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not typing:
            left += node.orelse
        else:
            left += ast.iter_child_nodes(node)


def imported(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    """The modules of the package that a statement imports."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names if alias.name in MODULES)
        return
    above = package.split(".")[: len(package.split(".")) - statement.level + 1] if statement.level else []
    base = ".".join([*above, *([statement.module] if statement.module else [])])
    for alias in statement.names:
        if f"{base}.{alias.name}" in MODULES:
            yield f"{base}.{alias.name}"
        elif base in MODULES:
            yield base


def imports_of(name: str, source: str, *, typing: bool = False) -> frozenset[str]:
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    found = statements(ast.parse(source), typing=typing)
    return frozenset({one for statement in found for one in imported(statement, package)} - {name})


@cache
def graph_of(*, typing: bool = False) -> Graph:
    return {name: imports_of(name, path.read_text(), typing=typing) for name, path in MODULES.items()}


def sandbox_graph() -> Graph:
    graph = graph_of(typing=True)
    return {module: targets for module, targets in graph.items() if module.startswith(f"{PACKAGE}.sandbox")}


def part(module: str) -> str:
    """The folder or module directly in the package that a module is in."""
    return [*module.split("."), ""][1]


def sandbox_part(module: str) -> str:
    """The folder or module directly in the sandbox that a module is in; "" for the sandbox's own `__init__`."""
    return [*module.split("."), ""][2]


def between_parts(graph: Graph, part_of: Callable[[str], str] = part) -> Graph:
    parts: dict[str, set[str]] = {part_of(module): set() for module in graph}
    for module, targets in graph.items():
        parts[part_of(module)] |= {part_of(target) for target in targets} - {part_of(module)}
    return {name: frozenset(targets) for name, targets in parts.items()}


def order(graph: Graph) -> list[str]:
    """The nodes, each after those that it imports; fails where that cannot be."""
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(reversed(error.args[1]))}")


def floors(graph: Graph) -> dict[str, tuple[str, ...]]:
    """For each node the longest chain of imports that starts there."""
    chains: dict[str, tuple[str, ...]] = {}
    for name in order(graph):
        chains[name] = (name, *max((chains[target] for target in graph[name]), key=len, default=()))
    return chains


@pytest.mark.parametrize("typing", [False, True], ids=["imports that run", "with imports for type checkers"])
def test_no_modules_import_each_other_in_a_circle(*, typing: bool) -> None:
    assert len(order(graph_of(typing=typing))) == len(MODULES)


def test_no_folders_import_each_other_in_a_circle() -> None:
    assert order(between_parts(graph_of()))


def test_from_the_client_down_there_are_at_most_twelve_floors() -> None:
    """A floor is a folder, or a module that is directly in the package."""
    chain = floors(between_parts(graph_of()))["client"]

    assert chain[-1] != "client"
    assert len(chain) <= MOST_FLOORS, " -> ".join(chain)


def test_generated_code_stands_only_on_wire_and_the_protocol_of_the_pipeline() -> None:
    assert between_parts(graph_of())["_generated"] == {"wire", "caller"}


def test_the_sandbox_imports_no_code_of_the_client() -> None:
    assert len(sandbox_graph()) > 20
    assert between_parts(graph_of(typing=True))["sandbox"] == frozenset()


def test_the_packages_of_the_sandbox_import_each_other_one_way() -> None:
    arrows = between_parts(sandbox_graph(), sandbox_part)

    assert {package: arrows[package] for package in SANDBOX_ARROWS} == SANDBOX_ARROWS
    assert order(arrows)


def test_the_sandbox_consists_of_its_packages_and_of_what_puts_them_together() -> None:
    assert {sandbox_part(module) for module in sandbox_graph()} - SANDBOX_ARROWS.keys() == {"", "__main__", "sandbox"}


@pytest.mark.parametrize("leaf", ["clock", "text", "secrets", "new_order", "error_codes", "error_body"])
def test_a_leaf_imports_nothing_of_the_package(leaf: str) -> None:
    assert between_parts(graph_of())[leaf] == frozenset()


@pytest.mark.parametrize("name", ["wire", "validation", "transport", "pagination", "session", "pipeline", "orders"])
def test_nothing_below_the_client_imports_it(name: str) -> None:
    chains = between_parts(graph_of())
    reached, left = set[str](), [name]
    while left:
        left += chains[left.pop()] - reached
        reached.update(left)

    assert not reached & {"client", "requests", "contract", "testing", "sandbox"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from orange_ordering_client import session", {"session"}),
        ("from orange_ordering_client.session import Session", {"session"}),
        ("import orange_ordering_client.session", {"session"}),
        ("from .session import Session", {"session"}),
        ("def f():\n    from orange_ordering_client.session import Session", {"session"}),
        ("if TYPE_CHECKING:\n    from orange_ordering_client.session import Session", set()),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    from .session import Session", {"session"}),
        ("import json", set()),
    ],
)
def test_imports_are_read_wherever_they_stand(source: str, expected: set[str]) -> None:
    assert {part(module) for module in imports_of(f"{PACKAGE}.client", source)} == expected


def test_a_circle_is_found() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"(a -> b -> a)|(b -> a -> b)"):
        order({"a": frozenset({"b"}), "b": frozenset({"a"})})
