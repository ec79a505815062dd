"""A program that swaps, and is killed at one line of it after another. Run by test_replacement.

usage: killed.py DIRECTORY swap|recover exchange|fallback STEP

A process of its own, because it forks and a test runner has threads. Prints one JSON line for each kill: what was in
place right after it, and what is in place once the next command has been there.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from openapi.generate import replacement as swap

TREE, FILE = "package/_generated", "openapi/description.json"


def fill(tree: Path, what: str) -> None:
    for name in ("__init__.py", "models/a.py"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"# {what}\n")
    (tree / f"only_{what}.py").write_text("")


def before(root: Path) -> None:
    """Put the old files in place, with the leftovers of an import."""
    shutil.rmtree(root, ignore_errors=True)
    fill(root / TREE, "old")
    (root / TREE / "__pycache__").mkdir()
    (root / TREE / "__pycache__/x.pyc").write_bytes(b"")
    (root / FILE).parent.mkdir()
    (root / FILE).write_text("old")


def change(root: Path) -> None:
    """Do what a build does: stage, then swap a tree and a file together."""
    with swap.locked(root), swap.staging(root) as stage:
        fill(stage / "job/out", "new")
        (stage / "new.json").write_text("new")
        swap.swap(root, {FILE: stage / "new.json", TREE: stage / "job/out"})


def journalled(root: Path) -> None:
    """Leave what a build leaves that was killed just after its journal was written."""
    before(root)
    carry_through, swap.recover = swap.recover, lambda root: False
    try:
        change(root)
    finally:
        swap.recover = carry_through


def state(root: Path) -> list[str]:
    """Say of each target whether it is old, new, absent, or something that must never be."""
    tree, file = root / TREE, root / FILE
    names = {path.name for path in tree.rglob("*.py")}
    said = {path.read_text().strip("# \n") for path in tree.rglob("*.py")} - {""}
    whole = len(names) == 3 and len(said) == 1 and f"only_{next(iter(said))}.py" in names
    return [
        "absent" if not tree.exists() else said.pop() if whole else f"half: {sorted(names)}",
        file.read_text() if file.exists() else "absent",
    ]


def killed_at(line: int, work: Callable[[], None]) -> bool:
    """Run in a child that kills itself at the given line; tell whether it got so far."""
    child = os.fork()
    if child == 0:
        left = line

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.endswith(("generate/replacement.py", "/shutil.py")):
                return None
            if event == "line":
                left -= 1
                if left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(root: Path, what: str, how: str, step: int) -> None:
    if how == "fallback":
        swap.exchange = lambda one, other: False
    for line in itertools.count(1, step):
        if what == "swap":
            before(root)
            hit = killed_at(line, lambda: change(root))
        else:
            journalled(root)
            hit = killed_at(line, lambda: next_command(root))
        at_once = state(root)
        next_command(root)
        leftovers = [path.name for path in root.iterdir() if path.name not in ("package", "openapi")]
        said = {"line": line, "at_once": at_once, "after": state(root), "leftovers": leftovers}
        sys.stdout.write(json.dumps(said) + "\n")
        if not hit:
            return


def next_command(root: Path) -> None:
    with swap.locked(root):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
