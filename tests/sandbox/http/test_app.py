"""The ASGI application, and the faults of the connection over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic
from typing import Any

import httpx
import pytest

from orange_ordering_client.sandbox import App, ConnectionDropped, Fault, Sandbox
from orange_ordering_client.sandbox.http import app as asgi
from orange_ordering_client.sandbox.http.connection import CONNECTION
from tests.sandbox.conftest import BASE, Api, code

CREATE, LIST = "POST /requests", "GET /requests"


async def test_dropped_before_nothing_was_done(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("drop-before", CREATE))
    with pytest.raises(httpx.TransportError):
        await wire.post(sandbox.example())
    assert len(sandbox.requests) == 0
    assert (sandbox.journal.received[-1].status, sandbox.journal.received[-1].delivered) == (None, False)
    assert (await wire.post(sandbox.example())).status_code == 201


async def test_dropped_after_the_order_exists_and_the_answer_is_lost(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("drop-after", CREATE))
    with pytest.raises(httpx.TransportError):
        await wire.post(sandbox.example())
    assert len(sandbox.requests) == 1
    entry = sandbox.journal.received[-1]
    assert (entry.status, entry.delivered, entry.committed) == (None, False, sandbox.journal.committed[0].id)


async def test_a_truncated_body_ends_before_its_length(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("truncate", LIST))
    sandbox.requests.seed(10)
    async with wire.http.stream("GET", f"{BASE}/requests", headers=wire.headers) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await answer.aread()
    assert 0 < answer.num_bytes_downloaded < int(answer.headers["content-length"])
    assert not sandbox.journal.received[-1].delivered


async def test_a_slow_body_arrives_in_pieces(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("slow:0.3", LIST))
    sandbox.requests.seed(10)
    started = monotonic()
    async with wire.http.stream("GET", f"{BASE}/requests", headers=wire.headers) as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert len(pieces) > 3
    assert monotonic() - started >= 0.25


async def test_a_slow_body_outlasts_an_impatient_caller(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("slow:30", LIST))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.get(f"{BASE}/requests", headers=wire.headers, timeout=0.2)


async def test_after_latency_an_order_is_made_though_nobody_waits_any_more(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("latency:0.3", CREATE))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.post(f"{BASE}/requests", json=sandbox.example(), headers=wire.headers, timeout=0.1)
    assert len(sandbox.requests) == 0
    async with asyncio.timeout(5):
        while not len(sandbox.requests):  # noqa: ASYNC110  # the sandbox has no event for it, and needs none
            await asyncio.sleep(0.02)
    assert sandbox.journal.committed[0].reference == "WAN-042"


async def test_stalled_the_order_exists_while_the_caller_waits(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("stall:30", CREATE))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.post(f"{BASE}/requests", json=sandbox.example(), headers=wire.headers, timeout=0.2)
    assert len(sandbox.requests) == 1


async def test_a_share_of_all_calls_fails_and_others_go_on(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add("POST /requests:drop-after:0.2", "POST /requests:drop-before:0.2", "POST /requests:truncate:0.2")
    gate = asyncio.Semaphore(16)

    async def place(number: int) -> bool:
        async with gate:
            with contextlib.suppress(httpx.TransportError):
                return (await wire.post(sandbox.example(reference=f"R-{number}"))).status_code == 201
            return False

    answered = sum(await asyncio.gather(*(place(number) for number in range(200))))
    assert 60 < answered < 140
    assert answered < len(sandbox.journal.committed) < 200
    assert not sandbox.journal.duplicates()


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


async def test_a_body_that_is_too_large_is_refused(sandbox: Sandbox, api: Api) -> None:
    sandbox.largest_body = 1000
    assert code(await api.post(sandbox.example() | {"comment": "x" * 1000})) == (413, 66)
