"""A new description comes in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi.build import generate
from openapi.compare.versions import VERSION
from openapi.generate.project import TARGET, VENDORED, Project, digest
from openapi.generate.replacement import STAGE, locked
from openapi.update import main
from tests.openapi.conftest import project_in
from tests.openapi.descriptions import ROOT, Document
from tests.openapi.edits import BREAKING, HARMLESS, Edit
from tests.openapi.spellings import SPELLING
from tests.rebuilt import REBUILT, rebuilt

# On one worker: they copy one project that takes seconds to generate.
pytestmark = pytest.mark.xdist_group("update")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it is in the repository, generated."""
    root = tmp_path_factory.mktemp("update") / "project"
    project = project_in(root, REBUILT.read_bytes())
    shutil.copy(ROOT / VERSION, root / VERSION)
    generate(project)
    return root


@pytest.fixture
def root(generated: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(generated, tmp_path / "project"))


Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Update the copy from bytes or a document; exit code, and the report."""

    def call(data: bytes | Document, *options: str) -> tuple[int, Any]:
        spec = tmp_path / "spec.json"
        spec.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        code = main([str(spec), "--root", str(root), *options])
        output = capsys.readouterr()
        if "--json" in options:
            return code, json.loads(output.out)
        return code, output.out + output.err

    return call


def edited(*edits: Edit) -> Document:
    document = rebuilt()
    for edit in edits:
        edit(document)
    return document


# On the wire these are no difference; in Python a name or a class is another.
PYTHON_ONLY = {"placeholder_renamed", "schema_written_where_it_is_used", "body_written_without_all_of"}


def state(root: Path) -> tuple[str, str]:
    return digest(root / VENDORED), digest(root / TARGET)


def everything(root: Path) -> str:
    return digest(root)


def test_a_description_without_breaking_changes_is_put_in_place(root: Path, run: Run) -> None:
    data = json.dumps(edited(HARMLESS["operation_added"])).encode() + b"\r\n"
    code, report = run(data)
    assert code == 0
    assert (root / VENDORED).read_bytes() == data
    assert (root / TARGET / "resources/orders.py").exists()
    assert "operation added" in report
    assert "ordering.orders: added" in report
    assert "0.1.0 -> 0.1.1 (patch)" in report
    assert not (root / STAGE).exists()


def test_a_breaking_one_is_put_in_place_too_and_said_to_be_breaking(root: Path, run: Run) -> None:
    code, report = run(edited(BREAKING["value_in_an_answer_removed"]))
    assert code == 1
    assert "UNKNOWN" not in (root / TARGET / "models/request_status.py").read_text()
    assert "BREAKING  RequestStatus: value 'UNKNOWN' removed (GET /requests," in report
    assert "BREAKING  RequestStatus.UNKNOWN: removed" in report
    assert "0.1.0 -> 0.2.0 (minor)" in report


def test_the_report_for_machines_says_the_same(run: Run) -> None:
    code, report = run(edited(BREAKING["operation_removed"], HARMLESS["property_added_to_an_answer"]), "--json")
    assert (code, report["exit"], report["breaking"], report["replaced"]) == (1, 1, True, True)
    assert [(one["place"], one["kind"], one["breaking"]) for one in report["wire"]][:1] == [
        ("GET /doc", "removed", True)
    ]
    assert report["python"]["breaking"] == ["ordering.service.specification: removed"]
    assert "Request.owner: added" in report["python"]["added"]
    assert report["version"]["next"] == "0.2.0"
    assert report["changelog"].startswith("## 0.2.0 - unreleased\n")
    assert "\n- `GET /doc`: operation removed.\n" in report["changelog"]
    assert "\n### Added\n" in report["changelog"]
    assert any("service.specification" in warning for warning in report["warnings"])


def test_a_hand_written_method_that_loses_its_operation_is_named(run: Run) -> None:
    document = rebuilt()
    del document["paths"]["/requests/{requestId}"]
    code, report = run(document)
    assert code == 1
    assert "BREAKING  requests.wait stops working: the description no longer has requests.get" in report


def test_another_spelling_is_no_breaking_change(run: Run) -> None:
    code, report = run(edited(*(SPELLING[name] for name in SPELLING if name not in PYTHON_ONLY)))
    assert code == 0
    assert "On the wire" not in report
    assert "Faults of the file that were repaired" in report


def test_a_renamed_placeholder_breaks_python_only(run: Run) -> None:
    code, report = run(edited(SPELLING["placeholder_renamed"]), "--json")
    assert code == 1
    assert report["wire"] == []
    assert any("argument `catalog_item_id` removed" in line for line in report["python"]["breaking"])


def test_the_description_in_place_changes_nothing(root: Path, run: Run) -> None:
    before = everything(root)
    code, report = run((root / VENDORED).read_bytes())
    assert code == 0
    assert "Nothing had to be replaced." in report
    assert "CHANGELOG" not in report
    assert everything(root) == before


def test_a_dry_run_only_reports(root: Path, run: Run) -> None:
    before = everything(root)
    code, report = run(edited(BREAKING["operation_removed"]), "--dry-run")
    assert code == 1
    assert "Nothing was replaced (--dry-run)." in report
    assert everything(root) == before


UNUSABLE: list[tuple[bytes, str]] = [
    (b"", "The file is empty."),
    (b"{", "The file is not JSON"),
    (b"[]", "The file is not an OpenAPI description"),
    (b'{"hello": "world"}', "The file is not an OpenAPI description"),
    (b"<!DOCTYPE html><html><body>Please log in</body></html>", "The file is a web page"),
    (b'{"swagger": "2.0", "paths": {}}', "Swagger 2.0"),
    (b'{"openapi": "3.0.0", "paths": {"/other": {"get": {}}}}', "The description has no /requests"),
    (b"openapi: 3.0.0\npaths: {\n", "The file looks like YAML"),
    (b"\x00\xff", "The file is not text"),
    (b"[" * 100_000, "The file is nested too deeply"),
    (b" " * 20_000_001, "is larger than 20 MB"),
]


@pytest.mark.parametrize(("data", "said"), UNUSABLE, ids=[said for _, said in UNUSABLE])
def test_a_file_that_cannot_be_used_changes_nothing(root: Path, run: Run, data: bytes, said: str) -> None:
    before = everything(root)
    code, report = run(data)
    assert code == 2
    assert said in report
    assert len(report.splitlines()) == 2
    assert everything(root) == before


def test_a_description_that_would_lose_something_changes_nothing(root: Path, run: Run) -> None:
    before = everything(root)
    document = rebuilt()
    content = document["paths"]["/requests"]["post"]["requestBody"]["content"]
    content["multipart/form-data"] = content.pop("application/json")
    code, report = run(document)
    assert code == 2
    assert "multipart/form-data" in report
    assert everything(root) == before


def test_no_file_at_all_for_machines(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/no/such/file", "--root", str(root), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "exit": 2,
        "replaced": False,
        "error": "/no/such/file cannot be read: No such file or directory.",
    }


def test_what_is_in_place_has_to_be_readable(root: Path, run: Run) -> None:
    (root / VENDORED).write_text("{")
    before = everything(root)
    code, report = run(rebuilt())
    assert code == 2
    assert f"The description in place cannot be read; restore {VENDORED} first." in report
    assert everything(root) == before


def test_a_fault_of_the_program_is_not_taken_for_a_breaking_change(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openapi.update.differences", lambda *_: 1 / 0)
    before = everything(root)
    code, report = run(rebuilt())
    assert code == 2
    assert "ZeroDivisionError" in report
    assert everything(root) == before


def test_the_origin_is_told_without_its_secrets(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["https://me:secret@127.0.0.1:1/x?sig=secret", "--root", str(root), "--timeout", "5"]) == 2
    assert "secret" not in capsys.readouterr().err


def test_the_report_tells_the_origin_without_its_secrets(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("openapi.update.fetch", lambda *_, **__: REBUILT.read_bytes())
    spec = "https://me:secret@host:8443/a/b.json?sig=secret#token=secret"
    assert main([spec, "--root", str(root), "--dry-run", "--json"]) == 0
    said = capsys.readouterr()
    assert "https://host:8443/a/b.json" in said.out
    assert "secret" not in said.out + said.err


# Builds once, then updates a copy of the project again and again, each time in a process that kills itself one step
# later: a step is whatever changes something in place.
KILLER = """
import os, pathlib, shutil, signal, sys
import openapi.update as update
from openapi.generate import replacement
from openapi.generate.project import Built, Project, build

root, spec, aside = map(pathlib.Path, sys.argv[1:])
data = spec.read_bytes()
with replacement.staging(aside) as stage:
    built = build(Project(root), data, stage)
    report = update.examine(Project(root), data, built, "test")
    kept = pathlib.Path(shutil.copytree(built.tree, aside / "kept"))

def rebuilt(project, data, stage):
    return Built(pathlib.Path(shutil.copytree(kept, stage / "tree")), built.prepared)

def run(copy, last):
    steps = []
    def deadly(function):
        def call(*arguments, **options):
            if len(steps) == last:
                os.kill(os.getpid(), signal.SIGKILL)
            steps.append(function.__name__)
            return function(*arguments, **options)
        return call
    update.build, update.examine = rebuilt, lambda *_, **__: report
    replacement.exchange = deadly(replacement.exchange)
    for name in ("rename", "replace", "unlink", "mkdir"):
        setattr(pathlib.Path, name, deadly(getattr(pathlib.Path, name)))
    update.update(Project(copy), data, "test")
    return steps

def killed(last):
    copy = pathlib.Path(shutil.copytree(root, aside / f"killed{last}"))
    child = os.fork()
    if not child:
        (aside / "steps").write_text(" ".join(run(copy, last)))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

assert killed(10**9) == 0
steps = (aside / "steps").read_text().split()
for step, _ in enumerate(steps):
    assert killed(step) == -signal.SIGKILL, step
"""


def test_killed_at_any_moment_the_old_tree_is_there_or_the_new_one(generated: Path, tmp_path: Path) -> None:
    spec, aside = tmp_path / "spec.json", tmp_path / "aside"
    spec.write_text(json.dumps(edited(HARMLESS["operation_added"])))
    aside.mkdir()
    command = [sys.executable, "-c", KILLER, str(generated), str(spec), str(aside)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # a command of our own
    assert done.returncode == 0, done.stderr
    old, new = state(generated), state(aside / f"killed{10**9}")
    assert old != new
    seen = []
    for copy in sorted(aside.glob("killed*")):
        with locked(copy):
            pass  # What the next command does first, whichever it is.
        assert state(copy) in (old, new), copy.name
        assert not (copy / STAGE).exists()
        seen.append(state(copy))
    assert len(seen) > 5
    assert set(seen) == {old, new}


def test_killed_from_outside_the_old_tree_is_there(generated: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(edited(HARMLESS["operation_added"])))
    root = Path(shutil.copytree(generated, tmp_path / "project"))
    command = [sys.executable, "-m", "openapi.update", str(spec), "--root", str(root)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # ours
    while not any((root / STAGE).glob("*/job")):
        os.sched_yield()
    process.kill()
    process.wait()
    assert state(root) == state(generated)
    assert Project(root).vendored.read_bytes() == REBUILT.read_bytes()
