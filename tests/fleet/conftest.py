"""A PostgreSQL for the tests of fleets: one server for all of them, a database with the tables for each module."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress

import pytest

from orange_ordering_client.fleet import PostgresFleet
from tests.fleet.servers import Server, Way, database, server, shared_dsn, way


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


async def _migrated(dsn: str) -> None:
    async with PostgresFleet(dsn) as fleet:
        await fleet.migrate()
    with suppress(RuntimeError):
        # What psycopg's pool started ends in the next turns of the loop.
        await asyncio.sleep(0)
