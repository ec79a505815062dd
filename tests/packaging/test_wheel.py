"""The wheel alone, in an environment of its own, without the source tree."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

PROBE = """
import json, sys
from importlib.metadata import distributions, version
import orange_ordering_client
from orange_ordering_client import NewRequest, OrderingClient, Request
client = OrderingClient(client_id="a", client_secret="b", api_key="c")
print(json.dumps({
    "installed": sorted(d.name.lower() for d in distributions()),
    "file": orange_ordering_client.__file__,
    "version": version("orange-ordering-client"),
    "decoded": Request.from_dict({"id": "1"}).id,
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603 -- our own commands
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "orange_ordering_client",
        next(name.split("/")[0] for name in names if ".dist-info/" in name),
    }
    assert "orange_ordering_client/py.typed" in names
    assert "orange_ordering_client/_generated/description.json" in names


def test_the_wheel_works_in_a_clean_environment_with_its_three_dependencies(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    found = json.loads(run(python, "-c", PROBE, cwd=tmp_path))
    needed_by_these = {"anyio", "certifi", "h11", "httpcore", "idna", "six", "typing_extensions"}
    assert set(found["installed"]) - {"pip", "setuptools"} <= needed_by_these | {
        "orange-ordering-client",
        "httpx",
        "attrs",
        "python-dateutil",
    }
    assert found["decoded"] == "1"
    assert str(tmp_path) in found["file"]
