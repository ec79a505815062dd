"""`python -m orange_ordering_client.sandbox`, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from orange_ordering_client.sandbox import Fault, RateLimit
from orange_ordering_client.sandbox.__main__ import _parser, _sandbox, main

MODULE = [sys.executable, "-m", "orange_ordering_client.sandbox"]


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[Process, dict[str, str]]]:
    """The process, and the variables it told to set."""
    process = await asyncio.create_subprocess_exec(*MODULE, "--port", "0", *arguments, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    try:
        variables: dict[str, str] = {}
        async with asyncio.timeout(20):
            while "ORANGE_OAUTH_TOKEN_URL" not in variables:
                line = (await process.stdout.readline()).decode()
                assert line, (await process.communicate())[1].decode()
                if line.startswith("export "):
                    name, _, value = line.removeprefix("export ").strip().partition("=")
                    variables[name] = value
        yield process, variables
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_prints_variables_that_work_and_ends_on_ctrl_c() -> None:
    async with running("--requests", "3", "--admin") as (process, variables):
        async with httpx.AsyncClient() as http:
            token = await http.post(
                variables["ORANGE_OAUTH_TOKEN_URL"],
                data={"grant_type": "client_credentials"},
                auth=(variables["ORANGE_CLIENT_ID"], variables["ORANGE_CLIENT_SECRET"]),
            )
            headers = {
                "Authorization": f"Bearer {token.json()['access_token']}",
                "X-API-Key": variables["ORANGE_API_KEY"],
            }
            listed = await http.get(f"{variables['ORANGE_ORDERING_BASE_URL']}/requests", headers=headers)
            journal = await http.get(
                variables["ORANGE_ORDERING_BASE_URL"].replace("/ordering/b2b/v3", "/_sandbox/summary")
            )
        assert len(listed.json()) == 3
        assert journal.json()["received"] == 2
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(5):
            out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert b"has stopped" in out


def test_a_taken_port_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port}: Address already in use" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--fault", "nonsense"], "has no fault"),
        (["--rate-limit", "often"], "PER_SECOND/BURST"),
        (["--now", "2026-01-01"], "has no UTC offset"),
        (["--now", "soon"], "invalid"),
        (["--port", "x"], "invalid int"),
    ],
)
def test_arguments_that_cannot_be_read_are_refused_with_a_reason(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


def test_options_reach_the_sandbox() -> None:
    timing = "--completes-after 2 --token-lifetime 9 --now 2026-01-05T09:00:00Z"
    trouble = "--rate-limit 5/10 --fault *:html:0.5 --fault token:drop-before"
    options = _parser().parse_args(f"--seed 7 --requests 5 --admin {timing} {trouble}".split())
    sandbox = _sandbox(options)
    assert (sandbox.seed, len(sandbox.requests), sandbox.app.admin) == (7, 5, True)
    assert (sandbox.lifecycle.completes_after, sandbox.access.token_lifetime) == (2, 9)
    assert sandbox.clock.now() == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert sandbox.limit == RateLimit(5, 10)
    assert list(sandbox.faults) == [Fault.parse("*:html:0.5"), Fault.parse("token:drop-before")]


def test_help_explains_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "delayed-visibility" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_ctrl_c_ends_it_within_this_process_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(url: str) -> None:
        httpx.get(url, timeout=10)
        os.kill(os.getpid(), signal.SIGINT)

    # The socket listens before anything is printed, so a first call is answered as soon as the server is up.
    monkeypatch.setattr(
        "orange_ordering_client.sandbox.__main__._introduce",
        lambda sandbox, url: threading.Thread(target=interrupt, args=[url]).start(),
    )
    assert main(["--port", "0"]) == 0
    assert "has stopped" in capsys.readouterr().out


def test_main_serves_until_it_is_interrupted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def interrupted(self: object, sockets: list[socket.socket]) -> None:
        sockets[0].close()
        raise KeyboardInterrupt

    monkeypatch.setattr("orange_ordering_client.sandbox.http.server.SandboxServer.serve", interrupted)
    assert main(["--port", "0", "--fault", "*:html"]) == 0
    said = capsys.readouterr().out
    assert "export ORANGE_API_KEY=sandbox-key" in said
    assert "# fault: *:html" in said
    assert "has stopped" in said
