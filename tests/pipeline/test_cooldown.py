"""pipeline: one rate limit pauses every call of a client."""

from __future__ import annotations

import asyncio

import pytest

from orange_ordering_client.errors import DeadlineExceeded, RateLimited, ServiceUnavailable
from orange_ordering_client.operation import Operation
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.settings import CallOptions
from tests.calls import READ, STATUS, as_is, calling
from tests.clocks import FakeTime, StoppedTime
from tests.servers import Held, Server, answer, error, grant


@pytest.mark.parametrize("limit", [(429, 53), (403, 53)])
async def test_one_rate_limit_pauses_every_call_of_the_client_and_its_views(
    server: Server, limit: tuple[int, int]
) -> None:
    time = StoppedTime()
    server.on("/requests", error(*limit, Retry_After="7"), answer([1]))
    async with calling(server, clock=time.clock) as pipeline:
        view = Pipeline(pipeline.session, CallOptions(language="fr"))
        first = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)

        others = [asyncio.create_task(each.call(STATUS, as_is)) for each in (pipeline, view)]
        await time.asleep(3)
        assert len(server.calls) == 1

        time.advance(7.0)
        await asyncio.gather(first, *others)

    assert time.slept == [7.0, 7.0, 7.0]
    assert len(server.calls) == 4


async def test_a_rate_limit_does_not_pause_another_client(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", error(429, 53, Retry_After="7"))
    async with calling(server, clock=time.clock, retry=None) as limited, calling(server, clock=time.clock) as other:
        with pytest.raises(RateLimited):
            await limited.call(READ, as_is)

        assert await other.call(STATUS, as_is) == {}

    assert time.slept == []


async def test_a_call_that_waited_for_its_token_meanwhile_is_paused_too(server: Server) -> None:
    time = StoppedTime()
    held = Held(grant())
    server.tokens(held)
    server.on("/limited", error(429, 53, Retry_After="7"))
    async with calling(server, clock=time.clock) as pipeline:
        waiting = asyncio.create_task(pipeline.call(READ, as_is))
        await server.until(lambda s: len(s.token_requests) == 1)
        without_retry = Pipeline(pipeline.session, CallOptions(retry=None))
        with pytest.raises(RateLimited):
            await without_retry.call(Operation("limited", "GET", "/limited", token=False), as_is)

        held.release.set()
        await time.asleep(1)
        assert len(server.calls) == 1

        time.advance(7.0)
        await waiting


async def test_a_rate_limit_without_retry_after_pauses_for_our_own_delay(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", error(429, 53), answer([1]))
    async with calling(server, clock=time.clock, retry=RetryPolicy(first_delay=2.0)) as pipeline:
        first = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)
        other = asyncio.create_task(pipeline.call(STATUS, as_is))
        await time.asleep(2)

        assert time.slept == [pytest.approx(2.0, rel=0.5)] * 2
        time.advance(3.0)
        await asyncio.gather(first, other)


async def test_a_call_that_has_not_the_time_to_wait_is_told_at_once(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", error(429, 53, Retry_After="70"))
    async with calling(server, clock=time.clock) as pipeline:
        with pytest.raises(RateLimited):
            await pipeline.call(READ, as_is)
        with pytest.raises(DeadlineExceeded, match="limits the rate of calls for another 70"):
            await pipeline.call(STATUS, as_is)

    assert len(server.calls) == 1


async def test_being_busy_is_not_a_rate_limit(server: Server) -> None:
    server.on("/requests", error(503, 6, Retry_After="7"))
    async with calling(server, clock=FakeTime().clock, retry=None) as pipeline:
        with pytest.raises(ServiceUnavailable):
            await pipeline.call(READ, as_is)

        assert pipeline.session.cooldown.left() == 0
