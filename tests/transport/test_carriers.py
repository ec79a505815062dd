"""pool, aiohttp: whatever carries the calls, they go out and fail in the same way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken, ConnectionFailed, OrderingError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.aiohttp import AiohttpTransport
from orange_ordering_client.transport.pool import NEW_CONNECTION, PoolTransport
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.servers import DROP, Held, Raw, Server, Truncated, answer, closed_port, serving
from tests.servers import Reply as Scripted

TLS = ssl.create_default_context()
LIMITS = httpx.Limits()
Make = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


def over_pool(*, limits: httpx.Limits = LIMITS, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=PoolTransport(limits=limits, verify=TLS), **options)


def over_aiohttp(*, limits: httpx.Limits = LIMITS, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=AiohttpTransport(limits=limits, verify=TLS), **options)


@pytest.fixture(params=[over_pool, over_aiohttp])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


@pytest.fixture
async def sender(make: Make) -> AsyncIterator[Sender]:
    async with make() as http:
        yield Sender(http)


async def send(
    sender: Sender, url: str, method: str = "GET", *, timeout: float = 5.0, content: bytes | None = None
) -> RawResponse | OrderingError:
    return await sender.send(method, url, headers={"X-Key": Secret("k")}, content=content, timeout=timeout)


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/a%2Fb", "/a%2eb/%41", "/é", "/x?q=a%2Cb&r=1,2&s=%2B+", "/x?createdAt=2026-01-01T00%3A00"]
)
async def test_a_target_goes_out_as_httpx_writes_it(server: Server, sender: Sender, target: str) -> None:
    await send(sender, server.origin + target)

    assert server.received[0].target == httpx.URL(server.origin + target).raw_path.decode()


async def test_the_same_bytes_go_out_over_both(server: Server) -> None:
    for make in (over_pool, over_aiohttp):
        async with make() as http:
            await send(Sender(http), server.origin + "/x", "POST", content='{"name":"é"}'.encode())

    first, second = server.received
    assert (first.method, first.target, first.body) == (second.method, second.target, second.body)
    assert first.body == '{"name":"é"}'.encode()
    assert first.headers == second.headers
    assert first.headers["x-key"] == "k"
    assert first.headers["content-length"] == str(len(first.body))


async def test_cookies_are_kept_for_calls_and_from_the_token_endpoint(server: Server, sender: Sender) -> None:
    server.on("*", Scripted(200, b"{}", {"Set-Cookie": "node=7; Path=/"}), answer({}))
    # By name: aiohttp, if it kept cookies, would keep none of an address.
    url, token_url = (each.replace("127.0.0.1", "localhost") for each in (server.origin + "/x", server.token_url))

    await send(sender, url)
    await send(sender, url)
    await sender.send_form(token_url, {"a": "b"}, user="u", password=Secret("p"), timeout=5)

    assert [request.headers.get("cookie") for request in server.received] == [None, "node=7", None]


async def test_tools_see_the_version_and_the_words_of_the_status(server: Server, make: Make) -> None:
    server.on("*", Raw("HTTP/1.1 200 Très bien\r\nContent-Length: 0\r\n\r\n".encode("latin-1")))

    async with make() as http:
        response = await http.get(server.origin)

    assert response.extensions["http_version"] == b"HTTP/1.1"
    assert response.extensions["reason_phrase"] == "Très bien".encode("latin-1")


async def test_a_status_may_come_without_words(server: Server, make: Make) -> None:
    server.on("*", Raw(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"))

    async with make() as http:
        response = await http.get(server.origin)

    assert response.extensions["reason_phrase"] == b""


@pytest.mark.parametrize("length", [60_000, 10])
async def test_the_lines_of_a_head_may_be_long(server: Server, sender: Sender, length: int) -> None:
    words = b"words " * (60_000 // length)
    server.on("*", Raw(b"HTTP/1.1 200 %s\r\nX-Long: %s\r\nContent-Length: 0\r\n\r\n" % (words, b"x" * length)))

    reply = await send(sender, server.origin + "/x")

    assert isinstance(reply, RawResponse)
    assert len(reply.headers["x-long"]) == length


async def test_a_request_can_have_a_new_connection_which_is_not_used_again(server: Server, make: Make) -> None:
    async with make() as http:
        for is_new in (True, True, False, False, True):
            await http.get(server.origin, extensions={NEW_CONNECTION: is_new})

    assert [request.connection for request in server.received] == [1, 2, 3, 3, 4]


async def test_nothing_is_added_to_the_headers_of_a_request(server: Server, make: Make) -> None:
    request = httpx.Request("POST", server.origin + "/x", content=b"{}")
    async with make() as http:
        await http.send(request)

    assert server.received[0].headers == {name.lower(): value for name, value in request.headers.items()}


async def test_without_limits_nobody_waits(server: Server, make: Make) -> None:
    server.on("*", Held())
    async with make(limits=httpx.Limits()) as http:
        calls = [asyncio.create_task(send(Sender(http), server.origin + "/x")) for _ in range(3)]
        await server.until(lambda s: len(s.received) == 3)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)


async def test_the_last_of_several_event_hooks_and_defaults_of_a_given_client_still_count(
    server: Server, make: Make
) -> None:
    seen: list[str] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request.url.path)

    async with make(params={"mine": "1"}, headers={"X-Mine": "1"}, event_hooks={"request": [note]}) as http:
        await send(Sender(http), server.origin + "/x")

    assert seen == ["/x"]
    assert server.received[0].query == {"mine": "1"}
    assert server.received[0].headers["x-mine"] == "1"


# --- how it fails -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("script", [DROP, Raw(b"HTTP/1.1 200 OK\r\nContent-Le"), Truncated(answer({"id": "1"}))])
async def test_a_connection_lost_under_way_is_broken_and_nothing_is_sent_twice(
    server: Server, sender: Sender, method: str, script: Any
) -> None:
    server.on("*", answer({}), script)
    await send(sender, server.origin + "/first")

    failure = await send(sender, server.origin + "/x", method, content=b"{}")

    assert isinstance(failure, ConnectionBroken)
    assert len(server.received) == 2
    assert server.received[0].connection == server.received[1].connection


async def test_silence_is_a_broken_connection(server: Server, sender: Sender) -> None:
    server.on("*", Held())

    assert isinstance(await send(sender, server.origin + "/x", timeout=0.1), ConnectionBroken)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://host.invalid/"])
async def test_what_was_never_reached_is_told_from_it(sender: Sender, url: str) -> None:
    failure = await send(sender, url.format(port=closed_port()))

    assert isinstance(failure, ConnectionFailed)


@contextmanager
def full_server() -> Iterator[str]:
    """A server that takes no connection, because its queue is full."""
    with ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            filling = sockets.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}/"


async def test_a_server_that_takes_no_connection_was_never_reached(sender: Sender) -> None:
    with full_server() as url:
        failure = await send(sender, url, timeout=0.5)
        token = await sender.send_form(url, {"a": "b"}, user="u", password=Secret("p"), timeout=0.5)

    assert isinstance(failure, ConnectionFailed)
    assert isinstance(token, ConnectionFailed)


async def test_the_time_to_connect_has_its_own_bound(make: Make) -> None:
    with full_server() as url:
        async with make(timeout=httpx.Timeout(10, connect=0.2)) as http:
            started = time.monotonic()
            with pytest.raises(httpx.ConnectTimeout):
                await http.get(url)

    assert time.monotonic() - started < 5


async def test_a_server_that_does_not_speak_tls_was_never_reached(server: Server, sender: Sender) -> None:
    failure = await send(sender, server.origin.replace("http:", "https:"), timeout=1.0)

    assert isinstance(failure, ConnectionFailed)


async def test_closing_ends_what_is_under_way(server: Server, make: Make) -> None:
    server.on("*", Held())
    async with make() as http:
        call = asyncio.create_task(send(Sender(http), server.origin + "/x"))
        await server.until(lambda s: len(s.received) == 1)

    async with asyncio.timeout(2):
        assert isinstance(await call, ConnectionBroken)


async def test_a_switch_to_another_protocol_is_a_broken_answer(server: Server, sender: Sender) -> None:
    server.on("*", Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))

    assert isinstance(await send(sender, server.origin + "/x"), ConnectionBroken)


@pytest.mark.parametrize(("location", "kind"), [("/elsewhere", RawResponse), ("http://a:b/", ConnectionBroken)])
async def test_a_redirect_is_an_answer_unless_it_leads_nowhere(
    server: Server, sender: Sender, location: str, kind: type
) -> None:
    server.on("*", Scripted(302, b"", {"Location": location}))

    assert isinstance(await send(sender, server.origin + "/x"), kind)
    assert len(server.received) == 1


async def test_whoever_waits_too_long_for_a_connection_has_sent_nothing(server: Server, make: Make) -> None:
    server.on("*", Held())
    async with make(limits=httpx.Limits(max_connections=1)) as http:
        first = asyncio.create_task(send(Sender(http), server.origin + "/x"))
        await server.until(lambda s: len(s.received) == 1)

        second = await send(Sender(http), server.origin + "/x", timeout=1)

        assert isinstance(second, ConnectionFailed)
        first.cancel()
        await asyncio.wait([first])
    assert len(server.received) == 1


@pytest.mark.parametrize("transport", [PoolTransport, AiohttpTransport])
async def test_a_request_without_timeouts_is_sent(server: Server, transport: Any) -> None:
    async with transport(limits=LIMITS, verify=TLS) as carrier:
        response = await carrier.handle_async_request(httpx.Request("GET", server.origin + "/x"))
        await response.aclose()

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("warm_up", "script", "stale"),
    [
        (False, lambda: DROP, False),
        (True, lambda: DROP, True),
        (True, Held, False),
        (True, lambda: Truncated(answer({"id": "1"})), False),
    ],
    ids=["a new connection", "a used connection", "silence on a used connection", "half an answer on one"],
)
async def test_a_used_connection_that_fails_without_a_response_may_have_been_stale(
    server: Server, sender: Sender, warm_up: bool, script: Callable[[], Any], stale: bool
) -> None:
    if warm_up:
        await send(sender, server.origin + "/y")
    server.on("*", script())

    failure = await send(sender, server.origin + "/x", timeout=0.3)

    assert isinstance(failure, ConnectionBroken)
    assert failure.is_stale is stale


async def test_what_an_event_hook_has_read_is_not_read_again(server: Server, make: Make) -> None:
    async def read(response: httpx.Response) -> None:
        await response.aread()

    server.on("*", answer({"id": "1"}))
    async with make(event_hooks={"response": [read]}) as http:
        reply = await send(Sender(http), server.origin + "/x")

    assert isinstance(reply, RawResponse)
    assert reply.body == b'{"id": "1"}'
