"""`make official`: the whole check, in a copy of this project that has a twin of the official file in place.

usage: python -m tests.official.run [--suite NAME] [NAME ...]

With --suite, the tests run with that twin only, and of them those alone that stand on what is vendored; the other steps
run with every twin: what CI has time for.

Exit 0: every step passed for every twin.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.official.__main__ import TWINS
from tests.official.copies import copied, environment_of

SECONDS = 1800.0
"""For one step; the suite is the longest."""

_NOT_THERE = ("packaging", "official/test_in_place.py")

STEPS: dict[str, list[str]] = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "pyright": ["-m", "pyright"],
    "drift": ["-m", "openapi.build", "drift"],
    "demo": ["docs/demo.py"],
    # Coverage is held by `make test`; wheels do not depend on the description, and a copy makes no copies.
    "tests": [
        "-m",
        "pytest",
        "-q",
        "-n",
        "3",
        "--dist",
        "loadgroup",
        *(f"--ignore=tests/{name}" for name in _NOT_THERE),
    ],
}

# Tests of code that meets no generated module, or of a description of their own.
INDEPENDENT = ("auth", "chaos", "fleet", "openapi", "packaging", "tools", "transport", "validation", "wire")


def run(arguments: list[str], copy: Path, *, allowed: tuple[int, ...] = (0,)) -> bool:
    """Run one step in a copy; its output is shown only if it fails."""
    started = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603  # steps of the table above
            [sys.executable, *arguments],
            cwd=copy,
            env=environment_of(copy),
            timeout=SECONDS,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        passed, output = done.returncode in allowed, done.stdout
    except subprocess.TimeoutExpired as error:
        passed, output = False, f"{error.output!r}\nstopped after {SECONDS:.0f} s"
    print(
        f"  {'passed' if passed else 'FAILED'}  {' '.join(arguments)}  {time.monotonic() - started:.0f} s", flush=True
    )
    if not passed:
        print(output, flush=True)
    return passed


def _steps(name: str, suite: str | None) -> list[list[str]]:
    """The steps for one twin, given the name of the only one that the tests run with, if there is one."""
    if suite is None:
        return list(STEPS.values())
    without = [f"--ignore=tests/{folder}" for folder in INDEPENDENT]
    short = {**STEPS, "tests": [*STEPS["tests"], *without]}
    return [arguments for step, arguments in short.items() if step != "tests" or suite == name]


def checked(name: str, suite: str | None = None) -> bool:
    """Put a twin in place in a copy, and run every step there, also after one that failed."""
    print(f"{name}:", flush=True)
    with tempfile.TemporaryDirectory(prefix="official-") as directory:
        copy, twin = Path(directory) / "project", Path(directory) / "twin.json"
        copy.mkdir()
        copied(copy)
        twin.write_text(json.dumps(TWINS[name](), indent=2), encoding="utf-8")
        # Exit 1 says that users will notice, and the description is in place; 2, that it cannot be used.
        if not run(["-m", "openapi.update", str(twin), "--root", str(copy)], copy, allowed=(0, 1)):
            return False
        passed = [run(arguments, copy) for arguments in _steps(name, suite)]
        return all(passed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", default=list(TWINS))
    parser.add_argument("--suite", metavar="NAME", choices=list(TWINS))
    options = parser.parse_args()
    results = [checked(name, options.suite) for name in options.names]
    sys.exit(0 if all(results) else 1)
