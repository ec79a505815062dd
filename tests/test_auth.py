"""auth: one token for any number of callers, renewed before it ends, and never a secret in what is said about it."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
import math
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.auth import Token, TokenSource, fetch_token, read_token
from orange_ordering_client.clock import Clock, Deadline
from orange_ordering_client.errors import ClientClosed, DeadlineExceeded, TokenError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.sender import Sender
from tests.calls import CLIENT_ID, SECRET, http_client, settings_for
from tests.clocks import FakeTime
from tests.servers import DROP, TOKEN_PATH, Held, Raw, Reply, Server, closed_port, error, grant, serving

# ---- reading the answer ----


def read(status: int = 200, **fields: object) -> Token | TokenError:
    body = {"access_token": "T", "token_type": "Bearer", "expires_in": 3600, **fields}
    return read_token(status, json.dumps(body).encode(), sent_at=1000.0)


@pytest.mark.parametrize(
    ("expires_in", "lifetime", "ahead"),
    [
        (3600, 3600.0, 60.0),
        ("3600", 3600.0, 60.0),
        (3600.5, 3600.5, 60.0),
        (600, 600.0, 60.0),
        (300, 300.0, 30.0),
        (10, 10.0, 1.0),
        (0.5, 0.5, 0.05),
    ],
)
def test_a_token_is_renewed_a_minute_or_a_tenth_of_its_life_ahead(
    expires_in: object, lifetime: float, ahead: float
) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == pytest.approx(1000.0 + lifetime)
    assert token.refresh_at == pytest.approx(1000.0 + lifetime - ahead)


@pytest.mark.parametrize(
    "expires_in",
    [
        *(None, True, False, [3600], {"s": 1}),
        *("", "soon", "--1", "3600.0", "1e3", " 3600", "\u0663", "9" * 19, "9" * 5000),
        *(1e12, 10**400, math.nan, math.inf, -math.inf),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_lifetime_that_makes_no_sense_is_unknown_and_the_token_serves_until_it_is_refused(expires_in: object) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == token.refresh_at == math.inf


def test_a_lifetime_that_is_absent_is_unknown() -> None:
    token = read_token(200, b'{"access_token": "T"}', sent_at=0.0)

    assert isinstance(token, Token)
    assert token.expires_at == math.inf


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", "BearerToken"])
def test_the_type_of_a_token_is_read_in_any_case(kind: str) -> None:
    assert isinstance(read(token_type=kind), Token)


@pytest.mark.parametrize("kind", ["mac", "", None, 1])
def test_a_token_that_is_no_bearer_token_is_refused(kind: object) -> None:
    refused = read(token_type=kind)

    assert isinstance(refused, TokenError)
    assert "not a bearer token" in str(refused)


@pytest.mark.parametrize("value", [None, "", 5, ["T"], "a b", "a\r\nX-Evil: 1", "t\u00e9", "\x7f"])
def test_what_no_header_can_carry_is_no_token(value: object) -> None:
    refused = read(access_token=value)

    assert isinstance(refused, TokenError)
    assert "without a usable access_token" in str(refused)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"access_token": "T', b"\xff\xfe\x00", b"[" * 100_000], ids=repr
)
def test_an_answer_that_is_no_json_object_holds_no_token(body: bytes) -> None:
    refused = read_token(200, body[:200_000], sent_at=0.0)

    assert isinstance(refused, TokenError)
    assert refused.status == 200


@given(st.integers(min_value=100, max_value=999), st.binary())
def test_any_answer_of_the_token_endpoint_is_a_token_or_a_token_error(status: int, body: bytes) -> None:
    assert isinstance(read_token(status, body, sent_at=0.0), (Token, TokenError))


@pytest.mark.parametrize(
    ("status", "fields", "said"),
    [
        (400, {"error": "invalid_scope"}, "status 400 (invalid_scope). Check ORANGE_ORDERING_SCOPE."),
        (400, {"error": "invalid_client"}, "(invalid_client). Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."),
        (401, {"error": "invalid_client", "error_description": "x"}, "(invalid_client). Check ORANGE_CLIENT_ID"),
        (401, {}, "status 401. Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."),
        (400, {"error": "unsupported_grant_type"}, "status 400 (unsupported_grant_type)."),
        (400, {"error": 5, "error_description": ["a"]}, "status 400."),
        (302, {}, "status 302."),
        (202, {"access_token": "T"}, "status 202."),
    ],
)
def test_a_refusal_says_what_to_check(status: int, fields: dict[str, object], said: str) -> None:
    refused = read_token(status, json.dumps(fields).encode(), sent_at=0.0)

    assert isinstance(refused, TokenError)
    assert said in str(refused)
    assert refused.status == status
    error, words = fields.get("error"), fields.get("error_description")
    assert refused.error == (error if isinstance(error, str) else None)
    assert refused.error_description == (words if isinstance(words, str) else None)


@pytest.mark.parametrize("error", ["s3cret", "s3cret invalid", "Basic s3cret=="])
def test_an_error_that_is_no_word_of_the_standard_is_not_repeated(error: str) -> None:
    refused = read(400, error=error, error_description="s3cret")

    assert "s3cret" not in str(refused) + repr(refused)


# ---- asking for it ----


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


# ---- sharing it ----


class Fetches:
    """A fetch that ends when the test says so."""

    def __init__(self, *results: Token | Exception | None) -> None:
        self.results = list(results)
        self.begun = 0
        self.cancelled = 0
        self.go = asyncio.Event()

    async def __call__(self) -> Token:
        self.begun += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        result = self.results.pop(0)
        assert result is not None
        if isinstance(result, Exception):
            raise result
        return result


def token(name: str, time: FakeTime, lifetime: float = 100.0) -> Token:
    now = time.monotonic()
    return Token(Secret(name), refresh_at=now + lifetime * 0.9, expires_at=now + lifetime)


async def settled(condition: Callable[[], bool] = lambda: False) -> None:
    for _ in range(10):
        if condition():
            return
        await asyncio.sleep(0)


async def test_a_thousand_callers_share_one_fetch() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(1000)]
    await settled()

    fetch.go.set()

    assert {(await caller).value.reveal() for caller in callers} == {"A"}
    assert fetch.begun == 1


@pytest.mark.parametrize("which", [0, 1, 499, 999])
async def test_cancelling_any_caller_harms_no_other(which: int) -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(1000)]
    await settled()

    callers[which].cancel()
    await settled()
    fetch.go.set()
    results = await asyncio.gather(*callers, return_exceptions=True)

    assert isinstance(results.pop(which), asyncio.CancelledError)
    assert all(isinstance(result, Token) for result in results)
    assert (fetch.begun, fetch.cancelled) == (1, 0)


async def test_even_when_all_callers_are_cancelled_the_token_is_kept_for_the_next() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(3)]
    await settled()
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    fetch.go.set()

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "A"
    assert fetch.begun == 1


async def test_a_failed_fetch_fails_all_its_waiters_once_each_with_an_exception_of_its_own() -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no", status=400, error="invalid_scope"))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(100)]
    await settled()
    fetch.go.set()

    failures = await asyncio.gather(*callers, return_exceptions=True)

    assert fetch.begun == 1
    assert all(isinstance(failure, TokenError) and failure.error == "invalid_scope" for failure in failures)
    assert len({id(failure) for failure in failures}) == 100
    for failure in failures:
        assert isinstance(failure, TokenError)
        assert failure.__cause__ is failure.__context__ is None


async def test_after_a_failed_fetch_the_next_caller_asks_again() -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no"), token("B", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    with pytest.raises(TokenError):
        await source.get(Deadline.after(60, time.clock))

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_failed_fetch_that_nobody_waits_for_any_more_is_not_reported_by_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no"))
    source = TokenSource(fetch, time.clock)
    caller = asyncio.create_task(source.get(Deadline.after(60, time.clock)))
    await settled()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    fetch.go.set()
    await settled()
    gc.collect()

    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == ["orange_ordering_client"]


async def test_an_unforeseen_exception_of_a_fetch_reaches_the_caller_as_it_is() -> None:
    time = FakeTime()
    fetch = Fetches(ZeroDivisionError())
    fetch.go.set()

    with pytest.raises(ZeroDivisionError):
        await TokenSource(fetch, time.clock).get(Deadline.after(60, time.clock))


async def test_a_caller_waits_no_longer_than_its_own_deadline_and_the_fetch_goes_on() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    patient = asyncio.create_task(source.get(Deadline.after(60, time.clock)))

    with pytest.raises(DeadlineExceeded, match=r"Nothing was sent: no access token within the 0\.05 s"):
        await source.get(Deadline.after(0.05, time.clock))

    fetch.go.set()
    assert (await patient).value.reveal() == "A"
    assert fetch.begun == 1


async def test_a_token_serves_until_it_is_about_to_expire() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), None)
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    for _ in range(3):
        time.advance(29.0)
        await source.get(Deadline.after(60, time.clock))

    assert fetch.begun == 1


async def test_shortly_before_it_expires_a_token_is_renewed_while_it_still_serves() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    fetch.go.clear()
    time.advance(91.0)
    fetch.results.append(token("B", time))

    during = [(await source.get(Deadline.after(60, time.clock))).value.reveal() for _ in range(5)]
    await settled(lambda: fetch.begun == 2)
    assert during == ["A"] * 5
    assert fetch.begun == 2

    fetch.go.set()
    await settled()
    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_failing_renewal_harms_nobody_while_the_old_token_lives_and_is_not_hammered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), *[TokenError("no") for _ in range(9)])
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    time.advance(91.0)

    begun = []
    for _ in range(8):  # 8 s, a call each: at 91, 92, ... 98
        assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "A"
        await settled()
        begun.append(fetch.begun)
        time.advance(1.0)

    assert begun == [2, 2, 2, 2, 2, 3, 3, 3]
    assert caplog.messages == ["no new access token: no"] * 2
    time.advance(10.0)
    with pytest.raises(TokenError):
        await source.get(Deadline.after(60, time.clock))


async def test_once_it_expired_a_token_is_of_no_use() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), token("B", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    time.advance(100.0)

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_refused_token_is_forgotten_only_while_it_is_the_current_one() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), token("B", time), None)
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    first = await source.get(Deadline.after(60, time.clock))

    source.discard(first)
    second = await source.get(Deadline.after(60, time.clock))
    source.discard(first)  # a late 401 for the old token
    third = await source.get(Deadline.after(60, time.clock))

    assert (second.value.reveal(), third) == ("B", second)
    assert fetch.begun == 2


async def test_closing_stops_a_fetch_and_tells_whoever_waits() -> None:
    time = FakeTime()
    fetch = Fetches()
    source = TokenSource(fetch, time.clock)
    waiting = asyncio.create_task(source.get(Deadline.after(60, time.clock)))
    await settled(lambda: fetch.begun == 1)

    await source.aclose()

    assert fetch.cancelled == 1
    with pytest.raises(ClientClosed, match="closed while the call waited"):
        await waiting
    await source.aclose()


@pytest.mark.parametrize("expires_in", [0, -1, -0.5, "0", "-1"])
def test_a_lifetime_of_zero_or_less_has_expired(expires_in: object) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == token.refresh_at == 1000.0


def test_status_201_brings_a_token_too() -> None:
    assert isinstance(read(201), Token)


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
