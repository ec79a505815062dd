"""The ASGI side: bytes in, bytes out, and everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Protocol

from orange_ordering_client.sandbox.alter import gateway_page
from orange_ordering_client.sandbox.call import Call, Reply
from orange_ordering_client.sandbox.errors import Refusal, refusal_reply
from orange_ordering_client.sandbox.limits import retry_after

if TYPE_CHECKING:
    from orange_ordering_client.sandbox.core import Arrival, Sandbox
    from orange_ordering_client.sandbox.faults import Fault

__all__ = ["CONNECTION", "App", "Connection", "ConnectionDropped"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CONNECTION = "orange_ordering_client.sandbox"
"""Where `scope["state"]` holds the `Connection`, if the server gives one."""

_BODY_TIMEOUT = 30.0
_PIECES = 10


class ConnectionDropped(Exception):
    """What a dropped connection is where there is no socket to close."""


class Connection(Protocol):
    """The socket under a call, for those who break it."""

    def abort(self) -> None:
        """Close at once; what was not sent yet is lost."""
        ...

    def close(self) -> None:
        """Close after what was written has been sent."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        ...


class App:
    """A sandbox as an ASGI application.

    Args:
        sandbox: what answers.
        admin: serve `/_sandbox/` too, by which another process controls it.
    """

    def __init__(self, sandbox: Sandbox, *, admin: bool = False) -> None:
        self.sandbox = sandbox
        self.admin = admin

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _http(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        connection: Connection = scope.get("state", {}).get(CONNECTION) or _NoSocket()
        trouble = None
        try:
            body = await asyncio.wait_for(_body(receive, self.sandbox.largest_body), _BODY_TIMEOUT)
        except TimeoutError:
            body, trouble = b"", Refusal(408, 63, "The body did not arrive in time.")
        except _TooLarge:
            body, trouble = b"", Refusal(413, 66, f"A body has {self.sandbox.largest_body} bytes at most.")
        if body is None:
            return
        call = _call(scope, body)
        if self.admin and call.path.startswith("/_sandbox/"):
            from orange_ordering_client.sandbox.admin import administer

            await _send(administer(self.sandbox, call), send)
            return
        arrival = self.sandbox.arrive(call, trouble)
        reply = await self._answer(arrival, connection)
        if reply is None:
            connection.abort()
            await _gone(receive)
            return
        await self._deliver(arrival, reply, connection, receive, send)

    async def _answer(self, arrival: Arrival, connection: Connection) -> Reply | None:
        """Carry a call out with its faults; None is a connection to be dropped."""
        faults = arrival.faults
        if "latency" in faults:
            await connection.pause(faults["latency"].seconds)
        if "drop-before" in faults:
            return None
        reply = _instead(arrival, ("error", "html", "empty", "rate-limit"))
        if reply is None:
            reply = self.sandbox.carry_out(arrival)
            reply = _instead(arrival, ("error-after", "html-after")) or reply
        arrival.entry.status = reply.status
        if "stall" in faults:
            await connection.pause(faults["stall"].seconds)
        if "drop-after" in faults:
            arrival.entry.status = None
            return None
        return reply

    async def _deliver(
        self, arrival: Arrival, reply: Reply, connection: Connection, receive: Receive, send: Send
    ) -> None:
        if "truncate" in arrival.faults:
            await _send(reply, send, part=0.5)
            connection.close()
            await _gone(receive)
            return
        # From here on the answer counts as delivered; whether the caller still listens nobody can know.
        arrival.entry.delivered = True
        if "slow" in arrival.faults:
            await _send_slowly(reply, send, connection, arrival.faults["slow"].seconds)
        else:
            await _send(reply, send)


def _instead(arrival: Arrival, names: tuple[str, ...]) -> Reply | None:
    fault = next((arrival.faults[name] for name in names if name in arrival.faults), None)
    if fault is None:
        return None
    if fault.name.startswith("html"):
        return gateway_page(fault.status)
    if fault.name == "empty":
        return Reply(fault.status, raw=b"")
    return _error(arrival, fault)


def _error(arrival: Arrival, fault: Fault) -> Reply:
    if arrival.operation is None and fault.status in (400, 401):
        # RFC 6749, section 5.2: this endpoint has error codes of its own.
        name = "invalid_client" if fault.status == 401 else "invalid_request"
        return Reply(fault.status, {"error": name, "error_description": "Injected by the sandbox."})
    headers: dict[str, str] = {}
    if fault.name == "rate-limit":
        headers = retry_after(fault.seconds, "seconds", arrival.call.arrived)
    elif fault.status == 405:
        headers = {"Allow": "GET"}
    return refusal_reply(Refusal(fault.status, fault.code, headers=headers), arrival.language)


class _NoSocket:
    """Stands in for the socket where the application is called in process."""

    def abort(self) -> None:
        raise ConnectionDropped("The sandbox dropped the connection.")

    close = abort

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _TooLarge(Exception):
    """The body is larger than allowed."""


async def _body(receive: Receive, largest: int) -> bytes | None:
    """Read a body; None if the caller went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > largest:
            raise _TooLarge
        if not message.get("more_body"):
            return bytes(body)


def _call(scope: Mapping[str, Any], body: bytes) -> Call:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    host, port = scope.get("server") or ("127.0.0.1", None)
    authority = headers.get("host") or (f"{host}:{port}" if port else host)
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        base=f"{scope.get('scheme', 'http')}://{authority}",
        raw_path=raw_path.partition(b"?")[0].decode("latin-1"),
    )


async def _send(reply: Reply, send: Send, part: float = 1.0) -> None:
    body = reply.encode()
    await send(_start(reply, len(body)))
    sent = body[: int(len(body) * part)]
    await send({"type": "http.response.body", "body": sent, "more_body": part < 1})


async def _send_slowly(reply: Reply, send: Send, connection: Connection, seconds: float) -> None:
    body = reply.encode()
    await send(_start(reply, len(body)))
    size = max(1, -(-len(body) // _PIECES))
    for at in range(0, len(body), size):
        await connection.pause(seconds / _PIECES)
        await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _start(reply: Reply, length: int) -> Message:
    headers = {"Content-Type": reply.media_type, **reply.headers, "Content-Length": str(length)}
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": pairs}


async def _gone(receive: Receive) -> None:
    """Wait until the connection is closed: a server takes an application that ends unanswered for a broken one."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
