"""A tiny HTTP server that does what a test tells it to, over real sockets, and remembers what it received."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

TOKEN_PATH = "/oauth/v3/token"
BASE_PATH = "/ordering/b2b/v3"


@attrs.frozen
class Received:
    """One request, as the bytes on the socket said it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@attrs.frozen
class Reply:
    """An ordinary answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = attrs.field(factory=dict)
    close: bool = False

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.head(len(self.body)) + self.body)
        await writer.drain()
        return not self.close

    def head(self, length: int) -> bytes:
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Strange"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(data: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(data).encode(), {"Content-Type": "application/json", **named})


def error(status: int, code: int, message: str = "no", **headers: str) -> Reply:
    """An error in Orange's own words."""
    return answer({"code": code, "message": message, "description": "why"}, status, **headers)


@attrs.frozen
class Raw:
    """Bytes as they are, then the connection closes."""

    data: bytes

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.data)
        await writer.drain()
        return False


DROP = Raw(b"")
"""The request is read, and the connection closed without a word."""


@attrs.frozen
class Truncated:
    """Promises a whole body and sends half of it."""

    reply: Reply

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.reply.head(len(self.reply.body)) + self.reply.body[: len(self.reply.body) // 2])
        await writer.drain()
        return False


@attrs.frozen
class Drip:
    """Sends the body byte by byte, without end in sight."""

    reply: Reply
    pause: float = 0.02

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.reply.head(len(self.reply.body)))
        for byte in self.reply.body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(self.pause)
        return True


@attrs.frozen
class Held:
    """Waits for a word from the test before it answers; without one it never does."""

    reply: Reply = Reply()
    release: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        await self.release.wait()
        return await self.reply.play(writer)


Answer = Reply | Raw | Truncated | Drip | Held | Callable[[Received], Any]


def grant(token: str = "T-1", **fields: object) -> Reply:  # noqa: S107 -- opens nothing
    """A token endpoint's good answer."""
    return answer({"access_token": token, "token_type": "Bearer", "expires_in": 3600, **fields})


class Server:
    """Scripted answers by path; the last one given is repeated for ever."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Received] = []
        self.connections = 0
        self.drops = 0
        """How many of the next connections are cut before anything is read."""
        self._scripts: dict[str, deque[Answer]] = {TOKEN_PATH: deque([grant()])}
        self._changed = asyncio.Condition()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return self.origin + BASE_PATH

    @property
    def token_url(self) -> str:
        return self.origin + TOKEN_PATH

    def on(self, path: str, *answers: Answer) -> None:
        """Script a path: under the API, or the token endpoint's own. "*" is any other."""
        self._scripts[path if path in (TOKEN_PATH, "*") else BASE_PATH + path] = deque(answers)

    def tokens(self, *answers: Answer) -> None:
        self.on(TOKEN_PATH, *answers)

    @property
    def token_requests(self) -> list[Received]:
        return [request for request in self.received if request.path == TOKEN_PATH]

    @property
    def calls(self) -> list[Received]:
        return [request for request in self.received if request.path != TOKEN_PATH]

    async def until(self, condition: Callable[[Server], bool]) -> None:
        """Wait until what was received is as a test wants it."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        if self.drops:
            self.drops -= 1
            return
        while (request := await _read(reader, number)) is not None:
            async with self._changed:
                self.received.append(request)
                self._changed.notify_all()
            if not await self._play(request, writer):
                return

    async def _play(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        script = self._scripts.get(request.path) or self._scripts.get("*") or deque([answer({})])
        chosen: Any = script.popleft() if len(script) > 1 else script[0]
        if callable(chosen):
            chosen = chosen(request)
            if isinstance(chosen, Awaitable):
                chosen = await chosen
        return bool(await chosen.play(writer))


async def _read(reader: asyncio.StreamReader, connection: int) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body, connection)


@asynccontextmanager
async def serving(*, path: Path | None = None) -> AsyncIterator[Server]:
    """A server on a free port of the loopback interface, or on a Unix socket."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server.serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def done(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            writer.close()

        task = asyncio.create_task(connected(reader, writer))
        tasks.add(task)
        # Not in the coroutine: one that is cancelled before its first step runs no `finally`.
        task.add_done_callback(done)

    if path is None:
        listening = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=2048)
        server.port = listening.sockets[0].getsockname()[1]
    else:
        listening = await asyncio.start_unix_server(accept, path)
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
