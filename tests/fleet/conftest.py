"""A PostgreSQL for the tests of fleets: one server for all of them, a database with the tables for each module."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress

import pytest

from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from tests.fleet.servers import Server, Way, database, server, shared_dsn, way

KEY = Key("WAN-042", "R_BVPN_FR_1")
Made = Callable[..., PostgresFleet]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with shared_dsn() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def dsn(postgres: str) -> Iterator[str]:
    """Of a database with the tables; tests keep apart by account."""
    with database(postgres) as made:
        asyncio.run(_migrated(made))
        yield made


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """Of a database without tables."""
    with database(postgres) as made:
        yield made


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """A server that a test may stop; it runs again when the next test begins."""
    with server() as made:
        asyncio.run(_migrated(made.dsn))
        yield made


@pytest.fixture
async def path(own_server: Server) -> AsyncGenerator[Way]:
    own_server.start()
    async with way(own_server.dsn) as made:
        yield made


@pytest.fixture
def account() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def fleet(dsn: str, account: str) -> AsyncIterator[Made]:
    """Makes processes of one fleet."""
    async with AsyncExitStack() as stack:
        made: list[PostgresFleet] = []

        def make(dsn: str = dsn, **options: float) -> PostgresFleet:
            made.append(PostgresFleet(dsn, account=account, **options))
            stack.push_async_callback(made[-1].aclose)
            return made[-1]

        yield make


async def recalled(fleet: PostgresFleet, key: Key = KEY) -> Intent | None:
    """The stored state of an order, for a process that claims it."""
    async with fleet.claim(key) as claim:
        return claim.intent


async def _migrated(dsn: str) -> None:
    async with PostgresFleet(dsn) as fleet:
        await fleet.migrate()
    with suppress(RuntimeError):
        # What psycopg's pool started ends in the next turns of the loop.
        await asyncio.sleep(0)
