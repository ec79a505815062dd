"""The sandbox on sockets, in the event loop and in a thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from time import monotonic

import httpx
import pytest

from orange_ordering_client.sandbox import Sandbox
from tests.sandbox.conftest import BASE, MONDAY, Api


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_it_serves_in_the_event_loop_and_closes_its_port(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url, httpx.AsyncClient() as http:
        answer = await http.get(f"{url}{BASE}/status")
        assert answer.status_code == 401
        assert "date" in answer.headers
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


def test_it_serves_from_a_thread_which_ends_with_it(sandbox: Sandbox) -> None:
    with sandbox.serve_in_thread() as url:
        assert httpx.get(f"{url}{BASE}/status").status_code == 401
        assert any(thread.name == "ordering sandbox" for thread in threading.enumerate())
    assert not any(thread.name == "ordering sandbox" for thread in threading.enumerate())


async def test_a_taken_port_is_an_error_of_the_operating_system(sandbox: Sandbox, taken: int) -> None:
    with pytest.raises(OSError, match="in use"):
        async with sandbox.serve(port=taken):
            pass
    with pytest.raises(OSError, match="in use"), sandbox.serve_in_thread(port=taken):
        pass


async def test_it_serves_on_ipv6(sandbox: Sandbox) -> None:
    try:
        async with sandbox.serve("::1") as url, httpx.AsyncClient() as http:
            assert url.startswith("http://[::1]:")
            assert (await http.get(f"{url}{BASE}/status")).status_code == 401
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


async def test_hundreds_of_calls_at_once_are_served(sandbox: Sandbox, wire: Api) -> None:
    answers = await asyncio.gather(*(wire.get("/me") for _ in range(300)))
    assert {answer.status_code for answer in answers} == {200}


async def test_idle_connections_are_closed_with_the_server(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(5):
        await reader.read()
    assert reader.at_eof()
    writer.close()


async def test_a_server_that_fails_to_start_says_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from orange_ordering_client.sandbox.http.server import SandboxServer

    async def broken(self: SandboxServer, sockets: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(SandboxServer, "startup", broken)
    with pytest.raises(RuntimeError, match="no"):
        async with sandbox.serve():
            pass


async def test_the_server_ends_though_somebody_still_waits() -> None:
    sandbox = Sandbox(now=MONDAY)
    sandbox.faults.add("*:latency:60", "token:latency:60")
    async with httpx.AsyncClient(timeout=60) as http:
        async with sandbox.serve() as url:
            waiting = asyncio.create_task(http.post(f"{url}/oauth/v3/token"))
            async with asyncio.timeout(5):
                while not sandbox.journal.received:  # noqa: ASYNC110  # the journal has no event for it
                    await asyncio.sleep(0.02)
            started = monotonic()
        assert monotonic() - started < 2
        with pytest.raises(httpx.TransportError):
            await waiting
