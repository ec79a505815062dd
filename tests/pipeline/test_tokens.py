"""pipeline: calls and the token that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from orange_ordering_client.errors import TokenError, Unauthorized
from orange_ordering_client.operation import Operation
from orange_ordering_client.retry import RetryPolicy
from tests.calls import ORDER, READ, STATUS, as_is, calling
from tests.clocks import FakeTime
from tests.servers import Held, Received, Reply, Server, answer, error, grant

UNAVAILABLE = error(503, 5)


async def test_a_thousand_calls_at_once_ask_for_one_token(server: Server) -> None:
    async with calling(server) as pipeline:
        await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(1000)))

    assert len(server.token_requests) == 1
    assert len(server.calls) == 1000


@pytest.mark.parametrize("which", [0, 299])
async def test_hundreds_of_calls_with_an_expired_token_ask_for_one_whichever_is_cancelled(
    server: Server, which: int
) -> None:
    time = FakeTime()
    held = Held(grant("second"))
    server.tokens(grant("first", expires_in=100), held)
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(101.0)
        calls = [asyncio.create_task(pipeline.call(READ, as_is)) for _ in range(300)]
        await server.until(lambda s: len(s.token_requests) == 2)

        calls[which].cancel()
        await asyncio.sleep(0)
        held.release.set()
        results = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(results.pop(which), asyncio.CancelledError)
    assert results == [{}] * 299
    assert len(server.token_requests) == 2
    assert {call.headers["authorization"] for call in server.calls[1:]} == {"Bearer second"}


async def test_a_failed_fetch_fails_every_call_that_waits_with_one_request(server: Server) -> None:
    server.tokens(answer({"error": "invalid_client"}, 401))

    async with calling(server) as pipeline:
        failures = await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(200)), return_exceptions=True)

    assert all(isinstance(failure, TokenError) and failure.status == 401 for failure in failures)
    assert len(server.token_requests) == 1
    assert server.calls == []


@pytest.mark.parametrize(("retry", "asked"), [(None, 1), (RetryPolicy(max_attempts=3), 3)])
async def test_a_token_is_asked_for_as_often_as_a_call_may_be_tried(
    server: Server, retry: RetryPolicy | None, asked: int
) -> None:
    server.tokens(UNAVAILABLE)

    async with calling(server, clock=FakeTime().clock, retry=retry) as pipeline:
        with pytest.raises(TokenError):
            await pipeline.call(READ, as_is)

    assert len(server.token_requests) == asked


def only_for(*tokens: str) -> Callable[[Received], Reply]:
    def judge(request: Received) -> Reply:
        good = request.headers["authorization"] in [f"Bearer {token}" for token in tokens]
        return answer([1]) if good else error(401, 42)

    return judge


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
@pytest.mark.parametrize("retry", [RetryPolicy(), None], ids=["retrying", "not retrying"])
async def test_a_refused_token_is_replaced_and_the_call_replayed_once(
    server: Server, operation: Operation, retry: RetryPolicy | None
) -> None:
    server.tokens(grant("old"), grant("new"))
    server.on("/requests", only_for("new"))
    time = FakeTime()

    async with calling(server, clock=time.clock, retry=retry) as pipeline:
        assert await pipeline.call(operation, as_is) == [1]

    assert [call.headers["authorization"] for call in server.calls] == ["Bearer old", "Bearer new"]
    assert time.slept == []


async def test_a_second_401_ends_the_call(server: Server) -> None:
    server.on("/requests", error(401, 41))

    async with calling(server, clock=FakeTime().clock) as pipeline:
        with pytest.raises(Unauthorized) as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert len(server.calls) == 2
    assert not caught.value.may_have_been_accepted


async def test_a_key_that_is_refused_for_ever_costs_one_token_per_call_and_no_more(server: Server) -> None:
    server.on("/requests", error(401, 41))

    async with calling(server) as pipeline:
        for _ in range(3):
            with pytest.raises(Unauthorized):
                await pipeline.call(READ, as_is)

    assert len(server.token_requests) == 4


async def test_after_a_401_and_a_replay_the_call_may_still_be_repeated(server: Server) -> None:
    server.on("/requests", error(401, 42), UNAVAILABLE, error(401, 42), answer([1]))

    async with calling(server, clock=FakeTime().clock) as pipeline:
        with pytest.raises(Unauthorized):
            await pipeline.call(READ, as_is)

    assert len(server.calls) == 3


async def test_many_calls_with_a_refused_token_share_one_new_one(server: Server) -> None:
    server.tokens(grant("old"), grant("new"), grant("newer"))
    server.on("/requests", only_for("new"))

    async with calling(server) as pipeline:
        results = await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(50)))

    assert results == [[1]] * 50
    assert len(server.token_requests) == 2


async def test_a_late_401_for_an_old_token_does_not_drop_the_new_one(server: Server) -> None:
    server.tokens(grant("old"), grant("new"), grant("newer"))
    late = Held(error(401, 42))
    server.on("/late", late, only_for("new"))
    server.on("/requests", only_for("new"))
    async with calling(server) as pipeline:
        slow = asyncio.create_task(pipeline.call(Operation("late", "GET", "/late"), as_is))
        await server.until(lambda s: len(s.calls) == 1)
        await pipeline.call(READ, as_is)

        late.release.set()

        assert await slow == [1]
    assert len(server.token_requests) == 2


async def test_a_401_without_a_token_is_not_replayed(server: Server) -> None:
    server.on("/status", error(401, 40))

    async with calling(server) as pipeline:
        with pytest.raises(Unauthorized):
            await pipeline.call(STATUS, as_is)

    assert len(server.received) == 1


async def test_a_token_is_renewed_in_the_background_before_it_ends(server: Server) -> None:
    time = FakeTime()
    server.tokens(grant("first", expires_in=1000), grant("second"))
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(941.0)
        await pipeline.call(READ, as_is)
        await server.until(lambda s: len(s.token_requests) == 2)
        fetching = pipeline.session.tokens._fetching
        if fetching is not None:
            await fetching
        await pipeline.call(READ, as_is)

    assert [call.headers["authorization"] for call in server.calls] == [
        "Bearer first",
        "Bearer first",
        "Bearer second",
    ]


async def test_a_failing_renewal_fails_no_call_while_the_old_token_lives(server: Server) -> None:
    time = FakeTime()
    server.tokens(grant("first", expires_in=1000), Reply(501))
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(941.0)
        for _ in range(5):
            await pipeline.call(READ, as_is)
            time.advance(6.0)

    assert len(server.calls) == 6
    assert len(server.token_requests) > 2


@pytest.mark.parametrize(("retry", "requests"), [(RetryPolicy(), 2), (None, 1)], ids=["retrying", "not retrying"])
async def test_a_token_is_asked_for_again_where_calls_are(
    server: Server, retry: RetryPolicy | None, requests: int
) -> None:
    server.tokens(UNAVAILABLE, grant("second"))
    async with calling(server, clock=FakeTime().clock, retry=retry) as pipeline:
        if retry is None:
            with pytest.raises(TokenError):
                await pipeline.call(READ, as_is)
        else:
            await pipeline.call(READ, as_is)

    assert len(server.token_requests) == requests
