"""The stock peer: the output of openapi-python-client for the same description, without this project's templates."""

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
    """Write the stock client to build/stock/stock_client, and make it importable here and in child processes."""
    root = (BUILD / "stock").resolve()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    binaries = Path(sys.executable).parent
    subprocess.run(  # noqa: S603 -- the generator with which this project is built
        [
            binaries / "openapi-python-client", "generate", "--path", DESCRIPTION,
            "--meta", "none", "--output-path", root / "stock_client",
        ],
        check=True,
        capture_output=True,
        # The hooks of the generator run ruff to format its output.
        env={**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
    )  # fmt: skip
    # The package is compiled, as pip does it, even if the environment disables writing bytecode.
    compileall.compile_dir(root, quiet=1)
    sys.path.insert(0, str(root))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))


def load(name: str) -> Any:
    """Return a module of the stock client, such as `models.request`."""
    return importlib.import_module(f"stock_client.{name}")
