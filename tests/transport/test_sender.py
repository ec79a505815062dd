"""sender: what one attempt ends with, over real sockets, and what the http client underneath gets to see."""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from orange_ordering_client.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    DecodeError,
    InvalidArgument,
    OrderingError,
)
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.opening import ConnectionRefusedHere
from orange_ordering_client.transport.sender import RawResponse as Answered
from orange_ordering_client.transport.sender import Sender
from tests.calls import http_client
from tests.servers import DROP, Drip, Held, Raw, Reply, Server, Truncated, answer, closed_port, error, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with http_client() as http:
        yield Sender(http)


async def get(sender: Sender, url: str, timeout: float = 5.0, **headers: str | Secret) -> Answered | OrderingError:
    return await sender.send("GET", url, headers=headers, content=None, timeout=timeout)


async def ask_token(sender: Sender, url: str, timeout: float = 5.0) -> Answered | OrderingError:
    return await sender.send_form(url, {"a": "b c"}, user="me", password=Secret("s:é"), timeout=timeout)


def failing(error: Exception) -> httpx.MockTransport:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(fail)


async def test_an_answer_is_status_headers_and_body(server: Server, sender: Sender) -> None:
    server.on("/x", answer([1], 203, X_Total_Count="9"))

    reply = await get(sender, server.base_url + "/x?q=a%2Cb", Accept="application/json")

    assert isinstance(reply, Answered)
    assert (reply.status, reply.body, reply.headers["x-total-count"]) == (203, b"[1]", "9")
    assert 0 < reply.elapsed < 5
    assert reply.request is not None
    assert reply.request.url == server.base_url + "/x?q=a%2Cb"
    assert server.calls[0].target.endswith("/x?q=a%2Cb")
    assert server.calls[0].headers["user-agent"].startswith("orange-ordering-client/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_answers_and_never_followed(server: Server, status: int) -> None:
    server.on("/x", Reply(status, b"", {"Location": "/elsewhere"}))

    async with http_client(follow_redirects=True) as http:
        reply = await get(Sender(http), server.base_url + "/x")

    assert isinstance(reply, Answered)
    assert reply.status == status
    assert len(server.received) == 1


@pytest.mark.parametrize("location", ["http://a:b/", "http://xn--/", "/\x01"])
async def test_a_redirect_to_what_is_no_address_is_a_broken_answer(
    server: Server, sender: Sender, location: str
) -> None:
    server.on("/x", Reply(302, b"", {"Location": location}))

    failure = await get(sender, server.base_url + "/x")

    assert isinstance(failure, ConnectionBroken)
    assert len(server.received) == 1


async def test_where_nobody_listens_nothing_was_sent(sender: Sender) -> None:
    failure = await get(sender, f"http://127.0.0.1:{closed_port()}/")

    assert isinstance(failure, ConnectionFailed)
    assert "Nothing was sent" in str(failure)


async def test_a_busy_pool_means_that_nothing_was_sent(server: Server) -> None:
    held = Held()
    server.on("/x", held)
    async with http_client(limits=httpx.Limits(max_connections=1)) as http:
        sender = Sender(http)
        first = asyncio.create_task(get(sender, server.base_url + "/x"))
        await server.until(lambda s: len(s.received) == 1)

        second = await get(sender, server.base_url + "/x", timeout=0.5)

        assert isinstance(second, ConnectionFailed)
        held.release.set()
        assert isinstance(await first, Answered)
    assert len(server.received) == 1


async def test_a_proxy_that_refuses_means_that_nothing_was_sent(server: Server) -> None:
    server.on("*", Raw(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"))
    async with http_client(proxy=server.origin) as http:
        failure = await get(Sender(http), "https://api.invalid/x", X_API_Key=Secret("k"))

    assert isinstance(failure, ConnectionFailed)
    assert [request.method for request in server.received] == ["CONNECT"]


async def test_plain_http_to_this_machine_never_goes_through_a_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    sender = Sender()

    reply = await get(sender, server.base_url + "/x")

    await sender.aclose()
    assert isinstance(reply, Answered)


@pytest.mark.parametrize(
    "script",
    [
        DROP,
        Truncated(answer({"id": "1"})),
        Raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
        Raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ],
    ids=["dropped", "truncated", "half a head", "not http", "bad chunk", "another protocol"],
)
async def test_a_connection_that_fails_after_the_request_is_broken(server: Server, sender: Sender, script: Any) -> None:
    server.on("/x", script)

    failure = await get(sender, server.base_url + "/x")

    assert isinstance(failure, ConnectionBroken)
    assert re.search(r"failed during the request: (RemoteProtocol|Read)Error\.$", str(failure))
    assert len(server.received) == 1


async def test_a_connection_cut_before_anything_was_read_may_have_carried_the_request(
    server: Server, sender: Sender
) -> None:
    server.drops = 1

    assert isinstance(await get(sender, server.base_url + "/x"), ConnectionBroken)


@pytest.mark.parametrize("script", [Held, lambda: Drip(answer("x" * 1000))], ids=["silent", "dripping"])
async def test_an_attempt_ends_with_its_time_however_the_server_stretches_it(
    server: Server, sender: Sender, script: Callable[[], Any]
) -> None:
    server.on("/x", script())
    server.tokens(script())

    async with asyncio.timeout(2):
        failure = await get(sender, server.base_url + "/x", timeout=0.15)
        token = await ask_token(sender, server.token_url, timeout=0.15)

    assert isinstance(failure, ConnectionBroken)
    assert str(failure).startswith("No whole answer came within 0.15 s.")
    assert isinstance(token, ConnectionBroken)


async def test_a_gzipped_body_is_unpacked(server: Server, sender: Sender) -> None:
    server.on("/x", Reply(200, gzip.compress(b"[1]"), {"Content-Encoding": "gzip"}))

    reply = await get(sender, server.base_url + "/x")

    assert isinstance(reply, Answered)
    assert reply.body == b"[1]"


async def test_a_broken_content_encoding_is_a_decode_error(server: Server, sender: Sender) -> None:
    server.on("/x", Reply(200, b"not gzip", {"Content-Encoding": "gzip", "X-Id": "7"}))

    failure = await get(sender, server.base_url + "/x")

    assert isinstance(failure, DecodeError)
    assert failure.status == 200
    assert failure.headers is not None
    assert failure.headers["x-id"] == "7"
    assert "content encoding" in str(failure)


@pytest.mark.parametrize(
    "script",
    [
        Reply(429, b"not gzip", {"Content-Encoding": "gzip", "Retry-After": "7"}),
        Truncated(error(429, 53, Retry_After="7")),
        Drip(error(429, 53, Retry_After="7"), pause=0.1),
    ],
    ids=["bad gzip", "truncated", "too slow"],
)
async def test_a_lost_body_does_not_hide_a_status_that_is_not_a_success(
    server: Server, sender: Sender, script: Any
) -> None:
    server.on("/x", script)

    reply = await get(sender, server.base_url + "/x", timeout=0.3)

    assert isinstance(reply, Answered)
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (429, b"", "7")
    assert 0 < reply.elapsed < 5
    assert reply.request is not None


async def test_a_connection_closed_while_idle_is_not_used_again(server: Server, sender: Sender) -> None:
    server.on("/x", Reply(200, b"1", close=True))

    for _ in range(3):
        assert isinstance(await get(sender, server.base_url + "/x"), Answered)


async def test_connections_are_kept_and_used_again(server: Server, sender: Sender) -> None:
    for status in (200, 404, 500, 302):
        server.on("/x", answer({}, status))
        await get(sender, server.base_url + "/x")

    assert {request.connection for request in server.received} == {1}


@pytest.mark.parametrize("url", ["/\x00", "/" + "x" * 70_000])
async def test_what_is_no_url_is_refused_before_anything_is_sent(server: Server, sender: Sender, url: str) -> None:
    with pytest.raises(InvalidArgument, match="No URL can be made"):
        await get(sender, server.base_url + url)
    assert not server.received


async def test_a_host_that_no_name_server_can_know_is_no_url(sender: Sender) -> None:
    with pytest.raises(InvalidArgument, match=r"^No URL can be made of the path and query: IDNAError \("):
        await get(sender, "https://xn--/x")


async def test_cancelling_frees_the_connection(server: Server) -> None:
    server.on("/x", Held(), answer([1]))
    async with http_client(limits=httpx.Limits(max_connections=1)) as http:
        sender = Sender(http)
        task = asyncio.create_task(get(sender, server.base_url + "/x"))
        await server.until(lambda s: len(s.received) == 1)

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(await get(sender, server.base_url + "/x", timeout=1.0), Answered)


async def test_a_http_client_that_its_owner_closed_is_a_clear_error(server: Server) -> None:
    http = http_client()
    sender = Sender(http)
    await http.aclose()

    with pytest.raises(ClientClosed, match="http client"):
        await get(sender, server.base_url + "/x")
    with pytest.raises(ClientClosed, match="http client"):
        await ask_token(sender, server.token_url)


async def test_an_injected_http_client_is_left_open_and_an_own_one_is_closed(server: Server) -> None:
    async with http_client() as http:
        await Sender(http).aclose()
        assert not http.is_closed
    own = Sender()
    await own.aclose()

    with pytest.raises(ClientClosed, match=r"^The http client that this client was given is closed\.$"):
        await get(own, server.base_url)


@pytest.mark.parametrize("wrong", ["client", 5, httpx.Client])
def test_something_else_than_an_async_http_client_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Sender(wrong)
    assert str(caught.value) == f"http_client must be an httpx.AsyncClient, not {type(wrong).__name__}."


async def test_a_form_goes_out_with_basic_credentials(server: Server, sender: Sender) -> None:
    await ask_token(sender, server.token_url)

    (request,) = server.token_requests
    assert request.method == "POST"
    assert request.headers["authorization"] == "Basic " + base64.b64encode("me:s:é".encode()).decode()
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip, deflate"
    assert request.headers["user-agent"].startswith("orange-ordering-client/")
    assert parse_qs(request.body.decode()) == {"a": ["b c"]}


async def test_what_an_injected_http_client_brings_along_stays_away_from_the_token_endpoint(server: Server) -> None:
    seen: list[object] = []

    async def spy(message: object) -> None:
        seen.append(message)

    async with http_client(
        event_hooks={"request": [spy], "response": [spy]},
        headers={"X-Mine": "1", "Authorization": "Bearer mine"},
        cookies={"mine": "1"},
        params={"mine": "1"},
        auth=("mine", "mine"),
        follow_redirects=True,
    ) as http:
        server.tokens(Reply(302, b"", {"Location": "/elsewhere", "Set-Cookie": "theirs=1; Path=/"}))
        sender = Sender(http)
        await ask_token(sender, server.token_url)
        assert not seen

        reply = await get(sender, server.base_url + "/x", Authorization=Secret("Bearer T"))

        assert isinstance(reply, Answered)
        assert len(seen) == 2
        assert "theirs" not in http.cookies

    token_request, business = server.received
    assert "x-mine" not in token_request.headers
    assert "cookie" not in token_request.headers
    assert token_request.query == {}
    assert token_request.headers["authorization"].startswith("Basic ")
    assert "mine:" not in base64.b64decode(token_request.headers["authorization"][6:]).decode()
    assert business.headers["x-mine"] == "1"
    assert business.headers["authorization"] == "Bearer T"


async def test_what_an_event_hook_of_an_injected_http_client_raises_is_not_swallowed(server: Server) -> None:
    async def broken(_: object) -> None:
        raise ZeroDivisionError

    async with http_client(event_hooks={"request": [broken]}) as http:
        with pytest.raises(ZeroDivisionError):
            await get(Sender(http), server.base_url + "/x")


@pytest.mark.parametrize(
    ("target", "own", "sent"),
    [
        ("/x?a=1", {"b": "2 3"}, "a=1&b=2%203"),
        ("/x", {"b": "2+3"}, "b=2%2B3"),
        ("/x?a=1", {"a": "9"}, "a=1"),
        ("/x?a=b=c&d=1", {"a": "9", "d": "9", "e/f": "g/h", "i": "j"}, "a=b=c&d=1&e%2Ff=g%2Fh&i=j"),
    ],
)
async def test_query_parameters_of_a_given_http_client_are_added_to_those_of_the_call(
    server: Server, target: str, own: dict[str, str], sent: str
) -> None:
    async with http_client(params=own) as http:
        await get(Sender(http), server.base_url + target)
    assert server.received[0].target.partition("?")[2] == sent


@pytest.mark.parametrize("raised", [httpx.TooManyRedirects("x"), httpx.StreamError("x"), OSError("x"), ValueError("x")])
async def test_whatever_a_transport_raises_is_an_error_of_this_sdk(raised: Exception) -> None:
    async with httpx.AsyncClient(transport=failing(raised)) as http:
        failure = await get(Sender(http), "https://api.invalid/x")

    assert isinstance(failure, ConnectionBroken)
    assert str(failure) == f"The response could not be read: {type(raised).__name__}."


async def test_a_response_that_came_too_early_is_told() -> None:
    async with httpx.AsyncClient(transport=failing(ConnectionRefusedHere(used=False))) as http:
        failure = await get(Sender(http), "https://api.invalid/x")

    assert isinstance(failure, ConnectionBroken)
    assert str(failure) == "A response came before the request was sent, so it is not believed."
