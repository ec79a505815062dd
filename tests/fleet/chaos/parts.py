"""What a chaos run stands on: a sandbox, a database behind a proxy, each in a thread or process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orange_ordering_client.fleet import PostgresFleet
from tests.fleet.servers import Server, Way, server, way

__all__ = ["ROOT", "Postgres", "asked", "postgres", "sandbox"]

ROOT = Path(__file__).parents[3]


class Postgres:
    """A database that can be restarted, and cut off."""

    def __init__(self, server: Server, way: Way, loop: asyncio.AbstractEventLoop) -> None:
        self.restart = server.restart
        self.dsn = way.dsn
        self._way = way
        self._loop = loop

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._way.cut)

    def open(self) -> None:
        self._way.open = True


@contextmanager
def postgres() -> Generator[Postgres]:
    """A database with the tables of a fleet."""
    said: queue.Queue[tuple[Way, asyncio.AbstractEventLoop, asyncio.Event] | BaseException] = queue.Queue()

    async def serve(dsn: str) -> None:
        async with PostgresFleet(dsn) as fleet:
            await fleet.migrate()
        async with way(dsn) as made:
            done = asyncio.Event()
            said.put((made, asyncio.get_running_loop(), done))
            await done.wait()

    def run(dsn: str) -> None:
        try:
            asyncio.run(serve(dsn))
        except BaseException as error:
            said.put(error)
            raise

    with server() as started:
        thread = threading.Thread(target=run, args=(started.dsn,), name="way to PostgreSQL", daemon=True)
        thread.start()
        first = said.get()
        if isinstance(first, BaseException):
            raise first
        made, loop, done = first
        try:
            yield Postgres(started, made, loop)
        finally:
            loop.call_soon_threadsafe(done.set)
            thread.join(10)


@contextmanager
def sandbox(seed: int, faults: Iterable[str]) -> Generator[tuple[str, dict[str, str]]]:
    """A sandbox in its own process; its URL, and the environment of a program that calls it."""
    command = [sys.executable, "-m", "tests.chaos.server", "--seed", str(seed)]
    for fault in faults:
        command += ["--fault", fault]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 -- our own
        try:
            assert process.stdout is not None
            variables: dict[str, str] = {}
            while (line := process.stdout.readline().strip()) != "":
                name, _, value = line.partition("=")
                variables[name] = value
            environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
            yield variables["ORANGE_ORDERING_BASE_URL"].partition("/ordering/")[0], environment | variables
        finally:
            process.kill()


def asked(url: str, what: str) -> Any:
    """What a sandbox answers to its controller."""
    with urllib.request.urlopen(f"{url}/_sandbox/{what}", timeout=600) as answer:  # noqa: S310 -- this machine
        return json.load(answer)
