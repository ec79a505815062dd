"""The server that every contender calls: a separate process on loopback, with as little work per call as possible.

Run it as `python -m benchmarks.server`; it prints its port, and stops when its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from benchmarks import sample

DELAY = 0.05
"""Seconds that a page of the list takes."""

LIST, ONE, TOKEN = "/api/requests", "/api/requests/3-00000001", "/token"


class _Protocol(asyncio.Protocol):
    pages: dict[str, bytes] = {}  # noqa: RUF012 -- filled once, shared by all connections
    one = b""
    token = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- a TCP server always has this type
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = 0
            for line in head.split(b"\r\n")[1:]:
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            method, target, _ = head[: head.find(b"\r\n")].decode().split(" ")
            self._answer(method, target)

    def _answer(self, method: str, target: str) -> None:
        if target.startswith(ONE) or (method == "POST" and target == LIST):
            # The response is sent in the next turn of the loop, as in a real server: with an immediate response, fifty
            # tasks would share a few connections.
            asyncio.get_running_loop().call_soon(self.transport.write, self.one)
        elif target.startswith(LIST):
            offset = parse_qs(urlsplit(target).query).get("offset", ["0"])[0]
            body = self.pages.get(offset) or _answer(b"[]")
            asyncio.get_running_loop().call_later(DELAY, self.transport.write, body)
        else:
            self.transport.write(self.token)


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Total-Count: {sample.TOTAL}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _serve() -> None:
    grant = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
    _Protocol.one = _answer(json.dumps(sample.request(1)).encode())
    _Protocol.token = _answer(json.dumps(grant).encode())
    _Protocol.pages = {str(offset): _answer(sample.page(offset)) for offset in range(0, sample.TOTAL, sample.PAGE)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Protocol, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The server runs until the process that started it ends.
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running() -> Iterator[str]:
    """Start the server, and yield its origin."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 -- a pipe was requested
        assert process.stdin is not None  # noqa: S101
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.stdin.close()
            process.wait(10)


if __name__ == "__main__":
    asyncio.run(_serve())
