"""auth: fetching a token, with attempts and pauses of its own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from orange_ordering_client.auth import Token, fetch_token
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import TokenError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.sender import Sender
from tests.calls import CLIENT_ID, SECRET, http_client, settings_for
from tests.clocks import FakeTime
from tests.servers import DROP, TOKEN_PATH, Held, Raw, Reply, Server, closed_port, error, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


async def fetched(server: Server, clock: Clock) -> Token:
    async with http_client() as http:
        return await fetch_token(Sender(http), settings_for(server, scope="b2b:ordering:readonly"), clock)


async def test_a_token_is_asked_for_as_the_guides_say(server: Server) -> None:
    time = FakeTime()

    token = await fetched(server, time.clock)

    (request,) = server.received
    assert (request.method, request.target) == ("POST", TOKEN_PATH)
    assert request.headers["authorization"] == f"Basic {base64.b64encode(f'{CLIENT_ID}:{SECRET}'.encode()).decode()}"
    assert request.headers["accept"] == "application/json"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["b2b:ordering:readonly"],
    }
    assert "x-api-key" not in request.headers
    assert token.value == Secret("T-1")


async def test_the_life_of_a_token_counts_from_before_it_was_asked_for(server: Server) -> None:
    time = FakeTime()

    def slowly(_: object) -> Reply:
        time.advance(10.0)
        return grant(expires_in=100)

    server.tokens(slowly)

    token = await fetched(server, time.clock)

    assert token.expires_at == 1000.0 + 100.0


async def test_the_life_of_a_token_counts_from_the_attempt_that_brought_it(server: Server) -> None:
    time = FakeTime()
    server.tokens(Reply(503), grant(expires_in=100))

    token = await fetched(server, time.clock)

    assert time.slept == [0.5]
    assert token.expires_at == 1000.5 + 100.0


@pytest.mark.parametrize(
    "script",
    [Reply(500), Reply(502), Reply(503, b"<html>"), Reply(429), Reply(408), DROP, Raw(b"HTTP/1.1 2")],
    ids=repr,
)
async def test_a_fetch_is_tried_again_where_that_may_help(server: Server, script: Any) -> None:
    time = FakeTime()
    server.tokens(script, script, grant())

    await fetched(server, time.clock)

    assert len(server.received) == 3
    assert time.slept == [0.5, 1.0]


async def test_a_fetch_is_given_up_after_three_attempts(server: Server) -> None:
    server.tokens(Reply(503))

    with pytest.raises(TokenError, match="status 503") as caught:
        await fetched(server, FakeTime().clock)

    assert caught.value.status == 503
    assert len(server.received) == 3


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
async def test_a_refusal_is_not_tried_again_and_a_redirect_not_followed(server: Server, status: int) -> None:
    server.tokens(Reply(status, b"", {"Location": "/elsewhere"}))

    with pytest.raises(TokenError, match=f"status {status}"):
        await fetched(server, FakeTime().clock)

    assert [request.path for request in server.received] == [TOKEN_PATH]


async def test_an_endpoint_that_was_not_reached_is_a_token_error_without_a_status(server: Server) -> None:
    server.port = closed_port()

    with pytest.raises(
        TokenError, match=r"No access token could be had\. 127.0.0.1:[0-9]+ could not be reached"
    ) as caught:
        await fetched(server, FakeTime().clock)

    assert caught.value.status is None
    assert not caught.value.may_have_been_accepted


async def test_the_token_endpoints_own_retry_after_is_kept(server: Server) -> None:
    time = FakeTime()
    server.tokens(error(429, 53, Retry_After="9"), grant())

    await fetched(server, time.clock)

    assert time.slept == [9.0]


async def test_a_date_in_retry_after_is_measured_by_the_clock_if_the_response_has_none(server: Server) -> None:
    time = FakeTime()
    later = format_datetime(time.clock.now() + timedelta(seconds=9), usegmt=True)
    server.tokens(error(429, 53, Retry_After=later), grant())

    await fetched(server, time.clock)

    assert time.slept == [pytest.approx(9.0, abs=1.0)]


async def test_a_pause_that_the_fetch_has_no_time_for_is_not_begun(server: Server) -> None:
    time = FakeTime()
    server.tokens(error(429, 53, Retry_After="41"), grant())

    with pytest.raises(TokenError, match="status 429"):
        await fetched(server, time.clock)

    assert time.slept == []


async def test_an_attempt_has_a_timeout_of_its_own(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orange_ordering_client.auth._FETCH_TIMEOUT", 0.1)
    server.tokens(Held(), grant())

    async with asyncio.timeout(2):
        await fetched(server, FakeTime().clock)

    assert len(server.received) == 2


def token(name: str, time: FakeTime, lifetime: float = 100.0) -> Token:
    now = time.monotonic()
    return Token(Secret(name), refresh_at=now + lifetime * 0.9, expires_at=now + lifetime)
