"""pipeline: one logical call over real sockets: credentials, judging, repeating, deadline, the shared pause."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orange_ordering_client.errors import (
    ApiError,
    BadGateway,
    BusinessRuleViolation,
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    InvalidArgument,
    NotFound,
    OrderingError,
    RateLimited,
    ServiceUnavailable,
    TokenError,
    Unauthorized,
    UnexpectedStatus,
)
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.operation import Operation
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.settings import CallOptions
from tests.calls import API_KEY, ORDER, READ, STATUS, TOKEN, as_is, calling, http_client, settings_for
from tests.clocks import START, FakeTime, StoppedTime
from tests.servers import (
    BASE_PATH,
    DROP,
    Drip,
    Held,
    Raw,
    Received,
    Reply,
    Server,
    Truncated,
    answer,
    closed_port,
    error,
    grant,
    serving,
)
from tests.test_errors import NOT_ORANGE, OUTSIDE, TABLE

READ_ONE = Operation("requests.get", "GET", "/requests/{requestId}")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        yield server


# ---- what is sent ----


async def test_a_call_carries_both_credentials_and_the_language(server: Server) -> None:
    server.on("/requests", answer([1, 2]))

    async with calling(server, language="fr") as pipeline:
        assert await pipeline.call(READ, sum, query={"status": ["A", "B"], "type": None}) == 3

    (call,) = server.calls
    assert (call.method, call.path, call.query) == ("GET", BASE_PATH + "/requests", {"status": "A,B"})
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert call.headers["x-api-key"] == API_KEY
    assert call.headers["accept-language"] == "fr"
    assert call.headers["accept"] == "application/json"
    assert "content-type" not in call.headers


async def test_a_body_is_json_in_utf_8(server: Server) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(ORDER, as_is, body={"comment": "déjà", "n": [1, None]})

    (call,) = server.calls
    assert call.body == '{"comment":"déjà","n":[1,null]}'.encode()
    assert call.headers["content-type"] == "application/json"


async def test_an_operation_without_credentials_gets_none(server: Server) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(STATUS, as_is)

    (call,) = server.received
    assert "authorization" not in call.headers
    assert "x-api-key" not in call.headers


@pytest.mark.parametrize(("token", "api_key"), [(True, False), (False, True)])
async def test_each_credential_goes_only_where_it_is_needed(server: Server, token: bool, api_key: bool) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(Operation("x", "GET", "/x", token=token, api_key=api_key), as_is)

    assert ("authorization" in server.calls[0].headers) is token
    assert ("x-api-key" in server.calls[0].headers) is api_key


@pytest.mark.parametrize(
    "body", [{"a": math.nan}, {"a": math.inf}, {"a": object()}, {"a": b"x"}, {"a": "\ud800"}, {1j}]
)
async def test_a_body_that_json_cannot_carry_is_refused_before_anything_is_sent(server: Server, body: Any) -> None:
    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument, match="cannot be written as JSON"):
            await pipeline.call(ORDER, as_is, body=body)
    assert server.received == []


async def test_a_body_that_holds_itself_is_refused(server: Server) -> None:
    body: dict[str, Any] = {}
    body["body"] = body

    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument, match="cannot be written as JSON"):
            await pipeline.call(ORDER, as_is, body=body)


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=8))
async def test_whatever_an_id_holds_the_server_sees_exactly_one_segment_for_it(ids: list[str]) -> None:
    async with serving() as server, calling(server) as pipeline:
        sent = []
        for value in ids:
            try:
                await pipeline.call(READ_ONE, as_is, path={"requestId": value})
            except InvalidArgument:
                continue
            sent.append(value)

        base = BASE_PATH.count("/") + 1
        for call, value in zip(server.calls, sent, strict=True):
            segments = call.target.split("/")
            assert segments[: base + 1] == [*BASE_PATH.split("/"), "requests"]
            assert [unquote(segment) for segment in segments[base + 1 :]] == [value]


async def test_credentials_do_not_follow_a_redirect(server: Server) -> None:
    async with serving() as other, calling(server) as pipeline:
        server.on("/requests", Reply(302, b"", {"Location": other.base_url + "/requests"}))
        with pytest.raises(UnexpectedStatus) as caught:
            await pipeline.call(READ, as_is)

        assert caught.value.status == 302
        assert other.received == []
    assert len(server.calls) == 1


# ---- what comes back ----


@pytest.mark.parametrize(("status", "code", "kind", "meaning"), TABLE)
async def test_each_documented_error_is_its_exception(
    server: Server, status: int, code: int, kind: type[ApiError], meaning: str
) -> None:
    server.on("/requests", error(status, code, X_Id="7"))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(kind, match=f"{status} with code {code}") as caught:
            await pipeline.call(READ, as_is)

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, caught.value.headers["X-ID"]) == (status, code, "7")
    assert json.loads(caught.value.body)["code"] == code
    assert meaning


@pytest.mark.parametrize("shape", ["html", "empty", "truncated", "list", "no code"])
@pytest.mark.parametrize("status", [*sorted({row[0] for row in TABLE}), *(row[0] for row in OUTSIDE if row[0] >= 200)])
async def test_a_gateways_answer_is_judged_by_its_status(server: Server, status: int, shape: str) -> None:
    kind = {row[0]: row[2] for row in TABLE if row[1] != 53 or row[0] == 429} | dict(OUTSIDE)
    body = b"" if status in (204, 304) else NOT_ORANGE[shape]
    server.on("/requests", Reply(status, body, {"Content-Type": "text/html"}))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(kind[status]) as caught:
            await pipeline.call(READ, as_is)

    assert type(caught.value) is kind[status]
    assert caught.value.body == body


async def test_an_informational_status_is_passed_over(server: Server) -> None:
    server.on(
        "/requests",
        Raw(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
        ),
    )

    async with calling(server) as pipeline:
        assert await pipeline.call(READ, as_is) == []


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
async def test_every_2xx_is_a_success(server: Server, status: int) -> None:
    server.on("/requests", answer([1], status))

    async with calling(server) as pipeline:
        assert (await pipeline.answer(READ, as_is)).status == status


async def test_the_raw_answer_is_decoded_only_when_asked(server: Server) -> None:
    server.on("/requests", Reply(200, b"<html>", {"X-Id": "7"}))

    async with calling(server) as pipeline:
        raw = await pipeline.answer(READ, as_is)

    assert (raw.status, raw.headers["x-id"], raw.body) == (200, "7", b"<html>")
    with pytest.raises(DecodeError, match="not JSON") as caught:
        raw.parse()
    assert (caught.value.status, caught.value.body, caught.value.may_have_been_accepted) == (200, b"<html>", False)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": "3-0'], ids=["empty", "html", "truncated"])
async def test_an_order_whose_answer_cannot_be_read_may_have_been_accepted(server: Server, body: bytes) -> None:
    server.on("/requests", Reply(201, body))

    async with calling(server) as pipeline:
        with pytest.raises(DecodeError, match="may have been accepted all the same") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert caught.value.may_have_been_accepted
    assert caught.value.body == body
    assert len(server.calls) == 1


# ---- what is repeated ----

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
    ("silent", Held(), False, DeadlineExceeded, True),
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


# ---- Retry-After ----


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("7", 7.0),
        ("0", 0.5),
        (format_datetime(START + timedelta(seconds=9), usegmt=True), 9.0),
        ("nan", 0.5),
        ("inf", 0.5),
        ("-5", 0.5),
        ("soon", 0.5),
        ("", 0.5),
    ],
)
@pytest.mark.parametrize("status", [(429, 53), (403, 53), (503, 5)])
async def test_the_pause_is_what_the_server_asks_for_and_nonsense_is_ignored(
    server: Server, status: tuple[int, int], header: str, pause: float
) -> None:
    server.on("/requests", error(*status, Retry_After=header), answer([1]))
    time = FakeTime()

    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)

    assert time.slept == [pause]


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("nan", None), ("", None)])
async def test_a_rate_limit_says_how_long_the_server_wants_quiet(
    server: Server, header: str, seconds: float | None
) -> None:
    server.on("/requests", error(429, 53, Retry_After=header))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(RateLimited) as caught:
            await pipeline.call(READ, as_is)

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("header", ["60", "61", "90000", "86401"])
async def test_a_pause_longer_than_the_time_left_ends_the_call_at_once(server: Server, header: str) -> None:
    server.on("/requests", error(429, 53, Retry_After=header))
    time = FakeTime()

    async with calling(server, clock=time.clock, timeout=60.0) as pipeline:
        with pytest.raises(RateLimited):
            await pipeline.call(READ, as_is)

    assert time.slept == []
    assert len(server.calls) == 1


# ---- the deadline ----


async def test_the_deadline_covers_pauses(server: Server) -> None:
    server.on("/requests", UNAVAILABLE)
    time = FakeTime()

    async with calling(server, clock=time.clock, timeout=4.0, retry=RetryPolicy(max_attempts=99)) as pipeline:
        with pytest.raises(ServiceUnavailable):
            await pipeline.call(READ, as_is)

    assert time.slept == [0.5, 1.0, 2.0]
    assert time.elapsed < 4.0


async def test_the_deadline_covers_attempts(server: Server) -> None:
    server.on("/requests", Held())

    async with calling(server, timeout=0.2, retry=RetryPolicy(attempt_timeout=0.05, first_delay=0.01)) as pipeline:
        before = asyncio.get_running_loop().time()
        with pytest.raises((DeadlineExceeded, ConnectionBroken)):
            await pipeline.call(READ, as_is)
        assert asyncio.get_running_loop().time() - before < 0.35

    assert len(server.calls) > 1


async def test_a_silent_server_is_a_deadline_exceeded(server: Server) -> None:
    server.on("/requests", Held())

    async with calling(server, timeout=0.1) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"No answer within the 0\.1 s of this call\."):
            await pipeline.call(READ, as_is)


async def test_the_deadline_covers_the_token(server: Server) -> None:
    server.tokens(Held())

    async with calling(server, timeout=0.1) as pipeline:
        with pytest.raises(DeadlineExceeded, match="Nothing was sent: no access token") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert not caught.value.may_have_been_accepted


async def test_the_connection_is_free_again_before_a_pause(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", UNAVAILABLE, answer([1]))
    server.on("/other", answer([2]))
    async with calling(
        server, clock=time.clock, http=http_client(limits=httpx.Limits(max_connections=1)), timeout=5.0
    ) as pipeline:
        pausing = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)

        assert await pipeline.call(Operation("other", "GET", "/other"), as_is) == [2]

        time.advance(1.0)
        assert await pausing == [1]
    assert len({call.connection for call in server.calls}) == 1


# ---- the token ----


async def test_a_thousand_calls_at_once_ask_for_one_token(server: Server) -> None:
    async with calling(server) as pipeline:
        await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(1000)))

    assert len(server.token_requests) == 1
    assert len(server.calls) == 1000


@pytest.mark.parametrize("which", [0, 999])
async def test_a_thousand_calls_with_an_expired_token_ask_for_one_whichever_is_cancelled(
    server: Server, which: int
) -> None:
    time = FakeTime()
    held = Held(grant("second"))
    server.tokens(grant("first", expires_in=100), held)
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(101.0)
        calls = [asyncio.create_task(pipeline.call(READ, as_is)) for _ in range(1000)]
        await server.until(lambda s: len(s.token_requests) == 2)

        calls[which].cancel()
        await asyncio.sleep(0)
        held.release.set()
        results = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(results.pop(which), asyncio.CancelledError)
    assert results == [{}] * 999
    assert len(server.token_requests) == 2
    assert {call.headers["authorization"] for call in server.calls[1:]} == {"Bearer second"}


async def test_a_failed_fetch_fails_every_call_that_waits_with_one_request(server: Server) -> None:
    server.tokens(answer({"error": "invalid_client"}, 401))

    async with calling(server) as pipeline:
        failures = await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(200)), return_exceptions=True)

    assert all(isinstance(failure, TokenError) and failure.status == 401 for failure in failures)
    assert len(server.token_requests) == 1
    assert server.calls == []


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


# ---- the shared pause ----


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


# ---- cancellation ----


async def cancelled(call: asyncio.Task[Any]) -> None:
    """Cancelling has to end a call within a few turns of the loop, not after some timeout."""
    call.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await call


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_cancelling_passes_from_the_wait_for_a_token(server: Server, operation: Operation) -> None:
    held = Held(grant())
    server.tokens(held)
    async with calling(server) as pipeline:
        call = asyncio.create_task(pipeline.call(operation, as_is))
        await server.until(lambda s: len(s.token_requests) == 1)

        await cancelled(call)

        held.release.set()
        assert await pipeline.call(operation, as_is) == {}
    assert len(server.token_requests) == 1


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_cancelling_passes_from_the_request_and_frees_its_connection(
    server: Server, operation: Operation
) -> None:
    server.on("/requests", Held(), answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=1))
    async with calling(server, http=http, timeout=2.0) as pipeline:
        call = asyncio.create_task(pipeline.call(operation, as_is))
        await server.until(lambda s: len(s.calls) == 1)

        await cancelled(call)

        assert await pipeline.call(operation, as_is) == [1]


async def test_cancelling_passes_from_the_reading_of_a_body(server: Server) -> None:
    server.on("/requests", Drip(answer("x" * 500)), answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=1))
    async with calling(server, http=http, timeout=2.0) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await server.until(lambda s: len(s.calls) == 1)
        await asyncio.sleep(0.05)

        await cancelled(call)

        assert await pipeline.call(READ, as_is) == [1]


async def test_cancelling_passes_from_a_pause_and_from_the_gate(server: Server) -> None:
    time = StoppedTime()
    server.on("/requests", error(429, 53, Retry_After="7"), answer([1]))
    async with calling(server, clock=time.clock) as pipeline:
        pausing = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(1)
        gated = asyncio.create_task(pipeline.call(READ, as_is))
        await time.asleep(2)

        await cancelled(pausing)
        await cancelled(gated)

        time.advance(7.0)
        assert await pipeline.call(READ, as_is) == [1]


async def test_a_callers_own_timeout_works_as_everywhere(server: Server) -> None:
    server.on("/requests", Held())
    async with calling(server) as pipeline:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pipeline.call(READ, as_is)


async def test_a_hundred_cancelled_calls_leave_no_connection_behind(server: Server) -> None:
    server.on("/requests", *[Held()] * 100, answer([1]))
    http = http_client(limits=httpx.Limits(max_connections=10))
    async with calling(server, http=http, timeout=5.0) as pipeline:
        calls = [asyncio.create_task(pipeline.call(READ, as_is)) for _ in range(100)]
        await server.until(lambda s: len(s.calls) == 10)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        server.on("/requests", answer([1]))

        assert await asyncio.gather(*(pipeline.call(READ, as_is) for _ in range(20))) == [[1]] * 20


# ---- lists ----


async def test_a_pager_asks_with_offset_and_limit_and_reads_the_total(server: Server) -> None:
    server.on("/requests", answer([{"id": "1"}], X_Total_Count="9"))

    async with calling(server) as pipeline:
        page = await pipeline.pager(READ, as_is, query={"status": "A"}, offset=8, limit=5)

    assert server.calls[0].query == {"status": "A", "offset": "8", "limit": "5"}
    assert (page.items, page.total) == ([{"id": "1"}], 9)


async def test_filters_are_percent_encoded_so_that_no_server_reads_a_plus_as_a_space(server: Server) -> None:
    server.on("/requests", answer([], X_Total_Count="0"))

    async with calling(server) as pipeline:
        await pipeline.pager(READ, as_is, query={"customerReference": "WAN 042+/&é"}, limit=5)

    assert server.calls[0].target.partition("?")[2] == "customerReference=WAN%20042%2B%2F%26%C3%A9&offset=0&limit=5"


async def test_an_iterator_among_the_filters_filters_every_page(server: Server) -> None:
    pages = iter([[{"id": "1"}], [{"id": "2"}], []])
    server.on("/requests", lambda _: answer(next(pages)))

    async with calling(server) as pipeline:
        pager = pipeline.pager(READ, as_is, query={"status": (text for text in ("A", "B"))}, limit=1)
        assert len([item async for item in pager]) == 2

    assert [call.query["status"] for call in server.calls] == ["A,B"] * 3


async def test_a_list_does_not_end_at_the_smaller_of_two_counts(server: Server) -> None:
    def page(received: Received) -> Reply:
        offset = int(received.query["offset"])
        found = [{"id": str(number)} for number in range(offset, min(106, offset + 25))]
        return answer(found, X_Total_Count="25", X_Result_Count="106")

    server.on("/requests", page)
    async with calling(server) as pipeline:
        assert len([item async for item in pipeline.pager(READ, as_is)]) == 106
    assert len(server.calls) == 5


@pytest.mark.parametrize("count", ["", "many", "-1", "1.5", "1e3", "\u00b2", "9" * 16])
async def test_a_count_that_is_none_is_passed_over(server: Server, count: str) -> None:
    server.on("/requests", answer([], X_Total_Count=count))

    async with calling(server) as pipeline:
        assert (await pipeline.pager(READ, as_is)).total is None


@pytest.mark.parametrize("body", [{"items": []}, "x", 5, None])
async def test_a_list_that_is_none_is_a_decode_error(server: Server, body: object) -> None:
    server.on("/requests", answer(body))

    async with calling(server) as pipeline:
        with pytest.raises(DecodeError, match="a list was expected") as caught:
            await pipeline.pager(READ, as_is)

    assert caught.value.status == 200


async def test_a_page_that_fails_is_repeated_like_any_call(server: Server) -> None:
    server.on("/requests", UNAVAILABLE, answer([{"id": "1"}]))

    async with calling(server, clock=FakeTime().clock) as pipeline:
        assert [item["id"] async for item in pipeline.pager(READ, as_is)] == ["1"]


async def test_filters_that_cannot_be_sent_are_refused_before_anything_is(server: Server) -> None:
    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument):
            pipeline.pager(READ, as_is, query={"status": []})
        with pytest.raises(InvalidArgument):
            pipeline.pager(READ, as_is, limit=0)
    assert server.received == []


async def test_not_found_is_not_found(server: Server) -> None:
    server.on("/requests/3-1", error(404, 60))

    async with calling(server) as pipeline:
        with pytest.raises(NotFound):
            await pipeline.call(READ_ONE, as_is, path={"requestId": "3-1"})


# ---- what the last failure was ----


async def test_a_call_that_never_connected_says_so_whatever_its_timeout(server: Server) -> None:
    unreachable = settings_for(server, base_url=f"http://127.0.0.1:{closed_port()}")

    async with calling(server, timeout=1.0, settings=unreachable) as pipeline:
        with pytest.raises(OrderingError, match="could not be reached"):
            await pipeline.call(READ, as_is)


async def test_a_deadline_during_a_later_token_wait_names_the_failure_before(server: Server) -> None:
    server.on("/requests", Reply(401))
    server.tokens(grant(), Held())

    async with calling(server, timeout=0.5) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"no access token.*before failed: Unauthorized \(401\)"):
            await pipeline.call(READ, as_is)


async def test_a_deadline_that_a_hook_uses_up_names_the_failure_before(server: Server) -> None:
    server.on("/requests", UNAVAILABLE)
    time = FakeTime()
    hooks = Hooks(on_request=lambda record: time.advance(61.0) if record.attempt == 2 else None)

    async with calling(server, clock=time.clock, hooks=hooks) as pipeline:
        with pytest.raises(DeadlineExceeded, match=r"before failed: ServiceUnavailable \(503\)") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert not caught.value.may_have_been_accepted
