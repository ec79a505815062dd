"""One token for the whole fleet."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from orange_ordering_client import OrderingClient, TokenError
from orange_ordering_client.fleet.tokens import Seal
from orange_ordering_client.secrets import Secret
from orange_ordering_client.settings import Settings
from tests.fleet.clients import world
from tests.fleet.servers import Way

SETTINGS = Settings.of(client_id="me", client_secret="s3cret", api_key="key", base_url=None, token_url=None, scope=None)
PROCESSES = 3
TASKS = 12


async def read_all(clients: list[OrderingClient], tasks: int = TASKS) -> None:
    """Many tasks of many processes, all at once."""
    await asyncio.gather(*(client.requests.list(limit=1) for client in clients for _ in range(tasks)))


def stored(dsn: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT id, sealed, expires_at - clock_timestamp() FROM orange_ordering.tokens"
        ).fetchall()


async def test_a_fleet_without_a_token_fetches_one(dsn: str) -> None:
    async with world(dsn) as here:
        await read_all([await here.client() for _ in range(PROCESSES)])
        assert here.received("token") == 1


async def test_a_token_that_expires_is_replaced_once(dsn: str) -> None:
    async with world(dsn) as here:
        clients = [await here.client() for _ in range(PROCESSES)]
        await read_all(clients)
        here.sandbox.access.expire_all()
        await read_all(clients)
        assert here.received("token") == 2


async def test_a_token_that_is_revoked_is_replaced_once(dsn: str) -> None:
    async with world(dsn) as here:
        clients = [await here.client() for _ in range(PROCESSES)]
        await read_all(clients)
        here.sandbox.access.revoke_all()
        await read_all(clients)
        newcomer = await here.client()
        await read_all([newcomer])
        assert here.received("token") == 2


async def test_a_token_about_to_expire_is_not_taken_over(dsn: str) -> None:
    from orange_ordering_client.sandbox import Sandbox

    # Refreshed from a tenth of its life before the end on, so after 0.9 s.
    async with world(dsn, Sandbox(token_lifetime=1)) as here:
        await read_all([await here.client()], 1)
        await asyncio.sleep(0.95)
        await read_all([await here.client()], 1)
        assert here.received("token") == 2


async def test_it_is_stored_encrypted_with_its_lifetime(dsn: str) -> None:
    async with world(dsn) as here:
        session = here.session(here.fleet())
        from orange_ordering_client.clock import Deadline

        token = await session.tokens.get(Deadline.after(20, session.clock))
        seal = Seal(session.settings)
        ((sealed, left),) = [(sealed, left) for name, sealed, left in stored(dsn) if name == seal.id]
        assert token.value.reveal().encode() not in sealed
        assert session.settings.client_secret.reveal().encode() not in sealed
        assert seal.open(sealed) == token.value
        assert timedelta(seconds=3590) < left <= timedelta(seconds=3600)


async def test_one_that_was_tampered_with_is_replaced(dsn: str) -> None:
    async with world(dsn) as here:
        await read_all([await here.client()], 1)
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "UPDATE orange_ordering.tokens SET sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))"
            )
        await read_all([await here.client()], 1)
        assert here.received("token") == 2


@pytest.mark.parametrize("change", ["client_id", "client_secret", "token_url", "scope"])
def test_only_who_has_the_same_credentials_can_read_it(change: str) -> None:
    value = Secret("other") if change == "client_secret" else "https://other.example/x"
    other = Seal(attrs.evolve(SETTINGS, **{change: value}))
    assert other.id != Seal(SETTINGS).id
    assert other.open(Seal(SETTINGS).close(Secret("token"))) is None


def test_the_same_token_is_never_encrypted_alike() -> None:
    seal = Seal(SETTINGS)
    assert seal.close(Secret("token")) != seal.close(Secret("token"))


def test_what_is_no_sealed_token_is_none() -> None:
    assert Seal(SETTINGS).open(b"") is None


async def test_without_the_database_a_process_goes_on_with_its_token(path: Way) -> None:
    async with world(path.dsn) as here:
        client = await here.client(here.fleet(timeout=1))
        await read_all([client])
        path.cut()
        await read_all([client])
        assert here.received("token") == 1


async def test_without_the_database_a_process_fetches_its_own(path: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with world(path.dsn) as here:
        path.cut()
        await read_all([await here.client(here.fleet(timeout=1))])
        assert here.received("token") == 1
    assert "the token is not shared with the fleet" in caplog.text


async def test_a_database_lost_during_the_fetch_costs_no_second_one(path: Way) -> None:
    async with world(path.dsn) as here:
        here.sandbox.faults.add("token:latency:0.5:1")
        client = await here.client(here.fleet(timeout=1))
        reading = asyncio.create_task(read_all([client]))
        while not here.received("token"):  # noqa: ASYNC110 -- the sandbox changes it
            await asyncio.sleep(0.01)
        path.cut()
        await reading
        assert here.received("token") == 1


async def test_a_refusal_is_raised_as_without_a_fleet(dsn: str) -> None:
    async with world(dsn) as here:
        client = await here.client(client_secret="wrong")
        with pytest.raises(TokenError, match="Check ORANGE_CLIENT_ID"):
            await client.requests.list()


async def test_reading_costs_no_round_trip(path: Way) -> None:
    async with world(path.dsn) as here:
        client = await here.client(here.fleet(lease=600))
        await read_all([client], 1)
        await asyncio.sleep(0.3)
        path.trips.clear()
        await read_all([client])
        assert sum(path.trips.values()) == 0, path.trips
