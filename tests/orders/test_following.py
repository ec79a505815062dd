"""Waiting for a request to come as far as asked."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from time import monotonic
from typing import Any

import pytest

from orange_ordering_client._generated.models import Request
from orange_ordering_client.error_mapping import api_error
from orange_ordering_client.errors import (
    ClientClosed,
    ConnectionBroken,
    DeadlineExceeded,
    DecodeError,
    InvalidArgument,
    NotFound,
    TokenError,
    Unauthorized,
)
from orange_ordering_client.orders.following import WaitTimeout, is_outage
from orange_ordering_client.requests import Requests
from orange_ordering_client.sandbox import Fault, Sandbox
from tests.calls import calling
from tests.clocks import START, FakeTime
from tests.placing import NOON, Desk, desk
from tests.servers import Held, Reply, answer, error, serving

DAY = 86_400.0


async def never(_: Request) -> bool:
    """An async function, which `wait` cannot call."""
    raise AssertionError


async def placed(place: Desk) -> str:
    return str((await place.requests.create(place.order())).id)


async def test_it_waits_for_the_end() -> None:
    async with desk() as place:
        outcome = await place.requests.wait(await placed(place), interval=DAY / 10)
        assert (outcome.request.status, outcome.reached, outcome.ended, outcome.completed) == (
            "COMPLETED",
            True,
            True,
            True,
        )
        assert outcome.seconds == pytest.approx(place.time.elapsed)
        assert outcome.looks == len(place.calls("requests.get"))


@pytest.mark.parametrize("until", ["IN_PROGRESS", ["IN_PROGRESS"], {"IN_PROGRESS", "ODD"}])
async def test_it_waits_for_a_status_or_one_of_several(until: Any) -> None:
    async with desk() as place:
        outcome = await place.requests.wait(await placed(place), until=until, interval=DAY / 10)
        assert (outcome.request.status, outcome.reached, outcome.ended) == ("IN_PROGRESS", True, False)


async def test_it_waits_for_whatever_a_function_says() -> None:
    async with desk() as place:
        outcome = await place.requests.wait(
            await placed(place), until=lambda request: request.step == "QUOTE", interval=600
        )
        assert outcome.request.step == "QUOTE"


async def test_a_request_that_ended_otherwise_is_not_waited_for_any_longer() -> None:
    async with desk(Sandbox(now=NOON)) as place:
        place.sandbox.lifecycle.rejected = 1.0
        outcome = await place.requests.wait(await placed(place), until="COMPLETED", interval=DAY)
        assert (outcome.request.status, outcome.reached, outcome.completed) == ("REJECTED", False, False)


@pytest.mark.parametrize("status", ["UNKNWON", "SOMETHING_NEW", None])
async def test_a_status_that_nobody_knows_is_not_the_end(status: str | None) -> None:
    async with serving() as server, calling(server, clock=FakeTime().clock) as pipeline:
        server.on("/requests/3-1", answer({"status": status}), answer({"status": "CANCELLED"}))
        outcome = await Requests(pipeline).wait("3-1")
        assert (outcome.looks, outcome.ended) == (2, True)


async def test_pauses_grow_while_nothing_changes_and_start_over_when_something_does() -> None:
    time = FakeTime()
    async with serving() as server, calling(server, clock=time.clock) as pipeline:
        same = [answer({"status": "NEW"})] * 12
        server.on("/requests/3-1", *same, answer({"status": "IN_PROGRESS"}), answer({"status": "COMPLETED"}))
        await Requests(pipeline).wait("3-1", interval=10)
    assert time.slept[:4] == pytest.approx([10, 15, 22.5, 33.75])
    assert time.slept[-3:] == pytest.approx([300, 300, 10])


@pytest.mark.parametrize("asked", ["120", format_datetime(START + timedelta(seconds=120), usegmt=True)])
async def test_it_is_never_faster_than_the_server_asks(asked: str) -> None:
    time = FakeTime()
    async with serving() as server, calling(server, clock=time.clock) as pipeline:
        server.on("/requests/3-1", answer({"status": "NEW"}, Retry_After=asked), answer({"status": "COMPLETED"}))
        await Requests(pipeline).wait("3-1", interval=0.5)
    assert time.slept == [120]


async def test_it_goes_on_through_an_outage() -> None:
    async with desk(retry=None) as place:
        request_id = await placed(place)
        place.sandbox.faults.add(
            Fault("error:503/5", on="requests.get", times=3), Fault("drop-before", on="requests.get", times=3)
        )
        assert (await place.requests.wait(request_id, interval=DAY)).completed


async def test_an_outage_is_logged_and_does_not_change_the_pauses(caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime()
    async with serving() as server, calling(server, retry=None, clock=time.clock) as pipeline:
        server.on("/requests/3-1", error(500, 1), answer({"status": "NEW"}), answer({"status": "COMPLETED"}))
        await Requests(pipeline).wait("3-1", interval=0.5)

    assert time.slept == [0.5, 0.5]
    (said,) = (record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert said.startswith("request 3-1 cannot be looked at just now: The API answered 500")


async def test_when_time_is_up_it_says_how_far_the_request_had_come() -> None:
    async with desk() as place:
        with pytest.raises(WaitTimeout, match="still NEW after 100 s") as caught:
            await place.requests.wait(await placed(place), timeout=100)
        assert caught.value.request is not None
        assert caught.value.request.status == "NEW"
        assert place.time.elapsed == pytest.approx(100)


async def test_the_time_is_used_to_its_end() -> None:
    async with desk() as place:
        with pytest.raises(WaitTimeout):
            await place.requests.wait(await placed(place), interval=10, timeout=10.5)
        assert place.time.slept == [10, 0.5]


async def test_an_answer_that_does_not_come_does_not_outlast_the_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("orange_ordering_client.orders.following._LAST_LOOK", 0.05)
    caplog.set_level("DEBUG")
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", Held())
        with pytest.raises(WaitTimeout, match=r"^Request 3-1 is still never seen after 0\.05 s\.$"):
            await Requests(pipeline).wait("3-1", timeout=0.05)
    assert "looking at request 3-1 took too long" in caplog.messages


async def test_each_look_has_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(_: object) -> Reply:
        await asyncio.sleep(0.3)
        return answer({"status": "NEW"})

    monkeypatch.setattr("orange_ordering_client.orders.following._LAST_LOOK", 0.05)
    started = monotonic()
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", late, Held())
        with pytest.raises(WaitTimeout, match="still NEW"):
            await Requests(pipeline).wait("3-1", interval=0.3, timeout=1.0)
    assert monotonic() - started < 1.5


async def test_a_request_of_a_moment_ago_is_given_time_to_appear() -> None:
    async with desk() as place:
        request_id = await placed(place)
        place.sandbox.faults.add(Fault("error:404/60", on="requests.get", times=2))
        assert (await place.requests.wait(request_id, until="NEW", interval=4)).reached


async def test_a_request_that_does_not_exist_is_an_error() -> None:
    async with desk() as place:
        with pytest.raises(NotFound):
            await place.requests.wait("3-99999999")
        assert place.time.elapsed < 30


async def test_what_waiting_does_not_cure_is_raised_at_once() -> None:
    async with desk() as place:
        place.sandbox.faults.add(Fault("error:401/42", on="requests.get", times=9))
        with pytest.raises(Unauthorized):
            await place.requests.wait(await placed(place))
        assert place.time.slept == []


async def test_it_ends_at_once_when_cancelled() -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", answer({"status": "NEW"}))
        task = asyncio.create_task(Requests(pipeline).wait("3-1", interval=1000))
        await server.until(lambda server: len(server.calls) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    "arguments",
    [
        *({"interval": 0}, {"interval": "5"}, {"interval": 10**5000}, {"timeout": -1}, {"timeout": 10**5000}),
        *({"until": []}, {"until": ""}, {"until": [""]}, {"until": 5}, {"until": b"NEW"}, {"until": [["NEW"]]}),
        *({"until": never}, {"until": partial(never)}),
    ],
    ids=lambda arguments: next(iter(arguments)),
)
async def test_arguments_that_make_no_sense_are_refused(arguments: dict[str, Any]) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument):
            await place.requests.wait("3-1", **arguments)
        assert not place.sandbox.journal.received


async def test_what_until_may_be_is_said() -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument) as caught:
            await place.requests.wait("3-1", until=[])
    assert str(caught.value) == (
        "until is a status such as 'COMPLETED', several of them, or a function of the request."
    )


async def test_an_async_function_is_refused_before_anything_is_sent() -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument, match=r"^until is an async function, which wait cannot call: give a plain"):
            await place.requests.wait("3-1", until=never)
        assert not place.sandbox.journal.received


@pytest.mark.parametrize("waits", ["a coroutine", "a future"])
async def test_a_function_that_returns_something_to_await_is_refused_instead_of_being_true(waits: str) -> None:
    # The tests turn the warning of a coroutine that was never awaited into an error.
    def until(request: Request) -> Any:
        return never(request) if waits == "a coroutine" else asyncio.get_running_loop().create_future()

    async with desk() as place:
        with pytest.raises(InvalidArgument) as caught:
            await place.requests.wait(await placed(place), until=until)
        gc.collect()
    assert str(caught.value) == (
        "until is an async function, which wait cannot call: give a plain one, which returns True or False."
    )


@pytest.mark.parametrize(("found", "reached"), [("yes", True), ("", False)])
async def test_what_a_function_returns_counts_as_true_or_false(found: str, reached: bool) -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", answer({"id": "3-1", "status": "COMPLETED"}))
        until: Any = lambda _: found  # noqa: E731 -- one line says it
        assert (await Requests(pipeline).wait("3-1", until=until)).reached is reached


async def test_an_answer_about_another_request_is_an_error_and_not_the_end() -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", answer({"id": "3-2", "status": "COMPLETED"}, X_Id="7"))
        with pytest.raises(DecodeError) as caught:
            await Requests(pipeline).wait("3-1", timeout=5)
    assert str(caught.value) == (
        "Cannot read Request.id: the answer is about another request than 3-1, which was asked for (got '3-2'). The"
        " answer had status 200; it is kept on `.body`."
    )
    assert b"3-2" in (caught.value.body or b"")  # type: ignore[operator]  # bytes of a response
    assert caught.value.headers["X-Id"] == "7"


@pytest.mark.parametrize("body", [{"status": "COMPLETED"}, {"id": "3-1", "status": "COMPLETED"}], ids=["none", "same"])
async def test_an_answer_without_an_id_or_with_the_same_one_is_believed(body: dict[str, str]) -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests/3-1", answer(body))
        assert (await Requests(pipeline).wait("3-1", timeout=5)).completed


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (ConnectionBroken("x"), True),
        (DeadlineExceeded("x"), True),
        (TokenError("x"), True),
        (TokenError("x", status=503), True),
        (TokenError("x", status=429), True),
        (TokenError("x", status=500), True),
        (TokenError("x", status=499), False),
        (TokenError("x", status=401), False),
        (api_error(500, {}, b""), True),
        (api_error(429, {}, b""), True),
        (api_error(404, {}, b""), False),
        (DecodeError("x"), False),
        (ClientClosed("x"), False),
    ],
)
def test_an_outage_is_what_passes_by_itself(error: Any, outage: bool) -> None:
    assert is_outage(error) is outage
