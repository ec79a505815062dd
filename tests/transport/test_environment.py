"""pool, aiohttp: both send through the proxy, and trust the authority, that the environment names."""

from __future__ import annotations

import asyncio
import select
import socket
import socketserver
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from orange_ordering_client.errors import ConnectionFailed, OrderingError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.aiohttp import aiohttp_client
from orange_ordering_client.transport.pool import pooled_client
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.servers import Raw, Server, answer, closed_port, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


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


async def send(sender: Sender, url: str, method: str = "GET") -> RawResponse | OrderingError:
    return await sender.send(method, url, headers={"X-Key": Secret("k")}, content=None, timeout=5.0)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def encrypted(authority: trustme.CA) -> AsyncIterator[str]:
    """The origin of a server with a certificate of that authority."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answer({"ok": True}).play(writer)
        writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, ssl_shutdown_timeout=0.1)
    yield f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()


@pytest.fixture
def trusted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment names the authority of the server."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    encrypted: str, from_environment: Callable[[], Sender]
) -> None:
    failure = await send(from_environment(), encrypted)

    assert isinstance(failure, ConnectionFailed)
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure)
    assert str(failure).endswith(
        " Nothing was sent. If a proxy of your company replaces certificates, set SSL_CERT_FILE to a PEM file with its"
        " authority, or pass http_client=."
    )


@pytest.mark.usefixtures("trusted")
async def test_the_environment_says_whom_to_trust(encrypted: str, from_environment: Callable[[], Sender]) -> None:
    assert isinstance(await send(from_environment(), encrypted), RawResponse)


# --- proxies that carry -----------------------------------------------------------------------------------------------


class _Http(socketserver.StreamRequestHandler):
    """Carries a connection as CONNECT asks for it (RFC 9110, section 9.3.6)."""

    scheme = "http"
    rbufsize = 0
    asked: list[tuple[str, int]]

    def handle(self) -> None:
        self.asked.append(self.target())
        with socket.create_connection(self.asked[-1], timeout=5) as there:
            ways = {self.connection: there, there: self.connection}
            while ready := select.select(ways, [], [], 5)[0]:
                for end in ready:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    ways[end].sendall(data)

    def target(self) -> tuple[str, int]:
        host, _, port = self.rfile.readline().split()[1].decode().rpartition(":")
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        return host, int(port)


class _Socks(_Http):
    """Carries a connection as SOCKS 5 asks for it (RFC 1928)."""

    scheme = "socks5"

    def target(self) -> tuple[str, int]:
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        *_, kind = self.rfile.read(4)
        host = socket.inet_ntoa(self.rfile.read(4)) if kind == 1 else self.rfile.read(self.rfile.read(1)[0]).decode()
        port = int.from_bytes(self.rfile.read(2), "big")
        self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
        return host, port


@asynccontextmanager
async def proxying(kind: type[_Http]) -> AsyncIterator[tuple[str, list[tuple[str, int]]]]:
    """A proxy that carries; its host and port, and those that it was asked for."""
    asked: list[tuple[str, int]] = []
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type(kind.__name__, (kind,), {"asked": asked}))
    serving = asyncio.create_task(asyncio.to_thread(server.serve_forever, poll_interval=0.02))
    yield f"127.0.0.1:{server.server_address[1]}", asked
    # Both wait for threads that wait for this loop.
    await asyncio.to_thread(server.shutdown)
    await asyncio.to_thread(server.server_close)
    await serving


Through = Callable[[], Awaitable[tuple[RawResponse | OrderingError, list[tuple[str, int]]]]]


@pytest.fixture(params=[_Http, _Socks])
def through(
    request: pytest.FixtureRequest,
    encrypted: str,
    from_environment: Callable[[], Sender],
    monkeypatch: pytest.MonkeyPatch,
) -> Through:
    """Posts to the server through a proxy; what comes back, and what the proxy was asked for."""

    async def post() -> tuple[RawResponse | OrderingError, list[tuple[str, int]]]:
        async with proxying(request.param) as (place, asked):
            monkeypatch.setenv("HTTPS_PROXY", f"{request.param.scheme}://{place}")
            return await send(from_environment(), encrypted + "/x", "POST"), asked

    return post


@pytest.mark.usefixtures("trusted")
async def test_a_call_goes_through_the_proxy_to_the_server_that_is_verified(encrypted: str, through: Through) -> None:
    reply, asked = await through()

    assert isinstance(reply, RawResponse)
    assert asked == [("127.0.0.1", int(encrypted.rpartition(":")[2]))]


async def test_a_certificate_is_refused_behind_a_proxy_too(through: Through) -> None:
    failure, asked = await through()

    assert isinstance(failure, ConnectionFailed)
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure)
    assert len(asked) == 1


# --- proxies that refuse ----------------------------------------------------------------------------------------------


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
