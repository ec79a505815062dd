"""A fleet over PostgreSQL: pools of the caller's, rights, and what it refuses."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.fleet import FleetError, PostgresFleet
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from tests.fleet.conftest import KEY, Made, recalled


async def test_a_pool_of_the_callers_is_used_and_stays_open(dsn: str, account: str) -> None:
    from psycopg_pool import AsyncConnectionPool

    async with AsyncConnectionPool(dsn, min_size=1, max_size=3, open=False) as pool:
        async with PostgresFleet(pool, account=account) as fleet:
            async with fleet.claim(KEY) as claim:
                await claim.sending(within=60)
                await claim.placed("3-1")
            assert await recalled(fleet) == Intent("3-1")
        async with pool.connection() as connection:
            assert not connection.autocommit
            assert await (await connection.execute("SELECT 1")).fetchone() == (1,)


async def test_a_role_without_rights_is_told_where_they_are_listed(dsn: str) -> None:
    role = f"nobody_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN").format(psycopg.sql.Identifier(role)))
    try:
        async with PostgresFleet(psycopg.conninfo.make_conninfo(dsn, user=role), account="a") as fleet:
            with pytest.raises(FleetError, match=r"permission denied.*docs/fleet\.md"):
                await recalled(fleet)
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(role)))


async def test_a_reference_that_the_database_cannot_hold_is_refused_before_anything_is_sent(fleet: Made) -> None:
    with pytest.raises(FleetError, match=r"Nothing was sent\. The fleet's database refused"):
        await recalled(fleet(), Key("WAN\x00042", KEY.type))


async def test_a_claim_needs_an_account(dsn: str) -> None:
    with pytest.raises(ConfigurationError, match="account of the order is not known"):
        PostgresFleet(dsn).claim(KEY)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"lease": 0}, "lease is 0"), ({"timeout": float("inf")}, "timeout is inf"), ({"account": ""}, "account must")],
)
def test_unusable_options_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        PostgresFleet("dbname=x", **options)  # type: ignore[arg-type]  # that is the point


def test_a_dsn_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as raised:
        PostgresFleet("user:hunter2@host")
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_no_password_shows(dsn: str) -> None:
    assert "hunter2" not in repr(PostgresFleet("postgresql://user:hunter2@host/db"))


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orange_ordering_client.fleet.database.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"orange-ordering-client\[postgres\]"):
        PostgresFleet("dbname=x")
