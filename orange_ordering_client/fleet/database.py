"""Statements on PostgreSQL, repeated when a connection breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.fleet.errors import FleetError, FleetUnreachable

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

__all__ = ["Database", "Pool", "require"]

Connection = "AsyncConnection[Any]"
Pool = "AsyncConnectionPool[AsyncConnection[Any]]"
T = TypeVar("T")

logger = logging.getLogger("orange_ordering_client")

_CONNECTIONS = 3
_DEFAULTS = {
    "application_name": "orange-ordering",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
"""Defaults of libpq options that the DSN does not set. With them, a network that drops packets is noticed soon."""
_ONE_WAIT = 1.0
_PAUSE = 0.05
_LONGEST_PAUSE = 0.5
_CANCEL_TIMEOUT = 1.0
"""Seconds to wait for the end of a statement that is cancelled."""


def require() -> None:
    """Make sure that the extra is installed.

    Raises:
        ConfigurationError: it is not; the message says how to install it.
    """
    if any(find_spec(name) is None for name in ("psycopg", "psycopg_pool", "cryptography")):
        raise ConfigurationError("PostgresFleet needs psycopg: pip install 'orange-ordering-client[postgres]'.")


class Database:
    """A pool of at most three connections, in the event loop that first uses it.

    Args:
        source: a DSN, or a pool that belongs to the caller and stays open.
        timeout: seconds for one statement, including all waiting and new connections.
    """

    def __init__(self, source: str | AsyncConnectionPool[Any], *, timeout: float) -> None:
        require()
        self.timeout = timeout
        self._given = None if isinstance(source, str) else source
        self._dsn = _checked(source) if isinstance(source, str) else ""
        self._pool: AsyncConnectionPool[Any] | None = None
        self._opening = asyncio.Lock()
        self._closed = False
        self._abandoned: set[asyncio.Task[Any]] = set()
        self._pool_tasks: set[asyncio.Task[Any]] = set()

    async def one(self, query: LiteralString, values: Mapping[str, object]) -> tuple[Any, ...]:
        """Execute a statement that returns one row; repeat it on another connection if the connection breaks.

        Args:
            query: a statement that may be executed twice.
            values: values of its placeholders.

        Raises:
            FleetUnreachable: it cannot be executed within the timeout.
            FleetError: the database refuses it.
        """

        async def execute(connection: AsyncConnection[Any]) -> tuple[Any, ...]:
            row = await (await connection.execute(query, values)).fetchone()
            return row or ()

        return await self.run(execute)

    async def all(self, query: LiteralString, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows; otherwise like `one`."""

        async def execute(connection: AsyncConnection[Any]) -> list[tuple[Any, ...]]:
            return await (await connection.execute(query, values)).fetchall()

        return await self.run(execute)

    async def run(
        self,
        work: Callable[[AsyncConnection[Any]], Awaitable[T]],
        *,
        patience: float | None = None,
        longest: float | None = None,
    ) -> T:
        """Call a function with a connection; call it again with another connection if the connection breaks.

        Args:
            work: the function; it may be called twice.
            patience: seconds in which an attempt may begin; None is the timeout.
            longest: seconds that one attempt may take; None is the rest of `patience`.

        Raises:
            FleetUnreachable: no attempt succeeded in that time.
            FleetError: the database refuses a statement.
        """
        import psycopg

        loop = asyncio.get_running_loop()
        patience = self.timeout if patience is None else patience
        ends = loop.time() + patience
        pause = _PAUSE
        last = "no connection was free"
        while (left := ends - loop.time()) > 0:
            # A separate task, because psycopg needs seconds to cancel a statement on a connection that does not answer.
            task = asyncio.create_task(self._once(work, min(left, _ONE_WAIT)))
            self._abandoned.add(task)
            task.add_done_callback(self._ended)
            try:
                done, _ = await asyncio.wait([task], timeout=longest or left)
            except asyncio.CancelledError:
                task.cancel()
                # If it still ran while the caller withdraws its effect, it could take effect after that.
                await asyncio.wait([task], timeout=_CANCEL_TIMEOUT)
                raise
            if not done:
                task.cancel()
                last = "it does not answer"
                break
            try:
                return task.result()
            except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction) as error:
                last = _said(error)
                logger.debug("the fleet's database: %s", last)
            except (psycopg.Error, UnicodeError) as error:
                # The encoding of a connection of the caller's pool may lack a character.
                raise _unusable(error) from None
            await asyncio.sleep(min(pause, max(0.0, ends - loop.time())))
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise FleetUnreachable(f"The fleet's database could not be used within {patience:g} s: {last}.")

    @asynccontextmanager
    async def connection(self, timeout: float) -> AsyncGenerator[AsyncConnection[Any]]:
        """Take a connection from the pool; it commits after each statement.

        Args:
            timeout: seconds to wait for a connection.
        """
        pool = await self._open()
        connection = await self._take(pool, timeout)
        try:
            was = connection.autocommit
            if not was:
                await connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if not was and not connection.closed:
                    await connection.set_autocommit(False)
        finally:
            await asyncio.shield(self._in_background(pool.putconn(connection)))

    def open(self) -> None:
        """Allow connections, also after `aclose()`."""
        self._closed = False

    async def aclose(self) -> None:
        """Close the connections that were opened here, and open no more."""
        self._closed = True
        async with self._opening:
            pool, self._pool = self._pool, None
        for task in self._abandoned:
            task.cancel()
        if self._abandoned:
            await asyncio.wait(self._abandoned, timeout=self.timeout)
        if pool is not None and pool is not self._given:
            await pool.close(timeout=1.0)

    async def _once(self, work: Callable[[AsyncConnection[Any]], Awaitable[T]], wait: float) -> T:
        async with self.connection(wait) as connection:
            return await work(connection)

    async def _take(self, pool: AsyncConnectionPool[Any], timeout: float) -> AsyncConnection[Any]:
        """Take a connection. It goes back if this task is cancelled meanwhile: psycopg's pool would lose it."""
        taking = self._in_background(pool.getconn(timeout))

        def give_back(taken: asyncio.Task[AsyncConnection[Any]]) -> None:
            if not taken.cancelled() and taken.exception() is None:
                self._in_background(pool.putconn(taken.result()))

        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(give_back)
            raise

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._pool_tasks.add(task)
        task.add_done_callback(self._pool_tasks.discard)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            # Retrieving the exception prevents a warning about an abandoned task.
            task.exception()

    async def _open(self) -> AsyncConnectionPool[Any]:
        async with self._opening:
            if self._closed:
                raise FleetUnreachable("The client has left the fleet: it is closed.")
            if self._pool is None:
                self._pool = self._given or await self._made()
            return self._pool

    async def _made(self) -> AsyncConnectionPool[Any]:
        from psycopg_pool import AsyncConnectionPool

        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            self._dsn,
            # Statements are not prepared: that costs a round trip, and poolers such as PgBouncer may not support it.
            kwargs={"autocommit": True, "prepare_threshold": None},
            min_size=0,
            max_size=_CONNECTIONS,
            timeout=self.timeout,
            reconnect_timeout=_ONE_WAIT,
            open=False,
            name="orange-ordering",
        )
        await pool.open()
        return pool


def _checked(dsn: str) -> str:
    """Add the defaults to a DSN.

    Raises:
        ConfigurationError: it is not a DSN. The message does not contain it, because it may contain a password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        given = conninfo_to_dict(dsn)
    except psycopg.Error:
        raise ConfigurationError(
            "The DSN of the fleet cannot be read: give postgresql://user@host/database, or key=value pairs."
        ) from None
    defaults: dict[str, Any] = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return make_conninfo(dsn, **defaults)


def _said(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _unusable(error: Exception) -> FleetError:
    import psycopg.errors as kinds

    if isinstance(
        error, (kinds.InvalidSchemaName, kinds.UndefinedTable, kinds.UndefinedColumn, kinds.UndefinedFunction)
    ):
        advice = "Its tables do not exist, or have an earlier version: run `orange-ordering fleet migrate`."
    elif isinstance(error, kinds.InsufficientPrivilege):
        advice = "The role lacks a right that docs/fleet.md lists."
    else:
        advice = ""
    return FleetError(f"The fleet's database refused: {_said(error)}. {advice}".rstrip())
