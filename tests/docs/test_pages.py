"""What the pages say is true, and nothing is left out."""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import orange_ordering_client
from orange_ordering_client import OrderingClient, OrderingError, RetryPolicy, fleet
from tests.docs.programs import PAGES, ROOT, blocks_of

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")


def site_module(name: str) -> ModuleType:
    """A module beside the site's configuration; MkDocs loads them by their paths, too."""
    specification = importlib.util.spec_from_file_location(f"site_{name}", DOCS / "site" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


def public_names(kind: type[BaseException] | None = None) -> set[str]:
    named = {name: getattr(orange_ordering_client, name) for name in orange_ordering_client.__all__}
    return {
        name for name, value in named.items() if kind is None or (isinstance(value, type) and issubclass(value, kind))
    }


def anchors(page: Path) -> set[str]:
    """Of its headings, as both GitHub and MkDocs make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_navigation_has_every_page_once_and_no_other() -> None:
    navigation = (DOCS / "site" / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
    listed = re.findall(r": ([\w/]+\.md)$", navigation, re.MULTILINE)
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    for target, anchor in LINK.findall((ROOT / page).read_text()):
        there = (ROOT / page).parent / target if target else ROOT / page
        drawn = re.search(r"assets/\w+-(light|dark)\.svg$", target)
        assert drawn or there.exists(), target
        assert not anchor or anchor in ("only-light", "only-dark") or anchor in anchors(there), f"{target}#{anchor}"


def test_the_first_program_has_at_most_ten_lines() -> None:
    for page in ("README.md", "docs/index.md"):
        assert sum(bool(line.strip()) for line in blocks_of(page)[0].source.splitlines()) <= 10


def test_the_options_table_lists_what_the_constructor_takes() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", (DOCS / "options.md").read_text(), re.MULTILINE))
    assert listed == set(inspect.signature(OrderingClient).parameters) - {"clock"}


def test_the_defaults_in_the_options_table_are_true() -> None:
    text = (DOCS / "options.md").read_text()
    parameters = inspect.signature(OrderingClient).parameters
    policy = parameters["retry"].default
    assert isinstance(policy, RetryPolicy)
    assert f"{parameters['timeout'].default:g} seconds for one call" in text
    assert f"{parameters['fetch_ahead'].default} pages of a list at once" in text
    assert (
        f"RetryPolicy(max_attempts={policy.max_attempts}, first_delay={policy.first_delay:g},"
        f" max_delay={policy.max_delay:g}, attempt_timeout={policy.attempt_timeout:g})"
    ) in text


def test_the_defaults_of_the_retry_page_are_true() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([\d.]+) \|$", (DOCS / "retry.md").read_text(), re.MULTILINE)
    policy = RetryPolicy()
    assert {name: float(value) for name, value in rows} == {
        name: getattr(policy, name) for name in inspect.signature(RetryPolicy).parameters
    }


def test_the_page_on_errors_has_a_row_with_a_fix_for_every_exception() -> None:
    of_fleets = {name for name in fleet.__all__ if issubclass(getattr(fleet, name), OrderingError)}
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| .+ \| (.+) \|$", (DOCS / "errors.md").read_text(), re.MULTILINE)
    listed = [name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(listed) == sorted((public_names(OrderingError) | of_fleets) - {"OrderingError", "ApiError"})
    assert all(fix.strip() for _, fix in rows)


def test_the_reference_has_every_public_name_once() -> None:
    names = site_module("names")
    shown = [dotted for group in names.GROUPS for dotted in names.group(group)]
    assert len(shown) == len(set(shown))
    assert public_names() - {dotted.rpartition(".")[2] for dotted in shown} == {"__version__"}


def test_every_group_of_names_has_its_page() -> None:
    for group in site_module("names").GROUPS:
        assert f"<!-- generated: {group} -->" in (DOCS / "reference" / f"{group}.md").read_text()


def test_the_operations_and_errors_are_those_of_the_description() -> None:
    described = site_module("described")
    description = {
        "paths": {
            "/things/{id}": {
                "get": {
                    "operationId": "things_get",
                    "summary": "Get a thing.",
                    "description": "One | of them.",
                    "security": [{"OAuth2": ["read"], "ApiKey": []}],
                    "parameters": [
                        {"name": "id", "in": "path", "description": "Of\nit.", "schema": {"type": "string"}}
                    ],
                    "responses": {
                        "200": {"content": {"application/json": {"example": {"code": 1}}}},
                        "404": {"content": {"application/json": {"example": {"code": 60, "message": "Not found"}}}},
                    },
                }
            }
        }
    }
    operations = described.operations(description)
    assert "### `GET /things/{id}`" in operations
    assert "`ordering.things.get()`. Needs a token (scope `read`) and the API key. Answers: 200, 404." in operations
    assert "| `id` | path | string | Of it. |" in operations
    assert described.errors(description).splitlines()[2:] == ["| 404 | 60 | Not found |"]


def test_the_committed_figures_are_those_of_the_page_on_performance() -> None:
    figures = json.loads((DOCS / "site" / "bench.json").read_text())
    ratios = re.findall(r"^\| .*\| \**([\d.]+)\** \| .*\|$", (DOCS / "performance.md").read_text(), re.MULTILINE)
    assert {f"{value:g}" for value in figures.values()} <= {f"{float(ratio):g}" for ratio in ratios}
