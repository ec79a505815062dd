"""The stock peer: openapi-python-client's own output of the same description, made here, without templates of ours."""

from __future__ import annotations

import compileall
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

BUILD = Path("build")
DESCRIPTION = Path("orange_ordering_client/_generated/description.json")


def generate() -> None:
    """Write the stock client to build/stock/stock_client and make it importable, here and in child processes."""
    root = (BUILD / "stock").resolve()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    binaries = Path(sys.executable).parent
    subprocess.run(  # noqa: S603 -- the generator that this project is built with
        [
            binaries / "openapi-python-client", "generate", "--path", DESCRIPTION,
            "--meta", "none", "--output-path", root / "stock_client",
        ],
        check=True,
        capture_output=True,
        # Its hooks format what it wrote, with ruff.
        env={**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
    )  # fmt: skip
    # As pip leaves what it installs: compiled, whatever the environment says about writing it down later.
    compileall.compile_dir(root, quiet=1)
    sys.path.insert(0, str(root))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))


def load(name: str) -> Any:
    """A module of the stock client, such as `models.request`."""
    return importlib.import_module(f"stock_client.{name}")
