"""pipeline: what one attempt tells its owner, its log and its connection."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from orange_ordering_client.call import CallState
from orange_ordering_client.errors import BusinessRuleViolation, DeadlineExceeded, DecodeError, ServiceUnavailable
from orange_ordering_client.operation import Operation
from orange_ordering_client.pagination import Pager
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.retry import RetryPolicy
from tests.calls import ORDER, READ, as_is, calling
from tests.clocks import FakeTime
from tests.servers import DROP, Held, Server, answer, error, grant

BODY = {"type": "T"}


def connections(server: Server) -> list[int]:
    return [request.connection for request in server.calls]


async def _all(pager: Pager[Any]) -> list[Any]:
    return [item async for item in pager]


# What the log says


async def test_each_attempt_and_pause_is_logged_and_where_it_ends(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("/requests", error(503, 5), error(503, 5), answer([]), error(503, 6))
    retry = RetryPolicy(max_attempts=3, first_delay=1.0, max_delay=1.0)
    with caplog.at_level(logging.DEBUG, "orange_ordering_client"):
        async with calling(server, clock=FakeTime().clock, retry=retry) as pipeline:
            await pipeline.call(READ, as_is)
            with pytest.raises(ServiceUnavailable):
                await pipeline.call(READ, as_is)

    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith(READ.id)]
    reasons = [line.partition(" in 0.")[0] for line in said]
    assert reasons[0] == f"{READ.id} attempt 1: 503"
    assert said[1].startswith(f"{READ.id} attempt 1: ServiceUnavailable")
    assert said[1].endswith("; retry in 1.00 s")
    assert reasons[2] == f"{READ.id} attempt 2: 503"
    assert reasons[4] == f"{READ.id} attempt 3: 200"
    assert said[-1].startswith(f"{READ.id} gave up after attempt 3: ServiceUnavailable")


# What its owner may read


async def test_its_owner_reads_attempts_pauses_and_the_last_failure(server: Server) -> None:
    server.on("/requests", error(503, 5), error(503, 5), answer([]))
    state = CallState()
    retry = RetryPolicy(max_attempts=3, first_delay=1.0, max_delay=1.0)
    async with calling(server, clock=FakeTime().clock, retry=retry) as pipeline:
        await pipeline.tracked(state).call(READ, as_is)

    assert (state.attempt, state.waited) == (3, 2.0)
    assert isinstance(state.failure, ServiceUnavailable)
    assert state.may_have_been_accepted is False


@pytest.mark.parametrize(("operation", "expected"), [(READ, False), (ORDER, True)], ids=["read", "order"])
async def test_a_call_that_is_cancelled_on_its_way_may_have_been_accepted_if_it_is_an_order(
    server: Server, operation: Operation, expected: bool
) -> None:
    server.on("/requests", Held())
    state = CallState()
    async with calling(server) as pipeline:
        call = asyncio.create_task(pipeline.tracked(state).call(operation, as_is, body=BODY if expected else None))
        await server.until(lambda s: len(s.calls) == 1)
        call.cancel()
        await asyncio.wait([call])

    assert state.may_have_been_accepted is expected


async def test_a_refused_order_was_certainly_not_accepted(server: Server) -> None:
    server.on("/requests", error(422, 3620))
    state = CallState()
    async with calling(server) as pipeline:
        with pytest.raises(BusinessRuleViolation):
            await pipeline.tracked(state).call(ORDER, as_is, body=BODY)

    assert state.may_have_been_accepted is False


async def test_before_each_attempt_its_owner_is_asked_with_the_time_that_is_left(server: Server) -> None:
    server.on("/requests", error(503, 5), answer({"id": "1"}, 201))
    asked: list[float] = []

    async def ask(*, within: float) -> None:
        asked.append(within)

    retry = RetryPolicy(max_attempts=2, first_delay=4.0, max_delay=4.0)
    async with calling(server, clock=FakeTime().clock, retry=retry, timeout=60.0) as pipeline:
        await pipeline.tracked(CallState(before_attempt=ask)).call(ORDER, as_is, body=BODY)

    assert asked == [60.0, 56.0]


async def test_an_attempt_for_which_no_time_is_left_says_so(server: Server) -> None:
    time = FakeTime()

    async def slow(*, within: float) -> None:
        time.advance(within)

    async with calling(server, clock=time.clock, timeout=60.0) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"^Nothing was sent: the 60 s of this call ran out before\."):
            await pipeline.tracked(CallState(before_attempt=slow)).call(ORDER, as_is, body=BODY)

    assert not server.calls


# What it goes over


async def test_an_order_goes_over_a_connection_of_its_own_and_reads_share_one(server: Server) -> None:
    server.on("/requests", answer([]))
    async with calling(server) as pipeline:
        await pipeline.call(READ, as_is)
        await pipeline.call(ORDER, as_is, body=BODY)
        await pipeline.call(READ, as_is)

    first, order, last = connections(server)
    assert first == last != order


async def test_where_asked_for_every_call_goes_over_a_new_connection(server: Server) -> None:
    server.on("/requests", answer([]))
    async with calling(server) as pipeline:
        alone = Pipeline(pipeline.session, pipeline.options, new_connections=True)
        for each in (pipeline, alone, alone.tracked(CallState()), alone):
            await each.call(READ, as_is)

    assert len(set(connections(server))) == 4


async def test_after_a_stale_connection_a_read_opens_a_new_one(server: Server) -> None:
    server.on("/requests", answer([]), answer([]), DROP, answer([]))
    async with calling(server, clock=FakeTime().clock) as pipeline:
        # Two connections are kept, and the server has closed one that is taken for the next call.
        await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(2)))
        await pipeline.call(READ, as_is)

    *kept, dropped, last = connections(server)
    assert dropped in kept
    assert last not in kept


async def test_each_page_of_a_list_is_asked_for_at_the_same_place(server: Server) -> None:
    server.on("/sites/7/requests", answer([1]), answer([]))
    below = Operation("sites.requests", "GET", "/sites/{id}/requests")
    async with calling(server) as pipeline:
        assert [item async for item in pipeline.pager(below, as_is, path={"id": "7"}, limit=1)] == [1]


@pytest.mark.parametrize("ahead", [1, 3])
async def test_as_many_pages_are_fetched_at_once_as_the_options_say(server: Server, ahead: int) -> None:
    server.on("/requests", answer([{"id": "1"}], X_Total_Count="9"), Held())
    async with calling(server, fetch_ahead=ahead) as pipeline:
        reading = asyncio.create_task(_all(pipeline.pager(READ, as_is, limit=1)))
        await server.until(lambda s: len(s.calls) >= 1 + ahead)
        await asyncio.sleep(0.05)
        reading.cancel()
        await asyncio.wait([reading])

    # The first page says how many there are.
    assert len(server.calls) == 1 + ahead


# What it cannot decode


async def test_a_list_that_is_none_is_shown_with_the_id_of_its_response(server: Server) -> None:
    server.on("/requests", answer({"id": "1"}, X_Request_Id="R-7"))
    async with calling(server) as pipeline:
        with pytest.raises(DecodeError, match=r"^Cannot read the answer: a list was expected") as caught:
            await pipeline.pager(READ, as_is)

    assert (caught.value.value, caught.value.request_id) == ({"id": "1"}, "R-7")


async def test_a_value_that_holds_the_token_is_not_shown(server: Server) -> None:
    server.tokens(grant("T-secret-77"))
    server.on("/requests", answer({"echo": "T-secret-77"}, X_Request_Id="R-T-secret-77"))
    async with calling(server) as pipeline:
        with pytest.raises(DecodeError) as caught:
            await pipeline.pager(READ, as_is)

    assert (caught.value.value, caught.value.request_id) == ("***", "R-***")
    assert "T-secret-77" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        ({"X_Total_Count": "25", "X_Result_Count": "106"}, 106),
        ({"X_Total_Count": "106", "X_Result_Count": "25"}, 106),
        ({"X_Total_Count": "0"}, 0),
        ({"X_Result_Count": "25"}, None),
    ],
)
async def test_the_total_is_the_larger_of_both_counts(server: Server, headers: dict[str, Any], total: int) -> None:
    server.on("/requests", answer([], **headers))
    async with calling(server) as pipeline:
        assert (await pipeline.pager(READ, as_is)).total == total
