"""The README's programs run, as they stand, against the sandbox."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

import orange_ordering_client
from orange_ordering_client import NewRequest, OrderingClient
from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.settings import CallOptions

ROOT = Path(__file__).parent.parent


def blocks(document: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / document).read_text(), re.DOTALL | re.MULTILINE)


# The example of a test is run by tests/sandbox/test_testing.py, in an environment of its own.
BLOCKS = [block for block in blocks("README.md") if "ordering_sandbox" not in block]


def compiled(source: str) -> CodeType:
    return compile(source, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def headline(source: str) -> str:
    return next(line for line in source.splitlines() if not line.startswith(("import", "from")))[:40]


def runs_its_own_loop(source: str) -> bool:
    return "asyncio.run(" in source


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    sandbox = Sandbox(seed=1, completes_after=0.2)
    sandbox.requests.seed(60)
    async with sandbox.serve() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.mark.parametrize("source", [b for b in BLOCKS if not runs_its_own_loop(b)], ids=headline)
async def test_a_fragment_of_the_readme_runs(source: str, sandbox: Sandbox) -> None:
    async with OrderingClient.from_env() as ordering:
        result = eval(compiled(source), {"ordering": ordering})  # noqa: S307 -- our own README
        if inspect.isawaitable(result):
            await result


@pytest.mark.parametrize("source", [b for b in BLOCKS if runs_its_own_loop(b)], ids=headline)
def test_a_program_of_the_readme_runs(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = Sandbox(seed=1)
    sandbox.requests.seed(60)
    with sandbox.serve_in_thread() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        exec(compiled(source), {})  # noqa: S102 -- our own README
    assert "ok" in capsys.readouterr().out


class Saved(Exception):
    """Raised by the page's last program when it has kept its first cursor: what it does goes on for ever."""


async def test_the_programs_of_the_page_on_orders_run(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def save(cursor: str) -> None:
        raise Saved(cursor)

    orders = [NewRequest.from_dict(sandbox.example(reference=f"MANY-{number}")) for number in range(3)]
    order = NewRequest.from_dict(sandbox.example(reference="PAGE-1"))
    async with OrderingClient.from_env() as ordering:
        room = {"ordering": ordering, "order": order, "orders": orders, "save": save}
        room["earliest_requested_at"] = orange_ordering_client.earliest_requested_at
        with pytest.raises(Saved):  # noqa: PT012 -- the programs run in a row, in one room
            for source in blocks("docs/orders.md"):
                result = eval(compiled(source), room)  # noqa: S307 -- our own page
                if inspect.isawaitable(result):
                    await result
    assert len(sandbox.journal.committed) == 1 + len(orders)


def test_the_first_program_has_at_most_ten_lines() -> None:
    first = BLOCKS[0]
    assert sum(bool(line.strip()) for line in first.splitlines()) <= 10


def test_the_options_table_lists_what_the_constructor_takes() -> None:
    table = re.search(r"## Options\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.DOTALL)
    assert table is not None
    listed = set(re.findall(r"^\| `(\w+)` \|", table[1], re.MULTILINE))
    assert listed == set(inspect.signature(OrderingClient).parameters) - {"clock"}


def test_the_errors_table_lists_every_exception() -> None:
    table = re.search(r"## Errors\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.DOTALL)
    assert table is not None
    exported = (getattr(orange_ordering_client, name) for name in orange_ordering_client.__all__)
    exceptions = {kind.__name__ for kind in exported if isinstance(kind, type) and issubclass(kind, Exception)}
    assert exceptions - set(re.findall(r"`(\w+)`", table[1])) == {"ApiError"}


def test_the_defaults_in_the_options_table_are_true() -> None:
    text = (ROOT / "README.md").read_text()
    options = CallOptions()
    assert options.retry is not None
    assert f"{options.timeout:g} seconds for one call" in text
    policy = options.retry
    assert (
        f"RetryPolicy(max_attempts={policy.max_attempts}, first_delay={policy.first_delay:g},"
        f" max_delay={policy.max_delay:g}, attempt_timeout={policy.attempt_timeout:g})"
    ) in text
