"""Making and updating the tables."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from orange_ordering_client.fleet import FleetError, PostgresFleet, migrating
from orange_ordering_client.fleet.schema import LATEST, MIGRATIONS
from orange_ordering_client.orders.key import Key

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLAIMED_BY_VERSION_1 = """
SELECT granted, sent, request_id, in_doubt_for::float8 FROM orange_ordering.claim(
    'k', %(account)s, %(type)s, %(reference)s, %(ticket)s, %(ticket)s, 'old', 0.0)
"""
SENT_BY_VERSION_1 = "SELECT orange_ordering.sending(%(ticket)s, %(account)s, %(type)s, %(reference)s, 1.0)"
TABLES = {"claims", "groups", "members", "migrations", "orders", "pauses", "tokens"}


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return {
            name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname='orange_ordering'")
        }


async def test_the_tables_are_made_in_a_schema_of_their_own(empty: str) -> None:
    async with PostgresFleet(empty) as fleet:
        assert await fleet.migrate() == LATEST
    assert tables(empty) == TABLES


async def test_a_second_time_changes_nothing(empty: str) -> None:
    async with PostgresFleet(empty) as fleet:
        assert [await fleet.migrate(), await fleet.migrate()] == [LATEST, LATEST]


async def test_several_may_do_it_at_once(empty: str) -> None:
    fleets = [PostgresFleet(empty) for _ in range(4)]
    versions = await asyncio.gather(*(fleet.migrate() for fleet in fleets))
    assert versions == [LATEST] * 4
    await asyncio.gather(*(fleet.aclose() for fleet in fleets))


async def test_tables_of_version_1_are_updated_and_keep_what_was_sent(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Key("WAN-1", "R_BVPN_FR_1")
    values = {"ticket": UUID(int=1), "account": "a", "type": key.type, "reference": key.reference}
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "MIGRATIONS", MIGRATIONS[:1])
        patch.setattr(migrating, "LATEST", 1)
        async with PostgresFleet(empty) as fleet:
            assert await fleet.migrate() == 1
    with psycopg.connect(empty) as connection:
        # A member of that version sends.
        connection.execute(CLAIMED_BY_VERSION_1, values)
        connection.execute(SENT_BY_VERSION_1, values)
    async with PostgresFleet(empty, account="a") as fleet:
        with pytest.raises(FleetError, match=r"earlier version: run `orange-ordering fleet migrate`"):
            async with fleet.claim(key):
                pass
        assert await fleet.migrate() == LATEST
        with psycopg.connect(empty) as connection:
            # It goes on with the functions it knows.
            connection.execute(SENT_BY_VERSION_1, values)
        async with fleet.claim(key) as claim:
            assert claim.intent is not None
            assert claim.intent.newest_before is None
            await claim.sending(newest_before=NOON)
        async with fleet.claim(key) as claim:
            assert claim.intent is not None
            assert claim.intent.newest_before == NOON


async def test_a_schema_that_an_administrator_made_is_used(empty: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE SCHEMA orange_ordering")
    async with PostgresFleet(empty) as fleet:
        assert await fleet.migrate() == LATEST


async def test_tables_of_a_later_version_are_refused(empty: str) -> None:
    async with PostgresFleet(empty) as fleet:
        await fleet.migrate()
        with psycopg.connect(empty) as connection:
            connection.execute("INSERT INTO orange_ordering.migrations (version) VALUES (999)")
        with pytest.raises(FleetError, match=r"have version 999.*update the package"):
            await fleet.migrate()


async def test_missing_tables_are_named_before_anything_is_sent(empty: str) -> None:
    async with PostgresFleet(empty, account="a") as fleet:
        with pytest.raises(FleetError, match=r"Nothing was sent.*orange-ordering fleet migrate"):
            async with fleet.claim(Key("WAN-1", "R_BVPN_FR_1")):
                pass
