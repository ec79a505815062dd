"""Reading calls from ASGI messages and sending replies as such."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.http.connection import Connection

__all__ = [
    "BodyTooLarge",
    "Message",
    "Receive",
    "Send",
    "call_of",
    "read_body",
    "run_lifespan",
    "send_reply",
    "send_slowly",
    "wait_for_disconnect",
]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PIECES = 10


class BodyTooLarge(Exception):
    """The body is larger than allowed."""


async def read_body(receive: Receive, largest: int) -> bytes | None:
    """Read a body; return None if the caller disconnects before its end.

    Args:
        receive: the ASGI callable.
        largest: most bytes that are read.

    Raises:
        BodyTooLarge: the body has more bytes.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > largest:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


def call_of(scope: Mapping[str, Any], body: bytes) -> Call:
    """Return the call of an ASGI scope."""
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


async def send_reply(reply: Reply, send: Send, share: float = 1.0) -> None:
    """Send a reply, or its headers and the given share of its body, from 0 to 1."""
    body = reply.encode()
    await send(_start(reply, len(body)))
    sent = body[: int(len(body) * share)]
    await send({"type": "http.response.body", "body": sent, "more_body": share < 1})


async def send_slowly(reply: Reply, send: Send, connection: Connection, seconds: float) -> None:
    """Send a reply in pieces over a number of seconds."""
    body = reply.encode()
    await send(_start(reply, len(body)))
    size = max(1, -(-len(body) // _PIECES))
    for at in range(0, len(body), size):
        await connection.pause(seconds / _PIECES)
        await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def wait_for_disconnect(receive: Receive) -> None:
    """Wait until the connection is closed: servers report an application that returns without a response as broken."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def run_lifespan(receive: Receive, send: Send) -> None:
    """Answer the messages of a lifespan scope."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _start(reply: Reply, length: int) -> Message:
    headers = {"Content-Type": reply.media_type, **reply.headers, "Content-Length": str(length)}
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": pairs}
