"""Check of the hand-written code against a generated package before the package is put in place.

Both are copied to one directory, imported in a separate process and type-checked there: mypy checks every operation,
parameter and attribute that hand-written code uses, so that this module needs no list of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["incompatibilities"]

_PACKAGE = "orange_ordering_client"
_SECONDS = 120
_MODULES = ("client", "orders.submission", "orders.watching", "contract.checker", "contract.recorder", "sandbox")
# Classes that programs import from the package to place and read orders.
_MODELS = ("CatalogItem", "NewRequest", "Request")
# The public method that a module implements; other modules are reported by their names.
_METHODS = {
    "orders/submission.py": "requests.submit",
    "orders/lookup.py": "requests.submit",
    "orders/comparing.py": "requests.submit",
    "orders/batch.py": "requests.submit_many",
    "orders/watching.py": "requests.watch",
    "orders/sweeping.py": "requests.watch",
    "orders/cursor.py": "requests.watch",
    "orders/following.py": "requests.wait",
    "catalog.py": "catalog.validate",
    "cli/doctor.py": "orange-ordering doctor",
    "cli/service.py": "orange-ordering status",
}
_ERROR = re.compile(rf"{_PACKAGE}/(?P<file>[^:]+):\d+: error: (?P<text>.+)")
_LAST_FRAME = re.compile(rf"{_PACKAGE}/(?P<file>\S+\.py)\", line")


def incompatibilities(package: Path, tree: Path, directory: Path, cache: Path) -> list[str]:
    """List the reasons why the hand-written code does not work with a generated package, one line each.

    Args:
        package: the hand-written package; if it has no client, nothing is checked.
        tree: the generated package; it is not changed.
        directory: an empty directory for the copies.
        cache: directory of mypy's cache, kept between builds for speed.
    """
    if not (package / "client.py").exists():
        return []
    copy = directory / _PACKAGE
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("_generated", "__pycache__"))
    copy.chmod(0o700)  # The package may be read-only.
    shutil.copytree(tree, copy / "_generated")
    with _started(directory, "-c", _import_all()) as importing, _started(directory, *_mypy(cache)) as checking:
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
    return "\n".join(
        [
            *(f"import {_PACKAGE}.{module}" for module in _MODULES),
            f"from {_PACKAGE} import *",
            f"missing = set({_MODELS}) - set({_PACKAGE}.__all__)",
            "if missing:",
            "    raise ImportError('no class is generated for ' + ', '.join(sorted(missing)))",
        ]
    )


def _mypy(cache: Path) -> list[str]:
    # The configuration file of a surrounding project must have no effect.
    options = ["--strict", "--no-error-summary", "--hide-error-context", "--config-file", os.devnull]
    # A missing extra is not a fault of the description.
    return ["-m", "mypy", *options, "--ignore-missing-imports", "--cache-dir", str(cache), _PACKAGE]


def _started(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(directory), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(  # noqa: S603  # this interpreter, and arguments made here
        [sys.executable, *arguments],
        cwd=directory,
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
