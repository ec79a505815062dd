"""A worker is started with a Python interpreter only, never with the program that uses the SDK."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orange_ordering_client import OrderingClient
from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.settings import IS_WORKER
from orange_ordering_client.validation.interpreter import is_interpreter
from orange_ordering_client.validation.processes import Worker, WorkerLost
from tests.placing import desk
from tests.servers import serving
from tests.validation.test_hostile_schemas import of_x, selling

CREDENTIALS = {"client_id": "i", "client_secret": "s", "api_key": "k"}


@pytest.mark.parametrize(
    ("executable", "frozen", "expected"),
    [
        ("/usr/bin/python3.11", False, True),
        ("C:\\Apps\\venv\\Scripts\\pythonw.EXE", False, True),
        ("/opt/pypy/bin/pypy3", False, True),
        ("/usr/bin/python3.11", True, False),
        ("/opt/python/bin/place-orders", False, False),
        ("C:\\python\\orders.exe", False, False),
        ("/usr/bin/uwsgi", False, False),
        ("", False, False),
    ],
)
def test_an_interpreter_is_known_by_its_name(executable: str, frozen: bool, expected: bool) -> None:
    assert is_interpreter(executable, frozen=frozen) is expected


def test_this_program_runs_in_an_interpreter() -> None:
    assert is_interpreter()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is `sys.executable`, as it is for frozen ones. It leaves a file each time it is started."""
    path = tmp_path / "place-orders"
    path.write_text('#!/bin/sh\ntouch "$0.started"\n')
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))
    return path


def was_started(program: Path) -> bool:
    time.sleep(0.2)
    return program.with_name(program.name + ".started").exists()


def test_a_program_that_is_no_interpreter_is_never_started(program: Path) -> None:
    worker = Worker()
    with pytest.raises(WorkerLost) as caught:
        worker.start()
    assert not caught.value.started
    assert not was_started(program)


async def test_there_orders_are_placed_unchecked_and_checks_that_were_asked_for_are_refused(program: Path) -> None:
    async with desk() as place:
        assert (await place.requests.submit(place.order("A"), validate=None)).request.id
        for asked in (place.catalog.validate(place.order()), place.requests.submit(place.order("B"), validate=True)):
            with pytest.raises(
                ConfigurationError, match=r"/place-orders is no Python interpreter\. Leave validate= out"
            ):
                await asked
        assert len(place.calls("requests.create")) == 1
    assert not was_started(program)


def test_a_program_that_was_started_in_place_of_a_worker_makes_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    # A second guard, for programs whose name is that of an interpreter.
    monkeypatch.setenv(IS_WORKER, "1")
    with pytest.raises(ConfigurationError, match="in place of a validation worker"):
        OrderingClient(**CREDENTIALS)


PROGRAM = """
import asyncio, sys
from datetime import date
from orange_ordering_client import NewRequest, OrderingClient

async def main():
    settings = dict(client_id="id", client_secret="secret", api_key="key", base_url=sys.argv[1], token_url=sys.argv[2])
    async with OrderingClient(**settings) as ordering:
        result = await ordering.catalog.validate(NewRequest(type="X", requested_at=date(2027, 1, 11)))
        print([violation.path for violation in result.violations], result.warnings)

asyncio.run(main())
"""
# The program itself has the real modules: it imports them before its folder is on the path.
START = """
import fractions, ipaddress, runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_path(sys.path[0] + "/program.py", run_name="__main__")
"""


async def test_files_beside_the_program_do_not_replace_modules_of_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    for name in ("resource", "fractions", "ipaddress"):
        (tmp_path / f"{name}.py").write_text("import pathlib\npathlib.Path(__file__ + '.imported').touch()\n")
    async with serving() as server:
        selling(server, "X", {**of_x(type="string"), "required": ["x"]})
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, tmp_path, server.base_url, server.token_url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"]},
        )
        assert await process.communicate() == (b"['$.x'] ()\n", b"")
    assert not list(tmp_path.glob("*.imported"))  # noqa: ASYNC240 -- nothing else runs in this event loop
