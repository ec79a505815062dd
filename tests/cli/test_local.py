"""`sandbox`: an Ordering API of one's own, started and ended from the command line."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

from tests.cli.conftest import Cli, interrupted_when
from tests.cli.killing import COMMAND
from tests.servers import closed_port


def told() -> bool:
    """Whether the last of the variables was printed."""
    assert isinstance(sys.stdout, io.TextIOWrapper)
    assert isinstance(sys.stdout.buffer, io.BytesIO)
    return b"ORANGE_OAUTH_TOKEN_URL" in sys.stdout.buffer.getvalue()


def test_it_prints_the_variables_to_paste_and_ends_with_ctrl_c(cli: Cli) -> None:
    port = closed_port()

    with interrupted_when(told):
        said = cli(
            "sandbox",
            "--port",
            str(port),
            "--now",
            "2026-03-02T09:00:00Z",
            "--rate-limit",
            "50/100",
            "--fault",
            "token:latency:0.01",
        )

    assert (said.code, said.err) == (0, "The sandbox has ended, and with it all its requests.\n")
    assert said.out.startswith("# An Ordering API in memory is at http://127.0.0.1:")
    assert f"export ORANGE_ORDERING_BASE_URL=http://127.0.0.1:{port}/ordering/b2b/v3\n" in said.out


def test_the_variables_are_one_json_document_if_asked_for(cli: Cli) -> None:
    port = closed_port()

    with interrupted_when(told):
        said = cli("sandbox", "--port", str(port), "--json")

    assert said.json["url"] == f"http://127.0.0.1:{port}"
    assert said.json["environment"]["ORANGE_CLIENT_ID"] == "sandbox-client"


def test_a_program_reads_the_variables_as_json_and_works_with_them() -> None:
    arguments = ["sandbox", "--port", "0", "--requests", "3", "--admin", "--jsonl", "--now", "2026-03-02T09:00:00Z"]
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own
    assert process.stdout is not None
    answer = json.loads(process.stdout.readline())
    listed = subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "requests", "list", "--jsonl"], env={**os.environ, **answer["environment"]},
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    summary = httpx.get(f"{answer['url']}/_sandbox/summary").json()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert process.returncode == 0
    assert len(listed.stdout.splitlines()) == 3
    assert summary["received"] == 2


def test_without_its_extra_it_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("orange_ordering_client.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setitem(sys.modules, "jsonschema", None)

    said = cli("sandbox")

    assert said.code == 2
    assert "pip install 'orange-ordering-client[sandbox]'" in said.err
