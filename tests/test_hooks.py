"""hooks: typed records of every attempt, without credentials."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from orange_ordering_client.client import OrderingClient
from orange_ordering_client.errors import ConfigurationError, DeadlineExceeded, ServiceUnavailable
from orange_ordering_client.hooks import Hooks, RequestRecord, ResponseRecord, RetryRecord
from orange_ordering_client.retry import RetryPolicy
from tests.calls import API_KEY, CLIENT_ID, ORDER, READ, SECRET, TOKEN, as_is, calling
from tests.clocks import FakeTime
from tests.servers import DROP, Server, answer, error, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        yield server


class Diary:
    """Keeps every record, in order."""

    def __init__(self) -> None:
        self.records: list[RequestRecord | ResponseRecord | RetryRecord] = []
        self.hooks = Hooks(on_request=self.note, on_response=self.note, on_retry=self.note)

    def note(self, record: RequestRecord | ResponseRecord | RetryRecord) -> None:
        self.records.append(record)


async def test_an_order_is_told_as_request_response_retry_request_response(server: Server) -> None:
    server.on("/requests", error(503, 5, X_Id="7"), answer({"id": "1"}, 201))
    diary = Diary()

    async with calling(server, clock=FakeTime().clock, hooks=diary.hooks) as pipeline:
        await pipeline.call(ORDER, as_is, query={"a": "b"}, body={"type": "T"})

    first, refused, retry, second, accepted = diary.records
    assert first == RequestRecord(
        "requests.create", "POST", server.base_url + "/requests?a=b", attempt=1, body=b'{"type":"T"}'
    )
    assert isinstance(refused, ResponseRecord)
    assert (refused.request, refused.status, refused.headers["x-id"]) == (first, 503, "7")
    assert refused.body.startswith(b'{"code": 5')
    assert refused.elapsed > 0
    assert retry == RetryRecord(first, "ServiceUnavailable (503)", 0.5)
    assert isinstance(second, RequestRecord)
    assert second.attempt == 2
    assert isinstance(accepted, ResponseRecord)
    assert (accepted.request, accepted.status) == (second, 201)


async def test_an_attempt_without_an_answer_has_no_response_record(server: Server) -> None:
    server.on("/requests", DROP, answer([]))
    diary = Diary()

    async with calling(server, clock=FakeTime().clock, hooks=diary.hooks) as pipeline:
        await pipeline.call(READ, as_is)

    assert [type(record) for record in diary.records] == [RequestRecord, RetryRecord, RequestRecord, ResponseRecord]
    retry = diary.records[1]
    assert isinstance(retry, RetryRecord)
    assert retry.reason == "ConnectionBroken"


async def test_hooks_may_be_async(server: Server) -> None:
    seen: list[str] = []

    async def note(record: RequestRecord) -> None:
        await asyncio.sleep(0)
        seen.append(record.operation)

    async with calling(server, hooks=Hooks(on_request=note)) as pipeline:
        await pipeline.call(READ, as_is)

    assert seen == ["requests.list"]


@pytest.mark.parametrize("name", ["on_request", "on_response", "on_retry"])
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_broken_hook_is_logged_and_harms_nothing(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, asynchronous: bool
) -> None:
    server.on("/requests", error(503, 5), answer([1]))

    def broken(_: object) -> None:
        raise ZeroDivisionError

    async def broken_later(_: object) -> None:
        raise ZeroDivisionError

    hooks = Hooks(**{name: broken_later if asynchronous else broken})
    async with calling(server, clock=FakeTime().clock, hooks=hooks) as pipeline:
        assert await pipeline.call(READ, as_is) == [1]

    failures = [record for record in caplog.records if record.levelname == "ERROR"]
    assert failures
    assert all("broken" in record.message and record.exc_info for record in failures)


async def test_time_that_a_hook_takes_counts_against_the_deadline(server: Server) -> None:
    time = FakeTime()
    hooks = Hooks(on_request=lambda _: time.advance(61.0))

    async with calling(server, clock=time.clock, hooks=hooks) as pipeline:
        with pytest.raises(DeadlineExceeded, match="Nothing was sent") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert not caught.value.may_have_been_accepted
    assert server.calls == []


async def test_a_hook_that_waits_is_cancelled_with_its_call(server: Server) -> None:
    waiting = asyncio.Event()

    async def stuck(_: object) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with calling(server, hooks=Hooks(on_request=stuck)) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_records_carry_no_credentials_and_show_no_bodies(server: Server) -> None:
    server.on("/requests", error(503, 5))
    diary = Diary()

    async with calling(server, clock=FakeTime().clock, hooks=diary.hooks) as pipeline:
        with pytest.raises(ServiceUnavailable):
            await pipeline.call(READ, as_is)

    shown = repr(diary.records)
    for secret in (SECRET, API_KEY, TOKEN):
        assert secret not in shown
        assert all(secret not in str(vars_of(record)) for record in diary.records)
    assert "why" not in shown


async def test_records_give_a_recorder_the_secrets_of_their_attempt(server: Server) -> None:
    server.tokens(grant("first-token"), grant("second-token"))
    server.on("/requests", error(401, 42), answer([]))
    diary = Diary()

    async with calling(server, hooks=diary.hooks) as pipeline:
        await pipeline.call(READ, as_is)

    first, second = (set(record.secrets.reveal()) for record in diary.records if isinstance(record, RequestRecord))
    assert {CLIENT_ID, SECRET, API_KEY, "first-token"} <= first
    assert {CLIENT_ID, SECRET, API_KEY, "second-token"} <= second


def vars_of(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in getattr(type(record), "__slots__", ()) if name != "__weakref__"}


async def test_the_token_endpoint_is_not_told_to_hooks(server: Server) -> None:
    diary = Diary()

    async with calling(server, hooks=diary.hooks) as pipeline:
        await pipeline.call(READ, as_is)

    assert [type(record) for record in diary.records] == [RequestRecord, ResponseRecord]


@pytest.mark.parametrize("stubborn", [False, True])
async def test_an_order_returns_its_response_though_its_hook_hangs(
    server: Server, caplog: pytest.LogCaptureFixture, stubborn: bool
) -> None:
    server.on("/requests", answer({"id": "1"}, 201))
    release = asyncio.Event()

    async def hangs(_: ResponseRecord) -> None:
        try:
            await release.wait()
        except asyncio.CancelledError:
            if not stubborn:
                raise
            await release.wait()

    async with calling(server, hooks=Hooks(on_response=hangs), timeout=0.5) as pipeline:
        before = asyncio.get_running_loop().time()
        assert await pipeline.call(ORDER, as_is, body={}) == {"id": "1"}
        assert asyncio.get_running_loop().time() - before < 2.0
        release.set()
        await asyncio.sleep(0.01)

    assert ("was cancelled" in caplog.text) is not stubborn
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("which", "sent", "failure"), [("on_request", 0, DeadlineExceeded), ("on_retry", 1, ServiceUnavailable)]
)
async def test_a_hook_that_hangs_ends_its_call_when_the_time_of_the_call_is_over(
    server: Server, which: str, sent: int, failure: type[Exception]
) -> None:
    server.on("/requests", error(503, 5))
    called: list[object] = []

    async def hangs(record: object) -> None:
        called.append(record)
        await asyncio.Event().wait()

    # The pause is shorter than the time of the call, so that there is a retry to tell of.
    options: dict[str, Any] = {"retry": RetryPolicy(first_delay=0.01), "timeout": 0.3}
    async with calling(server, hooks=Hooks(**{which: hangs}), **options) as pipeline, asyncio.timeout(5):
        with pytest.raises(failure):
            await pipeline.call(READ, as_is)

    assert len(called) == 1
    assert len(server.calls) == sent


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_hook_that_raises_cancelled_error_does_not_cancel_its_call(server: Server, asynchronous: bool) -> None:
    server.on("/requests", answer({"id": "1"}, 201))

    def cancelled(_: object) -> None:
        raise asyncio.CancelledError

    async def cancelled_later(_: object) -> None:
        raise asyncio.CancelledError

    async with calling(server, hooks=Hooks(on_response=cancelled_later if asynchronous else cancelled)) as pipeline:
        assert await pipeline.call(ORDER, as_is, body={}) == {"id": "1"}


async def test_a_hook_that_uses_up_the_time_ends_the_call_before_its_pause(server: Server) -> None:
    server.on("/requests", error(503, 5))
    time = FakeTime()
    hooks = Hooks(on_retry=lambda _: time.advance(59.8))

    async with calling(server, clock=time.clock, hooks=hooks) as pipeline:
        with pytest.raises(ServiceUnavailable):
            await pipeline.call(ORDER, as_is, body={})

    assert time.slept == []
    assert len(server.calls) == 1


@pytest.mark.parametrize("hooks", [{"on_request": print}, print, Hooks(on_retry=5)])  # type: ignore[arg-type]  # users without a checker
def test_hooks_that_are_none_are_refused_when_the_client_is_made(hooks: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be"):
        OrderingClient(client_id="i", client_secret="s", api_key="k", hooks=hooks)


async def test_a_retry_record_has_the_exception_and_the_time_waited_before(server: Server) -> None:
    server.on("/requests", error(503, 5), error(503, 5), answer([]))
    diary = Diary()

    async with calling(server, clock=FakeTime().clock, hooks=diary.hooks) as pipeline:
        await pipeline.call(READ, as_is)

    first, second = [record for record in diary.records if isinstance(record, RetryRecord)]
    assert isinstance(first.error, ServiceUnavailable)
    assert (first.waited, second.waited) == (0.0, 0.5)
