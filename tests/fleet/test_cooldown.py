"""One pause for the whole fleet."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

import psycopg
import pytest

from orange_ordering_client import RateLimited
from orange_ordering_client.auth import Token, fetch_token
from orange_ordering_client.session import Session
from tests.fleet.clients import world
from tests.fleet.servers import Way


async def paused(session: Session, within: float) -> float:
    """Seconds until a client pauses."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while not session.cooldown.left():  # noqa: ASYNC110 -- another process changes it
            await asyncio.sleep(0.001)
    return time.monotonic() - began


async def listening(*sessions: Session) -> None:
    """Begin to listen, as the first call does."""
    for session in sessions:
        assert session.membership is not None
        await session.membership.tokens.get(fetching(session))
    await asyncio.sleep(0.4)


def fetching(session: Session) -> Callable[[], Awaitable[Token]]:
    return partial(fetch_token, session.sender, session.settings, session.clock)


async def test_a_pause_of_one_is_a_pause_of_all_within_100_ms(dsn: str) -> None:
    async with world(dsn) as here:
        first, second, third = (here.session(here.fleet()) for _ in range(3))
        await listening(first, second, third)
        delays: list[float] = []
        for _ in range(5):
            first.cooldown.start(0.3)
            delays += await asyncio.gather(paused(second, 2), paused(third, 2))
            await asyncio.sleep(0.4)
        assert sorted(delays)[len(delays) // 2] < 0.1, delays


async def test_a_rate_limit_that_one_client_meets_delays_the_call_of_another(dsn: str) -> None:
    async with world(dsn) as here:
        one, other = await here.client(retry=None), await here.client()
        await other.requests.list()
        await one.requests.list()
        await asyncio.sleep(0.4)
        here.sandbox.faults.add("GET /requests:rate-limit:429/1:1")
        with pytest.raises(RateLimited):
            await one.requests.list()
        here.sandbox.faults.clear()
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await other.requests.list()
        assert time.monotonic() - began > 0.7


async def test_whoever_comes_later_pauses_for_what_is_left(dsn: str) -> None:
    async with world(dsn) as here:
        first = here.session(here.fleet())
        await listening(first)
        first.cooldown.start(5)
        await asyncio.sleep(0.3)
        late = here.session(here.fleet())
        await listening(late)
        assert 3 < late.cooldown.left() < 4.9


async def test_what_was_said_while_nobody_listened_is_caught_up_with(path: Way) -> None:
    async with world(path.dsn) as here:
        deaf, other = here.session(here.fleet()), here.session(here.fleet(f"host={path.folder} user=postgres"))
        await listening(deaf, other)
        path.cut()
        other.cooldown.start(8)
        await asyncio.sleep(0.3)
        assert deaf.cooldown.left() == 0
        path.open = True
        await paused(deaf, 5)


async def test_other_accounts_do_not_pause(dsn: str) -> None:
    async with world(dsn) as here:
        first, stranger = here.session(here.fleet()), here.session(here.fleet(account=uuid.uuid4().hex))
        await listening(first, stranger)
        first.cooldown.start(1)
        await asyncio.sleep(0.3)
        assert stranger.cooldown.left() == 0


@pytest.mark.parametrize("payload", ["", "no JSON", "[1]", "{}", '{"pause": "%s", "seconds": "x"}', '{"pause": "%s"}',
                                     '{"pause": "%s", "seconds": -1}', '{"pause": "%s", "seconds": NaN}'])  # fmt: skip
async def test_other_notifications_are_ignored(dsn: str, payload: str) -> None:
    async with world(dsn) as here:
        account = uuid.uuid4().hex
        session = here.session(here.fleet(account=account))
        await listening(session)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_notify('orange_ordering', %s)", [payload.replace("%s", account)])
            connection.execute(
                "SELECT pg_notify('orange_ordering', %s)", [json.dumps({"pause": account, "seconds": 1e9, "by": "me"})]
            )
        await paused(session, 2)
        # The one that it understood, which no member can make longer than an hour.
        assert session.cooldown.left() <= 3600


async def test_without_the_database_a_client_pauses_alone(path: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with world(path.dsn) as here:
        session = here.session(here.fleet(timeout=0.3))
        await listening(session)
        path.cut()
        session.cooldown.start(5)
        assert session.cooldown.left() > 4
        await asyncio.sleep(0.6)
    assert "a rate limit could not be announced to the fleet" in caplog.text
