"""mypy over generated packages, with one set of options and one cache, so that it reads the libraries once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["type_check"]

# What is checked and cached is as pyproject.toml has it, so that the cache of `make mypy` serves here, too.
_OPTIONS = ["--strict", "--warn-unreachable", "--no-error-summary", "--config-file", os.devnull]


def type_check(directory: Path, target: str, cache: Path, *, search: Path | None = None) -> str:
    """What mypy says of a file or directory, not of what that imports: nothing if all is well.

    Args:
        directory: where it runs, and where it finds packages first.
        target: what it checks.
        cache: directory of the cache. With other options, mypy would not use what is in it.
        search: another place of packages.
    """
    environment = os.environ if search is None else {**os.environ, "MYPYPATH": str(search)}
    command = [sys.executable, "-m", "mypy", *_OPTIONS, "--cache-dir", str(cache / "strict"), target]
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own
    assert done.returncode in (0, 1), done.stderr
    return "".join(line for line in done.stdout.splitlines(True) if target == "." or line.startswith(target))
