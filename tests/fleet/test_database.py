"""Statements that are cancelled: they have no effect later, and cost no connection."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import psycopg
import psycopg.sql
import pytest
from psycopg_pool import AsyncConnectionPool

from orange_ordering_client.fleet import FleetError
from orange_ordering_client.fleet.database import Database

_RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    """A pool with one connection, of the caller's own."""
    async with AsyncConnectionPool(dsn, min_size=1, max_size=1, open=False) as made:
        await made.wait()
        yield made


async def test_a_cancelled_statement_has_ended_before_its_caller_goes_on(dsn: str) -> None:
    database = Database(dsn, timeout=5)
    with psycopg.connect(dsn, autocommit=True) as observer:
        statement = asyncio.create_task(database.one("SELECT pg_sleep(3)", {}))
        while observer.execute(_RUNNING).fetchone() == (0,):  # noqa: ASYNC110 -- the server sets no event
            await asyncio.sleep(0.01)
        statement.cancel()
        with suppress(asyncio.CancelledError):
            await statement
        # No turn of the event loop lies between.
        assert observer.execute(_RUNNING).fetchone() == (0,)
    await database.aclose()


@pytest.mark.parametrize("seed", range(6))
async def test_cancelling_loses_no_connection_of_the_pool(pool: AsyncConnectionPool[Any], seed: int) -> None:
    database = Database(pool, timeout=2)
    turns = random.Random(seed)  # noqa: S311 -- which turn of the event loop is no secret

    async def one_cancelled_and_one_not() -> None:
        statement = asyncio.create_task(database.one("SELECT 1", {}))
        for _ in range(turns.randrange(20)):
            await asyncio.sleep(0)
        statement.cancel()
        await asyncio.gather(statement, return_exceptions=True)
        assert await database.one("SELECT 2", {}) == (2,)

    for _ in range(5):
        await asyncio.gather(*(one_cancelled_and_one_not() for _ in range(20)))
    await database.aclose()


async def test_a_database_that_lacks_a_character_refuses_it(postgres: str) -> None:
    name = f"latin_{uuid.uuid4().hex}"
    create = psycopg.sql.SQL("CREATE DATABASE {} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(create.format(psycopg.sql.Identifier(name)))
    database = Database(psycopg.conninfo.make_conninfo(postgres, dbname=name), timeout=5)
    assert await database.one("SELECT %(text)s::text", {"text": "é"}) == ("é",)
    with pytest.raises(FleetError, match="The fleet's database refused: "):
        await database.one("SELECT %(text)s::text", {"text": "Łódź"})
    await database.aclose()
