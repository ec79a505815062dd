"""Each example runs as a program of its own against a sandbox, and does what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from orange_ordering_client.sandbox import Fault, Sandbox

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    sandbox = Sandbox(seed=1, completes_after=0.001)
    sandbox.requests.seed(60)
    with sandbox.serve_in_thread() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


def run(directory: Path, program: str, *arguments: str, code: int = 0) -> str:
    """What an example writes; standard error after standard output."""
    done = subprocess.run(  # noqa: S603 -- our own example
        [sys.executable, "-W", "error", str(EXAMPLES / program), *arguments],
        cwd=directory,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_there_are_six_of_twenty_to_sixty_lines_and_each_is_on_the_page() -> None:
    page = (EXAMPLES / "README.md").read_text()
    assert len(PROGRAMS) == 6
    for program in PROGRAMS:
        assert 20 <= len(program.read_text().splitlines()) <= 60, program.name
        assert program.stem in page


def test_an_order_is_placed_once_however_often_the_program_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    assert "is placed" in run(tmp_path, "place_one_order.py", "WAN-042", "SITE-007")
    assert "was there already" in run(tmp_path, "place_one_order.py", "WAN-042", "SITE-007")
    assert [made.reference for made in sandbox.journal.committed] == ["WAN-042"]


def test_an_order_under_a_used_reference_is_refused_with_the_difference(sandbox: Sandbox, tmp_path: Path) -> None:
    run(tmp_path, "place_one_order.py", "WAN-042", "SITE-007")
    assert "SITE-008" in run(tmp_path, "place_one_order.py", "WAN-042", "SITE-008", code=1)
    assert len(sandbox.journal.committed) == 1


def test_the_orders_of_a_file_are_placed_once_also_when_answers_are_lost(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add("POST /requests:drop-after")
    assert run(tmp_path, "orders_from_csv.py", str(EXAMPLES / "sites.csv")).count("is placed") == 3
    assert run(tmp_path, "orders_from_csv.py", str(EXAMPLES / "sites.csv")).count("was there already") == 3
    assert sorted(made.reference for made in sandbox.journal.committed) == ["CSV-001", "CSV-002", "CSV-003"]


def test_changes_go_on_behind_the_cursor(sandbox: Sandbox, tmp_path: Path) -> None:
    first = run(tmp_path, "follow_changes.py", "cursor.txt", "20").splitlines()
    second = run(tmp_path, "follow_changes.py", "cursor.txt", "20").splitlines()
    assert len(first) == len(second) == 20
    assert not set(first) & set(second)


def test_the_catalog_is_exported_in_both_languages(sandbox: Sandbox, tmp_path: Path) -> None:
    run(tmp_path, "export_catalog.py", "catalog.json")
    items = {item["id"]: item for item in json.loads((tmp_path / "catalog.json").read_text())}
    disconnection = items["R_BVPN_FR_1"]
    assert set(disconnection["name"]) == {"en", "fr"}
    assert disconnection["name"]["en"] != disconnection["name"]["fr"]
    assert disconnection["schema"]


async def test_the_web_application_reads_and_places(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    application = import_module("web_app")
    transport = httpx.ASGITransport(application.app)
    order = sandbox.example(reference="WEB-1")
    async with (
        application.lifespan(application.app),
        httpx.AsyncClient(transport=transport, base_url="http://t") as web,
    ):
        placed = (await web.post("/requests", json=order)).json()
        assert (await web.post("/requests", json=order)).json() == {"id": placed["id"], "already_there": True}
        assert (await web.get(f"/requests/{placed['id']}")).json()["customerReference"] == "WEB-1"
        assert len((await web.get("/requests", params={"limit": 3})).json()) == 3
        assert (await web.get("/requests/3-0")).status_code == 404
        assert (await web.post("/requests", json={**order, "comment": "other"})).status_code == 409


def test_the_monitor_counts_what_was_retried(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add(Fault("error:503/6", on="GET /requests"))
    written = run(tmp_path, "monitor.py")
    assert "requests.list 200 count=1" in written
    assert "requests.list 503 count=1" in written
    assert "retried requests.list" in written


def test_the_monitor_fails_where_a_call_fails(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORANGE_API_KEY", "wrong")
    assert "Unauthorized" in run(tmp_path, "monitor.py", code=1)
