"""The sandbox on a real socket, served by uvicorn with a protocol whose connections the application can break."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import socket
import threading
from collections.abc import AsyncGenerator, Generator
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from orange_ordering_client.sandbox.http.app import App
from orange_ordering_client.sandbox.http.connection import CONNECTION

__all__ = ["SandboxServer", "listen", "serve", "serve_in_thread"]

_SHUTDOWN_TIMEOUT = 2.0


class _Protocol(H11Protocol):
    """Adds itself to `scope["state"]` as the connection of the call."""

    stopping: asyncio.Event

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app_state = {**self.app_state, CONNECTION: self}

    def end(self) -> None:
        """Close the connection: at once if a call has no complete answer yet."""
        # Before the first call there is no cycle, although the annotation says otherwise.
        if self.cycle and not self.cycle.response_complete:
            self.transport.abort()
        else:
            self.shutdown()

    def abort(self) -> None:
        self.transport.abort()

    def close(self) -> None:
        self.transport.close()

    async def pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


class SandboxServer(uvicorn.Server):
    """A uvicorn server that signals when it is up and stops at once.

    Args:
        app: the application to serve.
        signals: stop on SIGINT and SIGTERM; in the main thread only.
    """

    def __init__(self, app: App, *, signals: bool = False) -> None:
        self.up = asyncio.Event()
        self.stopping = asyncio.Event()
        self._signals = signals
        protocol = type("_SandboxProtocol", (_Protocol,), {"stopping": self.stopping})
        super().__init__(
            uvicorn.Config(
                app, http=protocol, ws="none", loop="asyncio", lifespan="off", log_config=None, access_log=False,
                server_header=False, timeout_graceful_shutdown=2,
            )
        )  # fmt: skip

    def stop(self) -> None:
        """Stop: accept no new connections and close the open ones."""
        self.should_exit = True
        self.stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def main_loop(self) -> None:
        # `stop` wakes this loop at once; uvicorn's own polls ten times a second.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn's own waits for open calls, which a fault can delay on purpose, and always for a tenth of a second.
        self.stopping.set()
        for server in self.servers:
            server.close()
        for connection in cast("list[_Protocol]", list(self.server_state.connections)):
            connection.end()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_SHUTDOWN_TIMEOUT)
        for server in self.servers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), _SHUTDOWN_TIMEOUT)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        if not self._signals:
            yield
            return
        with super().capture_signals():
            yield

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        self.stopping.set()


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """Open a listening socket; return it and its URL.

    Raises:
        OSError: the port is in use, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Not socket.create_server: asyncio turns Nagle's algorithm off only for sockets with an explicit protocol; with the
    # algorithm on, every answer on a persistent connection takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # On Windows this option would let two servers share a port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        listener.bind((host, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    name = f"[{host}]" if family is socket.AF_INET6 else host
    return listener, f"http://{name}:{listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def serve(app: App, host: str, port: int) -> AsyncGenerator[str]:
    """Serve in the running event loop, and yield the URL.

    Raises:
        OSError: the port is in use.
    """
    listener, url = listen(host, port)
    server = SandboxServer(app)
    running = asyncio.create_task(server.serve([listener]))
    up = asyncio.create_task(server.up.wait())
    try:
        await asyncio.wait({running, up}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield url
    finally:
        up.cancel()
        server.stop()
        try:
            await running
        finally:
            listener.close()


@contextlib.contextmanager
def serve_in_thread(app: App, host: str, port: int) -> Generator[str]:
    """Serve from a thread, and yield the URL.

    Raises:
        OSError: the port is in use.
    """
    outcome: queue.Queue[str | BaseException] = queue.Queue()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        async with serve(app, host, port) as url:
            done = asyncio.Event()
            ends.append((asyncio.get_running_loop(), done))
            outcome.put(url)
            await done.wait()

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # any exception has to reach the caller, who is in another thread
            outcome.put(error)

    thread = threading.Thread(target=work, name="ordering sandbox", daemon=True)
    thread.start()
    first = outcome.get()
    if isinstance(first, BaseException):
        thread.join()
        raise first
    try:
        yield first
    finally:
        loop, done = ends[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()
