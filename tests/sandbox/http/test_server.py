"""The sandbox on sockets, in the event loop, in a thread, and as ASGI."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from orange_ordering_client.sandbox import App, ConnectionDropped, Fault, Sandbox
from orange_ordering_client.sandbox.http import app as asgi
from orange_ordering_client.sandbox.http.connection import CONNECTION
from tests.sandbox.conftest import BASE, Api, code


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


async def test_the_environment_points_at_it(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url, httpx.AsyncClient() as http:
        environment = sandbox.environment(url)
        answer = await http.post(
            environment["ORANGE_OAUTH_TOKEN_URL"],
            data={"grant_type": "client_credentials"},
            auth=(environment["ORANGE_CLIENT_ID"], environment["ORANGE_CLIENT_SECRET"]),
        )
        headers = {
            "Authorization": f"Bearer {answer.json()['access_token']}",
            "X-API-Key": environment["ORANGE_API_KEY"],
        }
        me = await http.get(environment["ORANGE_ORDERING_BASE_URL"] + "/me", headers=headers)
    assert me.json()["type"] == "SANDBOX"


async def test_hundreds_of_calls_at_once_are_served(sandbox: Sandbox, wire: Api) -> None:
    answers = await asyncio.gather(*(wire.get("/me") for _ in range(300)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "truncate"])
async def test_without_a_socket_a_dropped_connection_is_an_exception(sandbox: Sandbox, api: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, "GET /me"))
    with pytest.raises(ConnectionDropped):
        await api.get("/me")


async def test_without_a_socket_latency_still_takes_its_time(sandbox: Sandbox, api: Api) -> None:
    sandbox.faults.add(Fault("latency:0.05", "GET /me"), Fault("slow:0.05", "GET /me"))
    started = asyncio.get_running_loop().time()
    assert (await api.get("/me")).status_code == 200
    assert asyncio.get_running_loop().time() - started >= 0.09


async def play(app: App, scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an ASGI application its messages; what it sent."""
    queue = list(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return queue.pop(0) if queue else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


async def test_lifespan_is_spoken(sandbox: Sandbox) -> None:
    sent = await play(sandbox.app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_websocket_is_turned_away(sandbox: Sandbox) -> None:
    assert await play(sandbox.app, {"type": "websocket"}) == [{"type": "websocket.close"}]


async def test_a_broken_connection_is_waited_out(sandbox: Sandbox) -> None:
    class Broken:
        aborted = False

        def abort(self) -> None:
            self.aborted = True

    sandbox.faults.add(Fault("drop-before", "GET /me"))
    connection = Broken()
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{BASE}/me",
        "headers": [],
        "state": {CONNECTION: connection},
    }
    empty = {"type": "http.request", "body": b""}
    assert await play(sandbox.app, scope, empty, empty, {"type": "http.disconnect"}) == []
    assert connection.aborted


async def test_idle_connections_are_closed_with_the_server(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(5):
        await reader.read()
    assert reader.at_eof()
    writer.close()


async def test_a_caller_who_leaves_before_the_end_of_the_body_leaves_no_trace(sandbox: Sandbox) -> None:
    scope = {"type": "http", "method": "POST", "path": f"{BASE}/requests", "headers": []}
    sent = await play(sandbox.app, scope, {"type": "http.request", "body": b"{", "more_body": True})
    assert sent == []
    assert not sandbox.journal.received


async def test_a_body_that_never_ends_is_given_up(sandbox: Sandbox, wire: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "_BODY_TIMEOUT", 0.1)
    host, port = wire.http.base_url.host, wire.http.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"POST {BASE}/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 408 ")
    assert sandbox.journal.received[-1].status == 408


async def test_headers_sent_twice_are_one_list(sandbox: Sandbox, api: Api) -> None:
    headers = [*api.headers.items(), ("Accept", "text/html"), ("Accept", "application/json")]
    assert (await api.http.get(f"{BASE}/me", headers=headers)).status_code == 200
    assert code(await api.get("/me", {"Accept": "text/html"})) == (406, 62)


async def test_a_server_that_fails_to_start_says_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from orange_ordering_client.sandbox.http.server import SandboxServer

    async def broken(self: SandboxServer, sockets: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(SandboxServer, "startup", broken)
    with pytest.raises(RuntimeError, match="no"):
        async with sandbox.serve():
            pass
