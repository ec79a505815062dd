"""Scratch copies of this project."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

__all__ = ["copied", "environment_of", "python"]

ROOT = Path(__file__).resolve().parents[2]


def copied(target: Path) -> None:
    """Copy what git would commit, and use this project's virtual environment there."""
    listed = subprocess.run(  # a fixed command
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607  # git is where the user has it
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in listed.stdout.decode().split("\0"):
            if name and (ROOT / name).exists():
                archive.add(ROOT / name, arcname=name)
    packed.seek(0)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(target, filter="data")
    (target / ".venv").symlink_to(Path(sys.prefix))


def environment_of(copy: Path) -> dict[str, str]:
    """The environment in which Python imports the copy, and not the original that is installed as editable."""
    return {**os.environ, "PYTHONPATH": str(copy)}


def python(copy: Path, *arguments: str, seconds: float = 180.0) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, for so many seconds at most."""
    return subprocess.run(  # noqa: S603  # this interpreter, and arguments made by the caller
        [sys.executable, *arguments],
        cwd=copy,
        env=environment_of(copy),
        timeout=seconds,
        capture_output=True,
        text=True,
        check=False,
    )
