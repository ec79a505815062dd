"""backend, lifo, over_aiohttp, foreign: whatever carries the calls, they go out and fail in the same way."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from orange_ordering_client import OrderingClient
from orange_ordering_client.errors import ConnectionBroken, ConnectionFailed, OrderingError
from orange_ordering_client.settings import Secret
from orange_ordering_client.transport import backend
from orange_ordering_client.transport.exchange import Exchange, Reply
from orange_ordering_client.transport.extras import installed_extras
from orange_ordering_client.transport.lifo import LifoTransport
from tests.calls import API_KEY, CLIENT_ID, SECRET, http_client
from tests.servers import DROP, Held, Raw, Server, Truncated, answer, closed_port, serving
from tests.servers import Reply as Scripted

aiohttp_only = pytest.mark.skipif("aiohttp" not in installed_extras(), reason="needs the extra aiohttp")
KINDS = [
    pytest.param(frozenset[str](), id="httpx"),
    pytest.param(frozenset({"aiohttp"}), id="aiohttp", marks=aiohttp_only),
]
TLS = ssl.create_default_context()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture(params=KINDS)
def extras(request: pytest.FixtureRequest) -> frozenset[str]:
    kind: frozenset[str] = request.param
    return kind


@pytest.fixture
async def exchange(extras: frozenset[str]) -> AsyncIterator[Exchange]:
    async with quickly_made(extras) as http:
        yield Exchange(http)


def quickly_made(extras: frozenset[str] = frozenset(), **options: Any) -> httpx.AsyncClient:
    """What an Exchange makes for itself, but that all share one TLS context."""
    return backend.http_client(extras, mounts={"http://": None}, verify=TLS, **options)


async def send(
    exchange: Exchange, url: str, method: str = "GET", *, timeout: float = 5.0, content: bytes | None = None
) -> Reply | OrderingError:
    return await exchange.send(method, url, headers={"X-Key": Secret("k")}, content=content, timeout=timeout)


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/a%2Fb", "/a%2eb/%41", "/é", "/x?q=a%2Cb&r=1,2&s=%2B+", "/x?createdAt=2026-01-01T00%3A00"]
)
async def test_a_target_goes_out_as_httpx_writes_it(server: Server, exchange: Exchange, target: str) -> None:
    await send(exchange, server.origin + target)

    assert server.received[0].target == httpx.URL(server.origin + target).raw_path.decode()


async def test_the_same_bytes_go_out_over_both(server: Server) -> None:
    for kind in (frozenset[str](), installed_extras()):
        async with quickly_made(kind) as http:
            await send(Exchange(http), server.origin + "/x", "POST", content='{"name":"é"}'.encode())

    first, second = server.received
    assert (first.method, first.target, first.body) == (second.method, second.target, second.body)
    assert first.headers == second.headers
    assert first.headers["x-key"] == "k"
    assert first.headers["content-length"] == str(len(first.body))


async def test_cookies_are_kept_for_calls_and_from_the_token_endpoint(server: Server, exchange: Exchange) -> None:
    server.on("*", Scripted(200, b"{}", {"Set-Cookie": "node=7; Path=/"}), answer({}))

    await send(exchange, server.origin + "/x")
    await send(exchange, server.origin + "/x")
    await exchange.send_form(server.token_url, {"a": "b"}, user="u", password=Secret("p"), timeout=5)

    assert [request.headers.get("cookie") for request in server.received] == [None, "node=7", None]


async def test_header_lines_may_be_long(server: Server, exchange: Exchange) -> None:
    server.on("*", Scripted(200, b"{}", {"X-Long": "x" * 60_000}))

    reply = await send(exchange, server.origin + "/x")

    assert isinstance(reply, Reply)
    assert len(reply.headers["x-long"]) == 60_000


async def test_the_last_of_several_event_hooks_and_defaults_of_a_given_client_still_count(
    server: Server, extras: frozenset[str]
) -> None:
    seen: list[str] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request.url.path)

    async with quickly_made(
        extras, params={"mine": "1"}, headers={"X-Mine": "1"}, event_hooks={"request": [note]}
    ) as http:
        await send(Exchange(http), server.origin + "/x")

    assert seen == ["/x"]
    assert server.received[0].query == {"mine": "1"}
    assert server.received[0].headers["x-mine"] == "1"


# --- how it fails -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("script", [DROP, Raw(b"HTTP/1.1 200 OK\r\nContent-Le"), Truncated(answer({"id": "1"}))])
async def test_a_connection_lost_under_way_is_broken_and_nothing_is_sent_twice(
    server: Server, exchange: Exchange, method: str, script: Any
) -> None:
    server.on("*", answer({}), script)
    await send(exchange, server.origin + "/first")

    failure = await send(exchange, server.origin + "/x", method, content=b"{}")

    assert isinstance(failure, ConnectionBroken)
    assert len(server.received) == 2
    assert server.received[0].connection == server.received[1].connection


async def test_silence_is_a_broken_connection(server: Server, exchange: Exchange) -> None:
    server.on("*", Held())

    assert isinstance(await send(exchange, server.origin + "/x", timeout=0.1), ConnectionBroken)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://host.invalid/"])
async def test_what_was_never_reached_is_told_from_it(exchange: Exchange, url: str) -> None:
    failure = await send(exchange, url.format(port=closed_port()))

    assert isinstance(failure, ConnectionFailed)


async def test_a_server_that_does_not_speak_tls_was_never_reached(server: Server, exchange: Exchange) -> None:
    failure = await send(exchange, server.origin.replace("http:", "https:"), timeout=1.0)

    assert isinstance(failure, ConnectionFailed)


async def test_closing_ends_what_is_under_way(server: Server, extras: frozenset[str]) -> None:
    server.on("*", Held())
    async with quickly_made(extras) as http:
        call = asyncio.create_task(send(Exchange(http), server.origin + "/x"))
        await server.until(lambda s: len(s.received) == 1)

    async with asyncio.timeout(2):
        assert isinstance(await call, ConnectionBroken)


async def test_a_switch_to_another_protocol_is_a_broken_answer(server: Server, exchange: Exchange) -> None:
    server.on("*", Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))

    assert isinstance(await send(exchange, server.origin + "/x"), ConnectionBroken)


@pytest.mark.parametrize(("location", "kind"), [("/elsewhere", Reply), ("http://a:b/", ConnectionBroken)])
async def test_a_redirect_is_an_answer_unless_it_leads_nowhere(
    server: Server, exchange: Exchange, location: str, kind: type
) -> None:
    server.on("*", Scripted(302, b"", {"Location": location}))

    assert isinstance(await send(exchange, server.origin + "/x"), kind)
    assert len(server.received) == 1


async def test_whoever_waits_too_long_for_a_connection_has_sent_nothing(server: Server, extras: frozenset[str]) -> None:
    server.on("*", Held())
    async with quickly_made(extras, limits=httpx.Limits(max_connections=1)) as http:
        first = asyncio.create_task(send(Exchange(http), server.origin + "/x"))
        await server.until(lambda s: len(s.received) == 1)

        assert isinstance(await send(Exchange(http), server.origin + "/x", timeout=0.1), ConnectionFailed)

        first.cancel()
        await asyncio.wait([first])
    assert len(server.received) == 1


# --- proxies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_carries_https(
    server: Server, extras: frozenset[str], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, server.origin.replace("//", "//user:pass%40@"))
    server.on("*", Raw(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"))
    exchange = Exchange(extras=extras)

    failure = await send(exchange, "https://api.invalid/x")

    await exchange.aclose()
    assert isinstance(failure, ConnectionFailed)
    (request,) = server.received
    assert (request.method, request.target) == ("CONNECT", "api.invalid:443")
    assert request.headers["proxy-authorization"] == "Basic dXNlcjpwYXNzQA=="
    assert "x-key" not in request.headers


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*"])
async def test_a_host_exempt_from_the_proxy_is_called_directly(
    server: Server, extras: frozenset[str], monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.origin)
    monkeypatch.setenv("NO_PROXY", exempt)
    exchange = Exchange(extras=extras)

    assert isinstance(await send(exchange, f"https://127.0.0.1:{closed_port()}/x"), ConnectionFailed)

    await exchange.aclose()
    assert not server.received


async def test_a_proxy_that_is_not_there_means_that_nothing_was_sent(
    extras: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    exchange = Exchange(extras=extras)

    assert isinstance(await send(exchange, "https://api.invalid/x"), ConnectionFailed)

    await exchange.aclose()


async def test_a_socks_proxy_is_left_to_httpx(extras: frozenset[str]) -> None:
    async with backend.http_client(extras, proxy="socks5://127.0.0.1:1") as http:
        (transport,) = http._mounts.values()

    assert isinstance(transport, LifoTransport)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody trusts, with its key in the same file."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("makes its certificate with openssl")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(  # noqa: S603 -- openssl, with arguments of our own
        [openssl, *command.split(), "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
async def encrypted(certificate: Path) -> AsyncIterator[str]:
    """The origin of a server with that certificate."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answer({"ok": True}).play(writer)
        writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    yield f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: str, exchange: Exchange) -> None:
    failure = await send(exchange, encrypted)

    assert isinstance(failure, ConnectionFailed)
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure)


async def test_the_environment_says_whom_to_trust(
    encrypted: str, certificate: Path, extras: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    exchange = Exchange(extras=extras)

    reply = await send(exchange, encrypted)

    await exchange.aclose()
    assert isinstance(reply, Reply)


# --- many connections -------------------------------------------------------------------------------------------------


async def burst(exchange: Exchange, server: Server, count: int) -> None:
    """So many calls at once, each over a connection of its own."""
    held = [Held(answer({})) for _ in range(count)]
    before = len(server.received)
    server.on("/burst", *held, answer({}))
    calls = [asyncio.create_task(send(exchange, server.base_url + "/burst")) for _ in held]
    await server.until(lambda s: len(s.received) == before + count)
    for each in held:
        each.release.set()
    for call in calls:
        assert isinstance(await call, Reply)


def own(exchange: Exchange) -> LifoTransport:
    transport = exchange._client._transport
    assert isinstance(transport, LifoTransport)
    return transport


async def test_connections_of_a_burst_are_used_again(server: Server, exchange: Exchange) -> None:
    await burst(exchange, server, 10)
    await burst(exchange, server, 10)

    assert server.connections == 10


async def test_the_connection_used_last_is_taken_first(server: Server) -> None:
    async with quickly_made() as http:
        exchange = Exchange(http)
        await burst(exchange, server, 3)
        for _ in range(5):
            await send(exchange, server.origin + "/x")

    assert len({request.connection for request in server.received[-5:]}) == 1


async def test_connections_idle_for_too_long_are_closed(server: Server) -> None:
    async with http_client_of(keepalive_expiry=0.02) as http:
        exchange = Exchange(http)
        await burst(exchange, server, 3)
        await asyncio.sleep(0.05)
        for _ in range(3):
            await send(exchange, server.origin + "/x")
        assert [len(idle) for idle in own(exchange)._idle.values()] == [1]


async def test_no_more_connections_are_kept_than_allowed(server: Server) -> None:
    async with http_client_of(max_keepalive_connections=2) as http:
        exchange = Exchange(http)
        await burst(exchange, server, 5)
        assert [len(idle) for idle in own(exchange)._idle.values()] == [2]


async def test_without_limits_nobody_waits(server: Server) -> None:
    async with http_client_of() as http:
        await burst(Exchange(http), server, 3)


async def test_a_free_connection_goes_to_whoever_waits_for_one(server: Server) -> None:
    async with http_client_of(max_connections=1) as http:
        replies = await asyncio.gather(*(send(Exchange(http), server.origin + "/x") for _ in range(3)))

    assert all(isinstance(reply, Reply) for reply in replies)
    assert server.connections == 1


async def test_a_connection_that_cannot_be_closed_in_order_is_given_up() -> None:
    class Stubborn(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{}"

        async def aclose(self) -> None:
            raise httpx.CloseError("will not")

    class Transport(LifoTransport):
        def _new(self) -> Any:
            async def handle(request: httpx.Request) -> httpx.Response:
                return httpx.Response(200, stream=Stubborn())

            return httpx.MockTransport(handle)

    transport = Transport(limits=httpx.Limits(max_connections=1))
    for _ in range(2):
        response = await transport.handle_async_request(httpx.Request("GET", "http://x"))
        with pytest.raises(httpx.CloseError):
            await response.stream.aclose()  # type: ignore[union-attr]  # an async one
        await response.stream.aclose()  # type: ignore[union-attr]  # a second time is nothing

    assert not transport._busy


def http_client_of(**limits: Any) -> httpx.AsyncClient:
    return quickly_made(limits=httpx.Limits(**limits))


# --- choosing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [(), ("fast",), ("aiohttp",), ("fast", "aiohttp"), None])
async def test_a_client_works_with_whatever_it_is_told_to_use(server: Server, chosen: Any) -> None:
    if not set(chosen or ()) <= installed_extras():
        pytest.skip("not installed")
    server.on("/requests/3-1", answer({"id": "3-1", "status": "NEW"}))
    async with OrderingClient(
        client_id=CLIENT_ID,
        client_secret=SECRET,
        api_key=API_KEY,
        base_url=server.base_url,
        token_url=server.token_url,
        extras=chosen,
    ) as ordering:
        assert (await ordering.requests.get("3-1")).status == "NEW"
        carrier = type(ordering._pipeline.core.exchange._client._transport).__name__

    used = installed_extras() if chosen is None else chosen
    assert carrier == ("AiohttpTransport" if "aiohttp" in used else "LifoTransport")


# --- other libraries under a given http client ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        (DROP, ConnectionBroken),
        (Truncated(answer({"id": "1"})), ConnectionBroken),
        (Raw(b"SSH-2.0-OpenSSH_9.6\r\n"), ConnectionBroken),
        (None, ConnectionFailed),
    ],
    ids=["dropped", "truncated", "not http", "nobody there"],
)
async def test_httpx_aiohttp_cannot_make_a_lost_order_look_like_one_never_sent(
    server: Server, script: Any, failure: type[OrderingError]
) -> None:
    library = pytest.importorskip("httpx_aiohttp")
    origin = server.origin
    if script is None:
        origin = f"http://127.0.0.1:{closed_port()}"
    else:
        server.on("*", script)
    async with library.HttpxAiohttpClient() as http:
        outcome = await send(Exchange(http), origin + "/x", "POST", content=b"{}")

    assert type(outcome) is failure


class Misnaming(httpx.AsyncBaseTransport):
    """Fails as httpx-aiohttp does, of which a plain test run has nothing."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("") from self.cause


class LettingOut(Misnaming):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self.cause


@aiohttp_only
@pytest.mark.parametrize(
    ("transport", "cause", "failure"),
    [
        (Misnaming, "ServerDisconnectedError", ConnectionBroken),
        (Misnaming, "ClientOSError", ConnectionBroken),
        (Misnaming, "ConnectionTimeoutError", ConnectionFailed),
        (LettingOut, "ServerDisconnectedError", ConnectionBroken),
        (LettingOut, "ClientPayloadError", ConnectionBroken),
    ],
)
async def test_a_failure_is_judged_by_what_it_is_not_by_what_it_is_called(
    transport: type[Misnaming], cause: str, failure: type[OrderingError]
) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    async with httpx.AsyncClient(transport=transport(getattr(aiohttp, cause)()), verify=TLS) as http:
        outcome = await send(Exchange(http), "https://api.invalid/x", "POST", content=b"{}")

    assert type(outcome) is failure


async def test_what_an_event_hook_has_read_is_not_read_again(server: Server, extras: frozenset[str]) -> None:
    async def read(response: httpx.Response) -> None:
        await response.aread()

    server.on("*", answer({"id": "1"}))
    async with quickly_made(extras, event_hooks={"response": [read]}) as http:
        reply = await send(Exchange(http), server.origin + "/x")

    assert isinstance(reply, Reply)
    assert reply.body == b'{"id": "1"}'


async def test_an_older_or_newer_httpx_goes_its_own_ways(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_AS_KNOWN", False)
    async with http_client() as http:
        assert isinstance(await send(Exchange(http), server.origin + "/x"), Reply)
