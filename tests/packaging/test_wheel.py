"""The wheel alone, in an environment of its own, without the source tree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

PROBE = """
import json
from importlib.metadata import distributions, requires
import orange_ordering_client
from orange_ordering_client import OrderingClient, Request
client = OrderingClient(client_id="a", client_secret="b", api_key="c")
print(json.dumps({
    "installed": sorted(d.name.lower() for d in distributions()),
    "required": {d.name.lower(): d.requires or [] for d in distributions()},
    "file": orange_ordering_client.__file__,
    "decoded": Request.from_dict({"id": "1"}).id,
}))
"""
NAME = re.compile(r"[A-Za-z0-9._-]+")


def needed_by(name: str, required: dict[str, list[str]]) -> set[str]:
    """What a distribution needs without any extra, and what that needs."""
    found = {name}
    for line in required.get(name, []):
        if "extra ==" not in line and (match := NAME.match(line)) is not None:
            found |= needed_by(match[0].lower(), required)
    return found


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


@pytest.mark.usefixtures("machine_authorities")
def test_the_wheel_works_in_a_clean_environment_with_its_three_dependencies(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", wheel, cwd=tmp_path)
    found = json.loads(run(python, "-c", PROBE, cwd=tmp_path))
    plain = {line for line in found["required"]["orange-ordering-client"] if "extra ==" not in line}
    assert {NAME.match(line)[0] for line in plain} == {"httpx", "attrs", "python-dateutil"}  # type: ignore[index]  # a requirement begins with its name
    allowed = needed_by("orange-ordering-client", found["required"])
    assert set(found["installed"]) <= allowed
    assert found["decoded"] == "1"
    assert str(tmp_path) in found["file"]
    script = tmp_path / "venv" / "bin" / "orange-ordering"
    answer = subprocess.run([script, "status"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 -- our own command
    assert answer.returncode == 2
    assert answer.stderr == "The command line needs typer: pip install 'orange-ordering-client[cli]'.\n"
