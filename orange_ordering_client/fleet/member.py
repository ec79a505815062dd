"""This process as a member of the fleet: it renews its lease and receives notifications."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, cast

from orange_ordering_client.errors import WrongEventLoop
from orange_ordering_client.fleet.errors import FleetError, FleetUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from orange_ordering_client.fleet.database import Database

__all__ = ["Member"]

logger = logging.getLogger("orange_ordering_client")

_LISTEN_PAUSE = 0.2
_LONGEST_LISTEN_PAUSE = 2.0
_MAX_DEFERRED: Final = 10_000
"""Statements that wait for the database. If one is discarded, other members treat its order as in doubt."""
_LEAVE_TIMEOUT = 2.0


class Member:
    """One process of a fleet.

    Args:
        database: the database of the fleet.
        lease: seconds after which this process counts as dead if it does not renew its lease.
        release_strays: called after each renewal: they release what the database holds for this process, but no task
            of it uses. A statement whose task was cancelled may have been executed late.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease: float,
        release_strays: Sequence[Callable[[Member], Awaitable[None]]] = (),
    ) -> None:
        self._identify()
        self.database = database
        self.lease = lease
        self._handlers: list[Callable[[dict[str, Any]], None]] = []
        self._on_listening: list[Callable[[], Awaitable[None]]] = []
        self._release_strays = tuple(release_strays)
        self._tickets: set[uuid.UUID] = set()
        self._deferred: dict[uuid.UUID, Callable[[], Awaitable[None]]] = {}
        self._released = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alive_until = float("-inf")

    @property
    def is_surely_alive(self) -> bool:
        """Whether the lease of this process certainly has not expired."""
        return time.monotonic() < self._alive_until

    @property
    def has_started(self) -> bool:
        """Whether this process renews its lease."""
        return self._loop is not None

    def subscribe(self, handle: Callable[[dict[str, Any]], None], catch_up: Callable[[], Awaitable[None]]) -> None:
        """Call a function for every notification.

        Args:
            handle: called with the fields of the notification.
            catch_up: called whenever listening begins, because earlier notifications were missed.
        """
        self._handlers.append(handle)
        self._on_listening.append(catch_up)

    def unsubscribe(self, handle: Callable[[dict[str, Any]], None], catch_up: Callable[[], Awaitable[None]]) -> None:
        """Undo `subscribe`."""
        self._handlers.remove(handle)
        self._on_listening.remove(catch_up)

    def start(self) -> None:
        """Begin to renew the lease and to listen, if that has not begun.

        Raises:
            WrongEventLoop: the connections belong to another event loop.
        """
        loop = asyncio.get_running_loop()
        self.database.open()
        if self._loop is None:
            self._loop = loop
            # Again, because processes that were forked from one begin with the same object.
            self._identify()
            self._released = asyncio.Event()
            self._spawn(self._renew_lease(), "lease")
            self._spawn(self._listen(), "listen")
        elif self._loop is not loop:
            raise WrongEventLoop("This fleet and its connections belong to another event loop.")

    def run_in_background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run a coroutine in the background."""
        self._spawn(work, name)

    def issue_ticket(self) -> uuid.UUID:
        """Return a new ticket. This process uses it until `end_ticket`."""
        ticket = uuid.uuid4()
        self._tickets.add(ticket)
        return ticket

    def end_ticket(self, ticket: uuid.UUID) -> None:
        """Forget a ticket: the database has been told that it ended."""
        self._tickets.discard(ticket)
        self._deferred.pop(ticket, None)

    def uses(self, ticket: uuid.UUID) -> bool:
        """Return whether a ticket has not ended."""
        return ticket in self._tickets

    def defer(self, ticket: uuid.UUID, work: Callable[[], Awaitable[None]]) -> None:
        """Run the statement that ends a ticket as soon as the database can be reached."""
        self._deferred[ticket] = work
        if len(self._deferred) > _MAX_DEFERRED:
            self.end_ticket(next(iter(self._deferred)))

    async def wait_for_release(self, seconds: float) -> None:
        """Wait until another member releases a claim, at most for some seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()

    async def aclose(self) -> None:
        """Leave the fleet."""
        if self._loop is None:
            return
        # Before anything is awaited: another client may start this member again meanwhile, under another id.
        self._loop = None
        leaving, tasks = self.id, list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(FleetError, TimeoutError):
            async with asyncio.timeout(_LEAVE_TIMEOUT):
                await self._run_deferred()
                await self.database.one("SELECT orange_ordering.leave(%(member)s)", {"member": leaving})

    def _identify(self) -> None:
        self.id = uuid.uuid4()
        self.name = f"{socket.gethostname()} {os.getpid()}"

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"orange-ordering-fleet-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _renew_lease(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self.database.one(
                    "SELECT orange_ordering.beat(%(member)s, %(name)s, %(lease)s)",
                    {"member": self.id, "name": self.name, "lease": self.lease},
                )
                # The database does not extend a lease of which more than half remains.
                self._alive_until = began + self.lease / 2
                await self._run_deferred()
                for release in self._release_strays:
                    await release(self)
            except Exception as error:  # noqa: BLE001, RUF100 -- the lease must be renewed after any error
                logger.warning("the lease of this process in its fleet could not be renewed: %s", error)
            await asyncio.sleep(self.lease / 4)

    async def _run_deferred(self) -> None:
        while self._deferred:
            ticket, work = next(iter(self._deferred.items()))
            try:
                await work()
            except FleetUnreachable:
                raise
            except FleetError as error:
                # It would be refused again, and hold up what comes after it. Its claim is now a stray.
                logger.warning("the end of a claim could not be noted: %s", error)
            self.end_ticket(ticket)

    async def _listen(self) -> None:
        pause = _LISTEN_PAUSE
        while True:
            try:
                async with self._channel() as notifications:
                    pause = _LISTEN_PAUSE
                    while True:
                        self._dispatch(await anext(notifications))
            except Exception as error:  # noqa: BLE001, RUF100 -- listening must begin again after any error
                logger.debug("not listening to the fleet: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LISTEN_PAUSE)

    @asynccontextmanager
    async def _channel(self) -> AsyncGenerator[AsyncGenerator[str]]:
        async with self.database.connection(self.database.timeout) as connection:
            await connection.execute("LISTEN orange_ordering")
            try:
                for catch_up in list(self._on_listening):
                    await catch_up()
                notifications = connection.notifies()
                yield (notification.payload async for notification in notifications)
            finally:
                # The connection returns to a pool that may belong to the caller.
                with suppress(Exception):
                    await connection.execute("UNLISTEN orange_ordering")

    def _dispatch(self, payload: str) -> None:
        with suppress(ValueError, RecursionError):
            data: object = json.loads(payload)
            if isinstance(data, dict):
                fields = cast("dict[str, Any]", data)
                if "free" in fields:
                    self._released.set()
                    self._released.clear()
                for handle in list(self._handlers):
                    handle(fields)
