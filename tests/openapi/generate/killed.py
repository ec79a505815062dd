"""A program that replaces a tree and a file, and is killed at one line of it after another. Run by test_replacement.

usage: killed.py DIRECTORY replace|recover exchange|fallback

A process of its own, because it forks and a test runner has threads. Prints one JSON line for each kill: what was in
place right after it, and what is in place after the next command.
"""

from __future__ import annotations

import hashlib
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

from openapi.generate import replacement
from openapi.generate.replacement import INPUTS, TARGET, VENDORED


class Stopped(BaseException):
    """Ends a build between its two renames."""


def fill(tree: Path, what: str) -> None:
    for name in ("__init__.py", "models/a.py"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"# {what}\n")
    (tree / f"only_{what}.py").write_text("")
    (tree / INPUTS).write_text(json.dumps({"description": hashlib.sha256(what.encode()).hexdigest()}))


def before(root: Path) -> None:
    """Put the old files in place, with the leftovers of an import."""
    shutil.rmtree(root, ignore_errors=True)
    fill(root / TARGET, "old")
    (root / TARGET / "__pycache__").mkdir()
    (root / TARGET / "__pycache__/x.pyc").write_bytes(b"")
    (root / VENDORED).parent.mkdir()
    (root / VENDORED).write_text("old")


def change(root: Path) -> None:
    """Do what an update does: stage, then replace the tree and the description."""
    with replacement.locked(root), replacement.staging(root) as stage:
        fill(stage / "job/out", "new")
        replacement.replace(root, stage / "job/out", b"new")


def interrupted(root: Path) -> None:
    """Leave what an update leaves that was stopped between its two renames."""

    def stop(one: Path, other: Path) -> bool:
        raise Stopped

    before(root)
    exchange, replacement.exchange = replacement.exchange, stop
    try:
        change(root)
    except Stopped:
        pass
    finally:
        replacement.exchange = exchange


def state(root: Path) -> list[str]:
    """Say of each target whether it is old, new, absent, or something that must never be."""
    tree, file = root / TARGET, root / VENDORED
    names = {path.name for path in tree.rglob("*.py")}
    said = {path.read_text().strip("# \n") for path in tree.rglob("*.py")} - {""}
    whole = len(names) == 3 and len(said) == 1 and f"only_{next(iter(said))}.py" in names
    return [
        "absent" if not tree.exists() else said.pop() if whole else f"half: {sorted(names)}",
        file.read_text() if file.exists() else "absent",
    ]


def killed_at(line: int, work: Callable[[], None]) -> bool:
    """Run in a child that kills itself at the given line (every fifth of `shutil` counts); tell whether it did."""
    child = os.fork()
    if child == 0:
        left = 5 * line

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal left
            own = frame.f_code.co_filename.endswith("generate/replacement.py")
            if not own and not frame.f_code.co_filename.endswith("/shutil.py"):
                return None
            if event == "line":
                left -= 5 if own else 1
                if left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(root: Path, what: str, how: str) -> None:
    if how == "fallback":
        replacement.exchange = lambda one, other: False
    for line in itertools.count(1):
        if what == "replace":
            before(root)
            hit = killed_at(line, lambda: change(root))
        else:
            interrupted(root)
            hit = killed_at(line, lambda: next_command(root))
        at_once = state(root)
        next_command(root)
        leftovers = [path.name for path in root.iterdir() if path.name not in ("orange_ordering_client", "openapi")]
        said = {"line": line, "at_once": at_once, "after": state(root), "leftovers": leftovers}
        sys.stdout.write(json.dumps(said) + "\n")
        if not hit:
            return


def next_command(root: Path) -> None:
    with replacement.locked(root):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
