"""Every Python block of README and pages runs as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orange_ordering_client.sandbox import Sandbox
from tests.docs.programs import KINDS, PAGES, ROOT, Block, blocks_of, run

BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def place(block: Block) -> str:
    return f"{block.page}:{block.line}"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """Served, named by the environment; an order is completed when it is looked at."""
    sandbox = Sandbox(seed=1, completes_after=0.001)
    sandbox.requests.seed(60)
    monkeypatch.chdir(tmp_path)
    with sandbox.serve_in_thread() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS if block.kind in ("run", "endless")}))
def test_the_programs_of_a_page_run_in_a_row(page: str, sandbox: Sandbox) -> None:
    run([block for block in blocks_of(page) if block.kind in ("run", "endless")], sandbox)
    assert sandbox.journal.received
    assert not sandbox.journal.duplicates()


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "elsewhere"], ids=place)
def test_a_program_that_runs_elsewhere_is_named_there(block: Block) -> None:
    there = ROOT / block.note.partition(",")[0]
    assert any(
        block.page in helper.read_text() for helper in (there, there.with_name("programs.py")) if helper.exists()
    )


@pytest.mark.parametrize("block", BLOCKS, ids=place)
def test_a_block_compiles_and_its_mark_has_a_reason(block: Block) -> None:
    assert block.code
    assert block.kind in KINDS
    assert block.note or block.kind == "run"


def test_few_blocks_only_compile() -> None:
    assert len([block for block in BLOCKS if block.kind == "compiled"]) <= 3
    assert len(BLOCKS) >= 30
