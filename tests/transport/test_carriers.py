"""pool, aiohttp, proxies: whatever carries the calls, they go out and fail in the same way."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken, ConnectionFailed, OrderingError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.aiohttp import AiohttpTransport, aiohttp_client
from orange_ordering_client.transport.pool import PoolTransport, pooled_client
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


@pytest.fixture(params=[pooled_client, aiohttp_client])
async def from_environment(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[], Sender]]:
    """Makes clients as users have them, with what the environment says; closed in the end."""
    made: list[httpx.AsyncClient] = []

    def sender() -> Sender:
        made.append(request.param())
        return Sender(made[-1])

    yield sender
    for http in made:
        await http.aclose()


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
    assert first.headers == second.headers
    assert first.headers["x-key"] == "k"
    assert first.headers["content-length"] == str(len(first.body))


async def test_cookies_are_kept_for_calls_and_from_the_token_endpoint(server: Server, sender: Sender) -> None:
    server.on("*", Scripted(200, b"{}", {"Set-Cookie": "node=7; Path=/"}), answer({}))

    await send(sender, server.origin + "/x")
    await send(sender, server.origin + "/x")
    await sender.send_form(server.token_url, {"a": "b"}, user="u", password=Secret("p"), timeout=5)

    assert [request.headers.get("cookie") for request in server.received] == [None, "node=7", None]


async def test_tools_see_the_version_and_the_words_of_the_status(server: Server, make: Make) -> None:
    server.on("*", Raw("HTTP/1.1 200 Très bien\r\nContent-Length: 0\r\n\r\n".encode("latin-1")))

    async with make() as http:
        response = await http.get(server.origin)

    assert (response.http_version, response.extensions["reason_phrase"]) == ("HTTP/1.1", "Très bien".encode("latin-1"))


async def test_header_lines_may_be_long(server: Server, sender: Sender) -> None:
    server.on("*", Scripted(200, b"{}", {"X-Long": "x" * 60_000}))

    reply = await send(sender, server.origin + "/x")

    assert isinstance(reply, RawResponse)
    assert len(reply.headers["x-long"]) == 60_000


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


async def test_a_server_that_takes_no_connection_was_never_reached(sender: Sender) -> None:
    with ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            filling = sockets.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(full.getsockname())

        failure = await send(sender, f"http://127.0.0.1:{full.getsockname()[1]}/", timeout=0.5)

    assert isinstance(failure, ConnectionFailed)


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

        assert isinstance(await send(Sender(http), server.origin + "/x", timeout=1), ConnectionFailed)

        first.cancel()
        await asyncio.wait([first])
    assert len(server.received) == 1


async def test_a_request_without_timeouts_is_sent(server: Server, make: Make) -> None:
    async with make() as http:
        request = http.build_request("GET", server.origin + "/x")
        del request.extensions["timeout"]
        assert (await http.send(request)).status_code == 200


async def test_what_an_event_hook_has_read_is_not_read_again(server: Server, make: Make) -> None:
    async def read(response: httpx.Response) -> None:
        await response.aread()

    server.on("*", answer({"id": "1"}))
    async with make(event_hooks={"response": [read]}) as http:
        reply = await send(Sender(http), server.origin + "/x")

    assert isinstance(reply, RawResponse)
    assert reply.body == b'{"id": "1"}'


# --- proxies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_carries_https(
    server: Server, from_environment: Callable[[], Sender], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, server.origin.replace("//", "//user:pass%40@"))
    server.on("*", Raw(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"))
    sender = from_environment()

    failure = await send(sender, "https://api.invalid/x")

    assert isinstance(failure, ConnectionFailed)
    assert f"api.invalid:443 (through the proxy {server.origin.removeprefix('http://')})" in str(failure)
    (request,) = server.received
    assert (request.method, request.target) == ("CONNECT", "api.invalid:443")
    assert request.headers["proxy-authorization"] == "Basic dXNlcjpwYXNzQA=="
    assert "x-key" not in request.headers


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*"])
async def test_a_host_exempt_from_the_proxy_is_called_directly(
    server: Server, from_environment: Callable[[], Sender], monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.origin)
    monkeypatch.setenv("NO_PROXY", exempt)
    sender = from_environment()

    assert isinstance(await send(sender, f"https://127.0.0.1:{closed_port()}/x"), ConnectionFailed)

    assert not server.received


async def test_a_proxy_that_is_not_there_means_that_nothing_was_sent(
    from_environment: Callable[[], Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    sender = from_environment()

    assert isinstance(await send(sender, "https://api.invalid/x"), ConnectionFailed)


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


async def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: str, sender: Sender) -> None:
    failure = await send(sender, encrypted)

    assert isinstance(failure, ConnectionFailed)
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure)
    assert str(failure).endswith(
        " Nothing was sent. If a proxy of your company replaces certificates, set SSL_CERT_FILE to a PEM file with its"
        " authority, or pass http_client=."
    )


async def test_the_environment_says_whom_to_trust(
    encrypted: str, certificate: Path, from_environment: Callable[[], Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    sender = from_environment()

    reply = await send(sender, encrypted)

    assert isinstance(reply, RawResponse)
