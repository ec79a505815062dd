"""A TCP proxy in front of the sandbox that breaks HTTP where no HTTP server would: behind a whole answer."""

from __future__ import annotations

import asyncio
import json
import queue
import random
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["FOREIGN_ID", "Proxy", "proxy_in_thread"]

FOREIGN_ID = "3-FOREIGN"
"""The id in a stray 201; no order has it."""


def _response(status: str, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


_STRAY = (
    _response("503 Service Unavailable", {"code": 5, "message": "The service is temporarily unavailable"}),
    _response("429 Too Many Requests", {"code": 53, "message": "Too many requests"}),
    _response("201 Created", {"id": FOREIGN_ID, "type": "R_BVPN_FR_1", "status": "NEW", "createdAt": "2026-01-05"}),
)
_MOMENTS = ("at once", "later", "with the next request")
_LATER = 0.02


class Proxy:
    """Passes bytes on in both directions.

    Args:
        port: of the server, on this machine.
        stray: share of the answers behind which a second whole response is left on the connection: in the same write,
            within 20 ms, or in the moment in which the next request arrives.
        stale: share of the answers after which the connection is closed, though the answer does not say so.
        seed: of the draws; which answers are struck depends on the order in which they come, too.
    """

    def __init__(self, port: int, *, stray: float, stale: float, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._port = port
        self._stray = stray
        self._stale = stale
        self._random = random.Random(seed)  # noqa: S311 -- no secret

    async def serve(self) -> asyncio.Server:
        """Listen on a free port."""
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        waiting: list[bytes] = []
        forward = asyncio.create_task(self._forward(reader, writer, to_server, waiting))
        answer = asyncio.create_task(self._answer(from_server, writer, waiting))
        try:
            await asyncio.wait({forward, answer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            whole = not answer.done() or (not answer.cancelled() and answer.exception() is None)
            for task in (forward, answer):
                task.cancel()
            await asyncio.gather(forward, answer, return_exceptions=True)
            to_server.close()
            if whole:
                writer.close()
            else:
                writer.transport.abort()

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        to_server: asyncio.StreamWriter,
        waiting: list[bytes],
    ) -> None:
        while data := await reader.read(65_536):
            while waiting:
                writer.write(waiting.pop())
            to_server.write(data)
            await to_server.drain()

    async def _answer(
        self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: list[bytes]
    ) -> None:
        """Pass answers on; return in order to close the connection, raise in order to break it."""
        while True:
            head = await from_server.readuntil(b"\r\n\r\n")
            writer.write(head)
            left = _length(head)
            while left:
                data = await from_server.read(min(left, 65_536))
                if not data:
                    raise ConnectionResetError("The server broke off within a body.")
                left -= len(data)
                writer.write(data)
                await writer.drain()
            draw = self._random.random()
            if draw < self._stray:
                self._leave_behind(writer, waiting)
            elif draw < self._stray + self._stale:
                self.counts["stale"] += 1
                return

    def _leave_behind(self, writer: asyncio.StreamWriter, waiting: list[bytes]) -> None:
        self.counts["stray"] += 1
        stray, moment = self._random.choice(_STRAY), self._random.choice(_MOMENTS)
        if moment == "at once":
            writer.write(stray)
        elif moment == "later":
            pause = self._random.uniform(0, _LATER)
            asyncio.get_running_loop().call_later(pause, _write_if_open, writer, stray)
        else:
            waiting.append(stray)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise ValueError(f"The proxy reads only answers with Content-Length, not {head!r}.")


def _write_if_open(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


@contextmanager
def proxy_in_thread(proxy: Proxy) -> Generator[int]:
    """Serve from a thread, and yield the port."""
    said: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event] | BaseException] = queue.Queue()

    async def run() -> None:
        try:
            server = await proxy.serve()
            done = asyncio.Event()
            said.put((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), done))
        except BaseException as error:
            said.put(error)
            raise
        await done.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="chaos proxy", daemon=True)
    thread.start()
    first = said.get()
    if isinstance(first, BaseException):
        raise first
    port, loop, done = first
    try:
        yield port
    finally:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(done.set)
        thread.join(10)
