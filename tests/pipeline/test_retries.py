"""pipeline: what is repeated, and what never is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orange_ordering_client.errors import (
    ApiError,
    BadGateway,
    BusinessRuleViolation,
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    OrderingError,
    RateLimited,
    ServiceUnavailable,
    UnexpectedStatus,
)
from orange_ordering_client.operation import Operation
from orange_ordering_client.retry import RetryPolicy
from tests.calls import ORDER, READ, as_is, calling, settings_for
from tests.clocks import FakeTime
from tests.servers import DROP, Drip, Held, Reply, Server, Truncated, answer, closed_port, error

UNAVAILABLE = error(503, 5)
ORDERS: list[tuple[str, Any, bool, type[OrderingError], bool]] = [
    # what the server does, whether the order is sent again, what it ends with if that goes on, outcome unknown?
    ("429", error(429, 53), True, RateLimited, False),
    ("429 html", Reply(429, b"<html>"), True, RateLimited, False),
    ("429 cut off", Truncated(error(429, 53)), True, RateLimited, False),
    ("403/53", error(403, 53), True, RateLimited, False),
    ("503/5", error(503, 5), True, ServiceUnavailable, False),
    ("503/6", error(503, 6), True, ServiceUnavailable, False),
    ("422/3623", error(422, 3623), True, BusinessRuleViolation, False),
    ("403/50", error(403, 50), False, Forbidden, False),
    ("403 html", Reply(403, b"<html>"), False, Forbidden, False),
    ("422/3620", error(422, 3620), False, BusinessRuleViolation, False),
    ("503 html", Reply(503, b"<html>"), False, ServiceUnavailable, True),
    ("503 empty", Reply(503), False, ServiceUnavailable, True),
    ("503 cut off", Truncated(error(503, 5)), False, ServiceUnavailable, True),
    ("408", error(408, 63), False, ApiError, True),
    ("500", error(500, 1), False, ApiError, True),
    ("502", error(502, 3), False, BadGateway, True),
    ("504", error(504, 6), False, ApiError, True),
    ("418", Reply(418), False, ApiError, True),
    ("520", Reply(520), False, ApiError, True),
    ("599", Reply(599), False, ApiError, True),
    ("302", Reply(302), False, UnexpectedStatus, True),
    ("dropped", DROP, False, ConnectionBroken, True),
    ("answer cut off", Truncated(answer({"id": "1"}, 201)), False, ConnectionBroken, True),
    ("bad gzip", Reply(201, b"no gzip", {"Content-Encoding": "gzip"}), False, DecodeError, True),
    ("silent", lambda _: Held(), False, DeadlineExceeded, True),
    ("dripping", Drip(answer("x" * 100, 201), pause=0.1), False, DeadlineExceeded, True),
]


@pytest.mark.parametrize(
    ("script", "again", "kind", "unknown"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS]
)
async def test_an_order_is_sent_again_only_where_it_was_certainly_not_accepted(
    server: Server, script: Any, again: bool, kind: type[OrderingError], unknown: bool
) -> None:
    server.on("/requests", script)
    timeout, clock = (0.3, None) if kind is DeadlineExceeded else (60.0, FakeTime().clock)

    async with calling(server, clock=clock, timeout=timeout, retry=RetryPolicy(max_attempts=3)) as pipeline:
        with pytest.raises(kind) as caught:
            await pipeline.call(ORDER, as_is, body={"type": "T"})

    assert len(server.calls) == (3 if again else 1)
    assert caught.value.may_have_been_accepted is unknown
    assert ("may have been accepted" in str(caught.value)) is unknown


async def test_an_order_that_never_left_is_sent_again(server: Server) -> None:
    time = FakeTime()
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)  # for the token
        port, server.port = server.port, closed_port()
        pipeline.session.settings = settings_for(server, token_url=f"http://127.0.0.1:{port}/oauth/v3/token")
        with pytest.raises(ConnectionFailed) as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert len(time.slept) == 3
    assert not caught.value.may_have_been_accepted


@pytest.mark.parametrize(
    "script",
    [
        *(error(429, 53), error(403, 53), error(503, 5), Reply(503, b"<html>"), error(500, 1), error(502, 1)),
        *(error(504, 6), error(408, 63), Reply(520), Reply(599), DROP, Truncated(answer([1]))),
        Reply(200, b"no gzip", {"Content-Encoding": "gzip"}),
    ],
    ids=repr,
)
async def test_a_reading_call_is_repeated_until_it_succeeds(server: Server, script: Any) -> None:
    server.on("/requests", script, script, answer([1]))
    time = FakeTime()

    async with calling(server, clock=time.clock) as pipeline:
        assert await pipeline.call(READ, as_is) == [1]

    assert time.slept[:2] == [0.5, 1.0]
    assert len(server.calls) == 3


@pytest.mark.parametrize("script", [error(404, 60), error(422, 3623), Reply(501), Reply(302), error(403, 50)], ids=repr)
async def test_a_reading_call_that_would_fail_again_is_not_repeated(server: Server, script: Any) -> None:
    server.on("/requests", script)

    async with calling(server, clock=FakeTime().clock) as pipeline:
        with pytest.raises(ApiError) as caught:
            await pipeline.call(READ, as_is)

    assert len(server.calls) == 1
    assert not caught.value.may_have_been_accepted


@pytest.mark.parametrize("script", [error(429, 53, Retry_After="1"), UNAVAILABLE, DROP], ids=["429", "503", "dropped"])
@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_without_a_retry_policy_nothing_is_repeated(server: Server, script: Any, operation: Operation) -> None:
    server.on("/requests", script, answer([1]))
    time = FakeTime()

    async with calling(server, clock=time.clock, retry=None) as pipeline:
        with pytest.raises(OrderingError):
            await pipeline.call(operation, as_is)

    assert len(server.calls) == 1
    assert time.slept == []


async def test_the_last_failure_is_raised_when_attempts_run_out(server: Server) -> None:
    server.on("/requests", error(500, 1), error(502, 3))

    async with calling(server, clock=FakeTime().clock, retry=RetryPolicy(max_attempts=2)) as pipeline:
        with pytest.raises(BadGateway):
            await pipeline.call(READ, as_is)


async def test_a_reading_attempt_is_given_up_early_so_that_another_may_succeed(server: Server) -> None:
    server.on("/requests", Held(), answer([1]))

    async with calling(server, clock=FakeTime().clock, retry=RetryPolicy(attempt_timeout=0.1)) as pipeline:
        assert await pipeline.call(READ, as_is) == [1]


async def test_an_order_is_given_all_the_time_there_is(server: Server) -> None:
    held = Held(answer({"id": "1"}, 201))
    server.on("/requests", held)

    async with calling(server, retry=RetryPolicy(attempt_timeout=0.05)) as pipeline:
        order = asyncio.create_task(pipeline.call(ORDER, as_is, body={}))
        await server.until(lambda s: len(s.calls) == 1)
        await asyncio.sleep(0.15)
        held.release.set()
        assert await order == {"id": "1"}

    assert len(server.calls) == 1


async def test_without_a_policy_a_reading_attempt_too_is_given_all_the_time(server: Server) -> None:
    server.on("/requests", Held())

    async with calling(server, retry=None, timeout=0.1) as pipeline:
        with pytest.raises(DeadlineExceeded):
            await pipeline.call(READ, as_is)
