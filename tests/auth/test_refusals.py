"""auth: a refusal is remembered, and no token is requested earlier than asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from orange_ordering_client.auth import Token, TokenSource, fetch_token
from orange_ordering_client.clock import Deadline
from orange_ordering_client.errors import TokenError
from orange_ordering_client.transport.sender import Sender
from tests.calls import http_client, settings_for
from tests.clocks import FakeTime
from tests.servers import Reply, Server, error, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


async def settled(condition: Callable[[], bool] = lambda: False) -> None:
    for _ in range(10):
        if condition():
            return
        await asyncio.sleep(0)


async def get_tokens(server: Server, time: FakeTime, *waits: float, retrying: bool = True) -> list[object]:
    """What callers get, each after a wait; one token source over a real connection."""
    outcomes: list[object] = []
    async with http_client() as http:
        fetch = partial(fetch_token, Sender(http), settings_for(server), time.clock)
        source = TokenSource(fetch, time.clock, partial(fetch, None))
        for wait in waits:
            time.advance(wait)
            try:
                outcomes.append(await source.get(Deadline.after(60.0, time.clock), retrying=retrying))
            except TokenError as refused:
                outcomes.append(refused)
            await settled()
    return outcomes


async def test_a_token_that_has_expired_serves_the_call_that_fetched_it_and_is_not_kept(server: Server) -> None:
    server.tokens(grant(expires_in=0))

    outcomes = await get_tokens(server, FakeTime(), 0.0, 0.0)

    assert all(isinstance(outcome, Token) for outcome in outcomes)
    assert len(server.received) == 2


async def test_a_refusal_holds_for_every_caller_for_thirty_seconds(server: Server) -> None:
    server.tokens(Reply(401, b'{"error": "invalid_client"}'), grant())

    first, second, third = await get_tokens(server, FakeTime(), 0.0, 29.0, 1.0)

    assert isinstance(first, TokenError)
    assert "no token is requested" not in str(first)
    assert isinstance(second, TokenError)
    assert second.error == "invalid_client"
    assert "no token is requested for another 1 s" in str(second)
    assert isinstance(third, Token)
    assert len(server.received) == 2


@pytest.mark.parametrize(("status", "definite"), [(400, True), (401, True), (499, True), (500, False), (501, False)])
async def test_only_an_error_of_the_client_is_remembered(server: Server, status: int, *, definite: bool) -> None:
    server.tokens(Reply(status), grant())

    first, second = await get_tokens(server, FakeTime(), 0.0, 0.0, retrying=False)

    assert isinstance(first, TokenError)
    assert isinstance(second, TokenError if definite else Token)


async def test_no_token_is_requested_earlier_than_the_endpoint_asked(server: Server) -> None:
    server.tokens(error(429, 53, Retry_After="100"), grant())

    first, second, third = await get_tokens(server, FakeTime(), 0.0, 99.0, 1.0)

    assert isinstance(first, TokenError)
    assert first.retry_after == 100.0
    assert isinstance(second, TokenError)
    assert isinstance(third, Token)
    assert len(server.received) == 2


async def test_an_outage_of_the_endpoint_is_not_remembered(server: Server) -> None:
    server.tokens(Reply(503), Reply(503), Reply(503), grant())

    first, second = await get_tokens(server, FakeTime(), 0.0, 0.0)

    assert isinstance(first, TokenError)
    assert isinstance(second, Token)


async def test_a_call_without_a_retry_policy_makes_one_token_request(server: Server) -> None:
    server.tokens(Reply(503))

    await get_tokens(server, FakeTime(), 0.0, retrying=False)

    assert len(server.received) == 1
