"""Several files and trees are replaced together, whole or not at all, whenever the process dies."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openapi.generate import replacement as swap
from openapi.read.errors import BuildError
from tests.openapi.descriptions import ROOT
from tests.openapi.generate.killed import FILE, TREE, before, change, journalled, next_command, state


@pytest.fixture
def root(tmp_path: Path) -> Path:
    before(tmp_path / "project")
    return tmp_path / "project"


def kills(directory: Path, what: str, how: str, step: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.openapi.generate.killed", str(directory), what, how, str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # a program of ours
    return [json.loads(line) for line in done.stdout.splitlines()]


# Every second line where it matters most; elsewhere every third, to save time.
@pytest.mark.parametrize(
    ("what", "how", "step"),
    [("swap", "exchange", 2), ("swap", "fallback", 3), ("recover", "exchange", 3), ("recover", "fallback", 3)],
)
def test_killed_anywhere_either_all_is_old_or_all_is_new(what: str, how: str, step: int, tmp_path: Path) -> None:
    seen = kills(tmp_path / "project", what, how, step)
    assert len(seen) > 250 / step
    assert {tuple(one["after"]) for one in seen} <= {("old", "old"), ("new", "new")}
    assert [one for one in seen if one["leftovers"]] == []
    # No tree is ever half there; it can be missing for a moment only where the system cannot exchange two trees.
    whole = {"old", "new"} | ({"absent"} if how == "fallback" else set())
    assert {one["at_once"][0] for one in seen} <= whole
    assert {one["at_once"][1] for one in seen} <= {"old", "new"}
    # Killed before the journal is there, everything stays old; at the end, everything is new.
    assert seen[0]["after"] == (["old", "old"] if what == "swap" else ["new", "new"])
    assert seen[-1]["at_once"] == ["new", "new"]


def test_a_tree_and_a_file_are_replaced_together(root: Path) -> None:
    change(root)
    assert state(root) == ["new", "new"]
    assert not (root / swap.STAGE).exists()
    assert not (root / TREE / "only_old.py").exists()


def test_what_was_not_there_before_is_put_there(root: Path) -> None:
    (root / FILE).unlink()
    change(root)
    assert state(root) == ["new", "new"]


def test_a_tree_is_exchanged_in_one_step_here(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert swap.exchange(other, root / TREE)
    assert (other / "only_old.py").exists()
    assert list((root / TREE).iterdir()) == []


def test_an_exchange_that_fails_says_so(root: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        swap.exchange(tmp_path / "nowhere", root / TREE)


def test_a_journal_left_behind_is_carried_through_by_the_next_command(tmp_path: Path) -> None:
    journalled(tmp_path / "project")
    assert state(tmp_path / "project") == ["old", "old"]
    next_command(tmp_path / "project")
    assert state(tmp_path / "project") == ["new", "new"]


def test_what_was_staged_without_a_journal_is_thrown_away(root: Path) -> None:
    (root / swap.STAGE / "job").mkdir(parents=True)
    (root / swap.STAGE / "journal.json.draft").write_text("[")
    next_command(root)
    assert state(root) == ["old", "old"]
    assert not (root / swap.STAGE).exists()


def test_a_build_that_fails_leaves_nothing_behind(root: Path) -> None:
    with pytest.raises(FileNotFoundError), swap.locked(root), swap.staging(root) as stage:
        (stage / "half/tree").write_text("no such directory")
    assert not (root / swap.STAGE).exists()
    assert state(root) == ["old", "old"]


def test_only_one_build_at_a_time_works_on_a_project(root: Path) -> None:
    handle = os.open(root, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BuildError, match="Another build"), swap.locked(root):
        pass
    os.close(handle)
    with swap.locked(root):
        pass


def test_what_an_import_leaves_behind_does_not_count(root: Path) -> None:
    one = swap.digest(root / TREE)
    (root / TREE / "__pycache__/y.pyc").write_bytes(b"y")
    assert swap.digest(root / TREE) == one
    (root / TREE / "new.py").write_bytes(b"")
    assert swap.digest(root / TREE) != one
