"""This process as a member of the fleet: it says that it lives, and hears what others say."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, cast

from orange_ordering_client.errors import WrongEventLoop
from orange_ordering_client.fleet.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from orange_ordering_client.fleet.database import Database

__all__ = ["Member"]

logger = logging.getLogger("orange_ordering_client")

_LISTEN_PAUSE = 0.2
_LONGEST_LISTEN_PAUSE = 2.0
_KEPT: Final = 10_000
"""Statements that wait for the database to come back; beyond that, what they say is in doubt for everyone."""
_LAST_WORDS = 2.0


class Member:
    """One process of a fleet.

    Args:
        database: what the fleet shares.
        lease: seconds without a word after which this process counts as dead.
    """

    def __init__(self, database: Database, *, lease: float) -> None:
        self.id = uuid.uuid4()
        self.name = f"{socket.gethostname()} {os.getpid()}"
        self.database = database
        self.lease = lease
        self._hears: list[Callable[[dict[str, Any]], None]] = []
        self._catches_up: list[Callable[[], Awaitable[None]]] = []
        self._late: deque[Callable[[], Awaitable[None]]] = deque(maxlen=_KEPT)
        self._freed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sure_until = float("-inf")

    @property
    def is_surely_alive(self) -> bool:
        """Whether nobody can have taken this process for dead since its last word."""
        return time.monotonic() < self._sure_until

    def hear(self, heard: Callable[[dict[str, Any]], None], catch_up: Callable[[], Awaitable[None]]) -> None:
        """Have something told of every notification.

        Args:
            heard: called with its fields.
            catch_up: called whenever listening begins again: what was said meanwhile was not heard.
        """
        self._hears.append(heard)
        self._catches_up.append(catch_up)

    def unhear(self, heard: Callable[[dict[str, Any]], None], catch_up: Callable[[], Awaitable[None]]) -> None:
        """Undo `hear`."""
        self._hears.remove(heard)
        self._catches_up.remove(catch_up)

    def start(self) -> None:
        """Begin to beat and to listen, if that has not begun.

        Raises:
            WrongEventLoop: the connections live in another event loop.
        """
        loop = asyncio.get_running_loop()
        self.database.open()
        if self._loop is None:
            self._loop = loop
            self._freed = asyncio.Event()
            self._spawn(self._beat(), "beat")
            self._spawn(self._listen(), "listen")
        elif self._loop is not loop:
            raise WrongEventLoop("This fleet belongs to another event loop, where its connections live.")

    def say(self, saying: Coroutine[Any, Any, None], name: str) -> None:
        """Do something that nobody waits for."""
        self._spawn(saying, name)

    def later(self, work: Callable[[], Awaitable[None]]) -> None:
        """Keep a statement until the database is back."""
        self._late.append(work)

    async def freed(self, seconds: float) -> None:
        """Wait until some claim is freed, or for some seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._freed.wait()

    async def aclose(self) -> None:
        """Leave the fleet."""
        if self._loop is None:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._loop = None
        with suppress(FleetError, TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await self._catch_up_late()
                await self.database.one("SELECT orange_ordering.leave(%(member)s)", {"member": self.id})

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"orange-ordering-fleet-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self.database.one(
                    "SELECT orange_ordering.beat(%(member)s, %(name)s, %(lease)s)",
                    {"member": self.id, "name": self.name, "lease": self.lease},
                )
                # The database leaves a lease as it is while more than half of it is to come.
                self._sure_until = began + self.lease / 2
                await self._catch_up_late()
            except FleetError as error:
                logger.warning("this process may soon count as dead in its fleet: %s", error)
            await asyncio.sleep(self.lease / 4)

    async def _catch_up_late(self) -> None:
        while self._late:
            await self._late[0]()
            self._late.popleft()

    async def _listen(self) -> None:
        pause = _LISTEN_PAUSE
        while True:
            try:
                async with self._channel() as notifications:
                    pause = _LISTEN_PAUSE
                    while True:
                        self._tell(await anext(notifications))
            except Exception as error:  # noqa: BLE001, RUF100 -- whatever ended it, listening must begin again
                logger.debug("not listening to the fleet: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LISTEN_PAUSE)

    @asynccontextmanager
    async def _channel(self) -> AsyncGenerator[AsyncGenerator[str]]:
        async with self.database.connection(self.database.timeout) as connection:
            await connection.execute("LISTEN orange_ordering")
            try:
                for catch_up in list(self._catches_up):
                    await catch_up()
                notifications = connection.notifies()
                yield (notification.payload async for notification in notifications)
            finally:
                # It goes back to a pool, perhaps of the caller's.
                with suppress(Exception):
                    await connection.execute("UNLISTEN orange_ordering")

    def _tell(self, payload: str) -> None:
        with suppress(ValueError, RecursionError):
            data: object = json.loads(payload)
            if isinstance(data, dict):
                fields = cast("dict[str, Any]", data)
                if "free" in fields:
                    self._freed.set()
                    self._freed.clear()
                for heard in list(self._hears):
                    heard(fields)
