"""Several files and trees are replaced together, whole or not at all, whenever the process dies."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openapi.generate.project import digest
from openapi.generate.replacement import STAGE, TARGET, VENDORED, exchange, locked, staging
from openapi.read.errors import BuildError
from tests.openapi.descriptions import ROOT
from tests.openapi.generate.killed import before, change, interrupted, next_command, state


@pytest.fixture
def root(tmp_path: Path) -> Path:
    before(tmp_path / "project")
    return tmp_path / "project"


def kills(directory: Path, what: str, how: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.openapi.generate.killed", str(directory), what, how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # a program of ours
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("how", ["exchange", "fallback"])
@pytest.mark.parametrize("what", ["replace", "recover"])
def test_killed_at_any_line_both_are_old_or_both_are_new(what: str, how: str, tmp_path: Path) -> None:
    seen = kills(tmp_path / "project", what, how)
    assert len(seen) > 40
    assert {tuple(one["after"]) for one in seen} <= {("old", "old"), ("new", "new")}
    assert [one for one in seen if one["leftovers"]] == []
    # No tree is ever incomplete; it can be missing for a moment only where the system cannot exchange two trees.
    whole = {"old", "new"} | ({"absent"} if how == "fallback" else set())
    assert {one["at_once"][0] for one in seen} <= whole
    assert {one["at_once"][1] for one in seen} <= {"old", "new"}
    # Killed before the description is replaced, everything stays old; at the end, everything is new.
    assert seen[0]["after"] == (["old", "old"] if what == "replace" else ["new", "new"])
    assert seen[-1]["at_once"] == ["new", "new"]


def test_a_tree_and_a_file_are_replaced_together(root: Path) -> None:
    change(root)
    assert state(root) == ["new", "new"]
    assert not (root / STAGE).exists()
    assert not (root / TARGET / "only_old.py").exists()


def test_a_tree_that_was_not_there_before_is_put_there(root: Path) -> None:
    shutil.rmtree(root / TARGET)
    change(root)
    assert state(root) == ["new", "new"]


def test_a_tree_is_exchanged_in_one_step_here(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert exchange(other, root / TARGET)
    assert (other / "only_old.py").exists()
    assert list((root / TARGET).iterdir()) == []


def test_an_exchange_that_fails_says_so(root: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "nowhere", root / TARGET)


def test_the_next_command_completes_an_interrupted_update_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted(tmp_path / "project")
    assert state(tmp_path / "project") == ["old", "new"]
    next_command(tmp_path / "project")
    assert state(tmp_path / "project") == ["new", "new"]
    assert capsys.readouterr().err == f"An update was killed after it replaced {VENDORED}: {TARGET} was replaced now.\n"
    next_command(tmp_path / "project")
    assert capsys.readouterr().err == ""


def test_an_unfinished_build_is_thrown_away(root: Path) -> None:
    (root / STAGE / "job").mkdir(parents=True)
    next_command(root)
    assert state(root) == ["old", "old"]
    assert not (root / STAGE).exists()


WRITER = """
import itertools, pathlib, sys
place = pathlib.Path(sys.argv[1])
print("begun", flush=True)
for number in itertools.count():
    (place / f"{number % 50}.py").write_text("written too late")
"""


def test_a_generator_that_outlives_its_killed_build_reaches_no_later_one(root: Path) -> None:
    job = root / STAGE / "first" / "job"
    job.mkdir(parents=True)
    writer = subprocess.Popen(  # noqa: S603  # a program of ours
        [sys.executable, "-c", WRITER, str(job)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"begun\n"
        with locked(root), staging(root) as stage:
            assert list(stage.iterdir()) == []
            # What it wrote to is not there any more.
            assert writer.wait(10) == 1
            assert list(stage.iterdir()) == []
    finally:
        writer.kill()
        writer.communicate()
    assert [path for path in root.iterdir() if path.name.startswith(STAGE)] == []


def test_each_build_has_a_directory_of_its_own(root: Path) -> None:
    with locked(root), staging(root) as first:
        pass
    with locked(root), staging(root) as second:
        assert first != second


def test_a_finished_tree_of_another_description_is_thrown_away(root: Path) -> None:
    interrupted(root)
    (root / VENDORED).write_text("old")
    next_command(root)
    assert state(root) == ["old", "old"]
    assert not (root / STAGE).exists()


def test_a_build_that_fails_leaves_nothing_behind(root: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(root), staging(root) as stage:
        (stage / "half/tree").write_text("no such directory")
    assert not (root / STAGE).exists()
    assert state(root) == ["old", "old"]


# What the system refuses, it does not refuse to root, unless root gives its capabilities up.
_CAPABILITIES = "-dac_override,-dac_read_search,-fowner"
UNPRIVILEGED = (
    ["setpriv", f"--bounding-set={_CAPABILITIES}", f"--inh-caps={_CAPABILITIES}"] if os.geteuid() == 0 else []
)

READ_ONLY = """
import pathlib, sys
from openapi.generate.replacement import STAGE, TARGET, locked, replace, staging
from openapi.read.errors import BuildError
from tests.openapi.generate.killed import state
root = pathlib.Path(sys.argv[1])
(root / TARGET).parent.chmod(0o555)
try:
    with locked(root), staging(root) as stage:
        (stage / "tree/inner").mkdir(parents=True)
        (stage / "copy/inner").mkdir(parents=True)
        (stage / "copy/inner/file").touch()
        (stage / "copy").chmod(0o555)
        (stage / "copy/inner").chmod(0o555)
        replace(root, stage / "tree", b"new")
except BuildError as error:
    print(error)
finally:
    (root / TARGET).parent.chmod(0o755)
print(state(root), [path.name for path in root.iterdir() if path.name.startswith(STAGE)])
"""


@pytest.mark.skipif(bool(UNPRIVILEGED) and not shutil.which("setpriv"), reason="root may write anything")
def test_a_read_only_package_stops_a_replacement_before_its_first_step(root: Path) -> None:
    command = [*UNPRIVILEGED, sys.executable, "-c", READ_ONLY, str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # a program of ours
    assert done.stdout.splitlines() == [f"{(root / TARGET).parent} is read-only.", "['old', 'old'] []"]


def test_only_one_build_at_a_time_works_on_a_project(root: Path) -> None:
    handle = os.open(root, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BuildError, match="Another build"), locked(root):
        pass
    os.close(handle)
    with locked(root):
        pass


def test_what_an_import_leaves_behind_does_not_count(root: Path) -> None:
    one = digest(root / TARGET)
    (root / TARGET / "__pycache__/y.pyc").write_bytes(b"y")
    assert digest(root / TARGET) == one
    (root / TARGET / "new.py").write_bytes(b"")
    assert digest(root / TARGET) != one
