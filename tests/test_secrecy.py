"""Whatever happens, no secret is in a log record, a repr, an exception text, or a traceback that shows locals."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import logging
import pickle
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from orange_ordering_client.errors import DecodeError, OrderingError, TokenError
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.operation import Operation
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.settings import Settings
from tests.calls import API_KEY, CLIENT_ID, ORDER, READ, SECRET, TOKEN, as_is, calling, http_client, settings_for
from tests.clocks import FakeTime
from tests.servers import DROP, Drip, Held, Raw, Reply, Server, Truncated, answer, closed_port, grant, serving
from tests.transports import Stuck

BASIC = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
PLANTED = (SECRET, API_KEY, TOKEN, BASIC)


def echo(status: int, **fields: object) -> Reply:
    """An answer that repeats every secret it may have received, wherever an error has room for text."""
    said = f"you sent {TOKEN}, {API_KEY}"
    detail = {"code": 24, "message": said, "description": said}
    body = {"code": 24, "message": said, "description": said, "infoURL": said, "details": [detail], **fields}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def token_echo(status: int, **fields: object) -> Reply:
    said = f"Basic {BASIC} is {SECRET}"
    body = {"error": SECRET, "error_description": said, "code": 41, "message": said, "description": said, **fields}
    return Reply(status, json.dumps(body).encode())


def strict(data: Any) -> Any:
    """Decodes a list of texts, as strictly and as talkatively as a model could."""
    for place, item in enumerate(data):
        try:
            int(item)
        except (TypeError, ValueError) as error:
            raise DecodeError(f"a number was expected: {error}", value=item).at(str(item)).at(place) from error
    return data


CALLS: dict[str, Any] = {
    "success": answer(["1"]),
    "401": echo(401),
    "403": echo(403),
    "429": echo(429),
    "403/53": echo(403, code=53),
    "422": echo(422, code=3623),
    "500": echo(500),
    "503": echo(503, code=5),
    "520": echo(520),
    "302": echo(302),
    "html": Reply(502, f"<p>{TOKEN} {API_KEY}</p>".encode()),
    "redirect": Reply(307, b"", {"Location": "/elsewhere"}),
    "bad redirect": Reply(307, b"", {"Location": "http://a:b/"}),
    "timeout": Held(),
    "dripping": Drip(echo(200), pause=0.05),
    "dropped": DROP,
    "cut off": Truncated(echo(200)),
    "no http": Raw(f"{TOKEN} {API_KEY}\r\n\r\n".encode()),
    "bad gzip": Reply(200, f"{TOKEN} {API_KEY}".encode(), {"Content-Encoding": "gzip"}),
    "not json": Reply(200, f'["{TOKEN} {API_KEY}'.encode()),
    "wrong shape": answer(["1", f"{TOKEN} {API_KEY}"]),
    "wrong list": answer({"a": f"{TOKEN} {API_KEY}"}),
}
TOKENS: dict[str, Any] = {
    "400": token_echo(400),
    "401": token_echo(401),
    "500": token_echo(500),
    "302": Reply(302, b"", {"Location": "/elsewhere"}),
    "not bearer": grant(TOKEN, token_type=SECRET),
    "no token": answer({"access": TOKEN, "scope": SECRET}),
    "two tokens": answer({"access_token": f"{TOKEN} {TOKEN}"}),
    "not json": Reply(200, f'{{"access_token": "{TOKEN}'.encode()),
    "html": Reply(200, f"<p>{SECRET} {BASIC}</p>".encode()),
    "dropped": DROP,
    "cut off": Truncated(grant(TOKEN)),
    "bad gzip": Reply(200, TOKEN.encode(), {"Content-Encoding": "gzip"}),
    "no http": Raw(f"{TOKEN} {SECRET}\r\n\r\n".encode()),
    "timeout": Held(),
}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        yield server


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything is logged, by everybody."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "asyncio", "orange_ordering_client"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that hangs on it, suppressed or not."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [other for other in (current.__cause__, current.__context__) if other is not None]


def told(error: BaseException) -> Iterator[str]:
    """All that a reporter of exceptions could write down, the locals of this test file's own frames aside."""
    for each in chain(error):
        yield from (str(each), repr(each), "".join(traceback.format_exception(each)), repr(each.args))
        yield from getattr(each, "__notes__", ())
        for frame in traceback.TracebackException.from_exception(each, capture_locals=True).stack:
            if frame.filename != __file__:
                yield f"{frame.filename}:{frame.lineno} {frame.locals}"


def assert_clean(caplog: pytest.LogCaptureFixture, *texts: str) -> None:
    assert caplog.records, "nothing was logged, so nothing was checked"
    logs = [
        f"{record.name} {record.getMessage()} {record.args!r} {record.exc_text}"
        for record in caplog.records
        # At DEBUG httpcore logs what a server writes instead of HTTP; that is between the two of them.
        if not ("receive_response_headers.failed" in record.getMessage() and record.name == "httpcore.http11")
    ]
    for secret in PLANTED:
        for text in (*logs, *texts):
            assert secret not in text


async def outcome(server: Server, operation: Operation, **options: Any) -> list[str]:
    """Make a call, and return all that could be told of it."""
    options = {"clock": FakeTime().clock, "timeout": 0.2, "retry": RetryPolicy(max_attempts=2), **options}
    async with calling(server, **options) as pipeline:
        texts = [repr(pipeline.session.settings), repr(pipeline.options)]
        try:
            texts.append(repr(await pipeline.answer(operation, as_is)))
            await pipeline.call(operation, strict)
        except OrderingError as error:
            texts += told(error)
            texts += told(pickle.loads(pickle.dumps(error)))  # noqa: S301 -- made on this line
        texts += [repr(vars(each)) for each in (pipeline.session, pipeline.session.tokens, pipeline.session.sender)]
    return texts


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_no_call_tells_a_secret(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, operation: Operation
) -> None:
    server.on("/requests", CALLS[name])

    assert_clean(caplog, *await outcome(server, operation))


@pytest.mark.parametrize("name", TOKENS)
async def test_no_token_fetch_tells_a_secret(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orange_ordering_client.auth._FETCH_TIMEOUT", 0.1)
    server.tokens(TOKENS[name])

    assert_clean(caplog, *await outcome(server, READ, timeout=2.0))


@pytest.mark.parametrize("operation", [READ, ORDER], ids=["read", "order"])
async def test_a_server_that_is_not_there_makes_nobody_tell_a_secret(
    server: Server, caplog: pytest.LogCaptureFixture, operation: Operation
) -> None:
    settings = settings_for(server, base_url=f"http://127.0.0.1:{closed_port()}")

    assert_clean(caplog, *await outcome(server, operation, settings=settings))
    assert_clean(caplog, *await outcome(server, operation, settings=settings_for(server, token_url=settings.base_url)))


async def test_a_url_that_is_none_makes_nobody_tell_a_secret(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    assert_clean(caplog, *await outcome(server, Operation("long", "GET", "/" + "x" * 70_000)))


async def test_a_failing_renewal_in_the_background_tells_no_secret(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    time = FakeTime()
    server.tokens(grant(TOKEN, expires_in=100), token_echo(400))
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(95.0)
        await pipeline.call(READ, as_is)
        fetching = pipeline.session.tokens._fetching
        assert fetching is not None
        await asyncio.wait([fetching])
        error = fetching.exception()
        assert error is not None

    assert "no new access token" in caplog.text
    assert_clean(caplog, *told(error))


async def test_a_broken_hook_tells_no_secret(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    errors: list[BaseException] = []

    def broken(_: object) -> None:
        errors.append(ZeroDivisionError("broken"))
        raise errors[-1]

    async with calling(server, hooks=Hooks(on_request=broken, on_response=broken)) as pipeline:
        await pipeline.call(READ, as_is)

    assert_clean(caplog, *(text for error in errors for text in told(error)))


async def cancelled_while(server: Server, **options: Any) -> BaseException:
    async with calling(server, **options) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await server.until(lambda s: bool(s.received))
        await asyncio.sleep(0.02)
        call.cancel()
        try:
            await call
        except asyncio.CancelledError as error:
            return error
    raise AssertionError("it was not cancelled")


@pytest.mark.parametrize("stage", ["token", "answer", "body"])
async def test_a_cancelled_call_tells_no_secret(server: Server, caplog: pytest.LogCaptureFixture, stage: str) -> None:
    if stage == "token":
        server.tokens(Held())
    server.on("/requests", Drip(answer("x" * 100)) if stage == "body" else Held())

    assert_clean(caplog, *told(await cancelled_while(server)))


async def test_a_call_cancelled_while_it_is_written_tells_no_secret(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    stuck = Stuck()
    http = http_client(mounts={"https://api.invalid": stuck})
    settings = settings_for(server, base_url="https://api.invalid/v3")
    async with calling(server, http=http, settings=settings) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await stuck.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await call

    assert_clean(caplog, *told(caught.value))


async def test_settings_show_no_secret(server: Server) -> None:
    settings = settings_for(server)

    assert isinstance(settings, Settings)
    assert not any(secret in repr(settings) for secret in (*PLANTED, CLIENT_ID))
    async with http_client() as http:
        assert SECRET not in repr(vars(http))


SPELLED = [SECRET, quote(SECRET, safe=""), BASIC, quote(BASIC), html.escape(SECRET), json.dumps(SECRET)[1:-1], API_KEY]


@pytest.mark.parametrize("said", SPELLED)
async def test_what_the_token_endpoint_says_is_masked_and_its_request_id_shown(server: Server, said: str) -> None:
    body = {"error": f"no {said}", "error_description": f"Who is {said}?", "access_token": "a-token-of-9"}
    server.tokens(Reply(400, json.dumps(body).encode(), {"X-Request-Id": f"id {said}"}))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(TokenError) as caught:
            await pipeline.call(READ, as_is)

    error = caught.value
    assert (error.error, error.error_description, error.request_id) == ("no ***", "Who is ***?", "id ***")
    assert str(error).endswith("Request id: id ***.")


async def test_no_token_stands_in_a_token_error_neither_one_refused_nor_the_one_before(server: Server) -> None:
    time = FakeTime()
    body = {
        "error": "x",
        "error_description": f"a-token-of-9, a-refresh-token, an-id-token after {TOKEN}",
        "access_token": "a-token-of-9",
        "refresh_token": "a-refresh-token",
        "id_token": "an-id-token",
        "token_type": 5,
    }
    server.tokens(grant(TOKEN, expires_in=100), Reply(400, json.dumps(body).encode()))
    async with calling(server, clock=time.clock, retry=None) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(101.0)
        with pytest.raises(TokenError) as caught:
            await pipeline.call(READ, as_is)

    assert caught.value.error_description == "***, ***, *** after ***"
    assert caught.value.request_id is None
