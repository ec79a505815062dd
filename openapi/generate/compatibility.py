"""Trying the hand-written package on a staged tree, before the tree is put in place.

The package is copied beside the tree, imported in a process of its own, and type-checked there: mypy reads every
operation, parameter, attribute and page that hand-written code uses, so nothing has to be listed twice.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["unmet"]

_PACKAGE = "orange_ordering_client"
_SECONDS = 120
_MODULES = ("client", "orders.submission", "orders.watching", "contract.checker", "contract.recorder", "sandbox.core")
# The methods that a module of the package serves; what is not listed is called by its own name.
_METHODS = {
    "orders/submission.py": "requests.submit",
    "orders/lookup.py": "requests.submit",
    "orders/outcomes.py": "requests.submit",
    "orders/comparing.py": "requests.submit",
    "orders/batch.py": "requests.submit_many",
    "orders/watching.py": "requests.watch",
    "orders/sweeping.py": "requests.watch",
    "orders/cursor.py": "requests.watch",
    "orders/following.py": "requests.wait",
    "catalog.py": "catalog.validate",
}
_ERROR = re.compile(rf"{_PACKAGE}/(?P<file>[^:]+):\d+: error: (?P<text>.+)")
_LAST_FRAME = re.compile(rf"{_PACKAGE}/(?P<file>\S+\.py)\", line")


def unmet(package: Path, tree: Path, room: Path, cache: Path) -> list[str]:
    """Say which hand-written methods would not work with a staged tree, one line for each reason.

    Args:
        package: the hand-written package; without a client in it there is nothing to try.
        tree: the staged tree; it is only read.
        room: an empty directory.
        cache: of mypy, kept between builds for speed.
    """
    if not (package / "client.py").exists():
        return []
    copy = room / _PACKAGE
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("_generated", "__pycache__"))
    shutil.copytree(tree, copy / "_generated")
    with _started(room, "-c", _import_all()) as importing, _started(room, *_mypy(cache)) as checking:
        imported = _ended(importing)
        checked = _ended(checking)
    if importing.returncode:
        return [_import_failure(imported)]
    if checking.returncode:
        found = [match for line in checked.splitlines() if (match := _ERROR.match(line))]
        said = [f"{_method(match['file'])}: {match['text']}" for match in found]
        return list(dict.fromkeys(said)) or [f"mypy failed: {checked.strip()[-500:]}"]
    return []


def _import_all() -> str:
    lines = [f"import {_PACKAGE}.{module}" for module in _MODULES]
    return "\n".join([*lines, f"from {_PACKAGE} import *"])


def _mypy(cache: Path) -> list[str]:
    # A configuration of a project around this one must not decide here.
    options = ["--strict", "--no-error-summary", "--hide-error-context", "--config-file", os.devnull]
    files = [f"{_PACKAGE}/{module.replace('.', '/')}.py" for module in ("client", *_MODULES[1:3])]
    return ["-m", "mypy", *options, "--cache-dir", str(cache), *files]


def _started(room: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(room), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(  # noqa: S603  # this interpreter, and arguments made here
        [sys.executable, *arguments],
        cwd=room,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _ended(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=_SECONDS)[0]
    except BaseException:
        process.kill()
        raise


def _method(file: str) -> str:
    return _METHODS.get(file, f"{_PACKAGE}/{file}")


def _import_failure(output: str) -> str:
    files = [match["file"] for match in _LAST_FRAME.finditer(output)]
    own = [file for file in files if not file.startswith("_generated")]
    reason = output.strip().rpartition("\n")[2] or "the import ends without a message"
    return f"{_method(own[-1]) if own else _PACKAGE}: cannot be imported: {reason}"
