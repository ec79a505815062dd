"""The diagram of modules in docs/architecture.md shows the imports as they are."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_imports import between_parts, graph_of

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"

# Modules that the page says are not drawn.
SMALL = {
    "", "_version", "call", "caller", "checks", "clock", "error_body", "error_codes", "error_mapping", "errors",
    "filter_words", "hooks", "later", "logs", "masking", "new_order", "notifier", "operation", "response", "secrets",
    "settings", "text", "working_days",
}  # fmt: skip

Arrows = set[tuple[str, str]]


def drawn() -> Arrows:
    """The arrows of the diagram."""
    diagrams: list[str] = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(), re.DOTALL)
    found = [set(re.findall(r"^ +(\w+) --> (\w+)$", diagram, re.MULTILINE)) for diagram in diagrams]
    return max(found, key=len)


def needed(imports: dict[str, set[str]]) -> Arrows:
    """The arrows without those that another path makes unnecessary."""

    def below(part: str) -> set[str]:
        return imports[part].union(*map(below, imports[part]))

    return {
        (part, target)
        for part, targets in imports.items()
        for target in targets
        if not any(target in below(other) for other in targets)
    }


def test_the_diagram_shows_the_imports() -> None:
    imports = {part: set(targets) - SMALL for part, targets in between_parts(graph_of()).items() if part not in SMALL}

    assert drawn() == needed(imports)


def test_an_arrow_is_left_out_where_another_path_leads_there() -> None:
    assert needed({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {("a", "b"), ("b", "c")}
