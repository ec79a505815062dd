"""A transport of httpx that uses aiohttp: `http_client=aiohttp_client()`, with the extra `aiohttp`.

`httpx-aiohttp` 0.2 is not used: it reports a connection that was lost after sending as a connect timeout, and a caller
that interprets this as "never sent" places an order twice. It also rewrites percent-encoded paths, stores cookies,
repeats PUT and DELETE, and raises exceptions of aiohttp.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import httpx
from yarl import URL

from orange_ordering_client.transport.pool import NEW_CONNECTION, PROXY, REUSED
from orange_ordering_client.transport.proxies import proxy_mounts, tls_context

__all__ = ["AiohttpTransport", "aiohttp_client"]

_LIMITS: Final = httpx.Limits(max_connections=100, keepalive_expiry=5.0)

_LONGEST_LINE: Final = 100_000
"""Largest size of one header line in bytes, the same as in h11, which httpx's own transport uses."""

_NOT_ADDED: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""Headers that aiohttp adds to a request that has none."""

_NOT_SENT: Final[tuple[tuple[type[Exception], type[httpx.TransportError]], ...]] = (
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol),
)
_SENT: Final[tuple[tuple[type[Exception], type[httpx.TransportError]], ...]] = (
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectionError, httpx.ReadError),
    (aiohttp.ClientError, httpx.RemoteProtocolError),
)


def aiohttp_client() -> httpx.AsyncClient:
    """Return an `httpx.AsyncClient` that uses aiohttp, for `http_client=`. The caller must close it.

    It is faster with many concurrent calls. Tools that patch httpx's own transport (OpenTelemetry, VCR.py, respx) do
    not see its calls. TLS is verified. Proxies are read from the environment, http and https only.

    Raises:
        ConfigurationError: an environment variable has an unusable proxy or unusable certificates.
    """
    verify = tls_context()

    def transport(proxy: httpx.Proxy | None) -> httpx.AsyncBaseTransport:
        if proxy is not None and not proxy.url.scheme.startswith("http"):
            # aiohttp does not support other proxies (SOCKS); httpx does, with its own extra.
            return httpx.AsyncHTTPTransport(verify=verify, limits=_LIMITS, proxy=proxy)
        return AiohttpTransport(verify=verify, limits=_LIMITS, proxy=proxy)

    return httpx.AsyncClient(transport=transport(None), mounts=proxy_mounts(transport))


class AiohttpTransport(httpx.AsyncBaseTransport):
    """A transport that sends requests of httpx unchanged over a session of aiohttp.

    Args:
        verify: TLS context.
        limits: limits of the connections.
        proxy: http or https proxy.
    """

    def __init__(self, *, verify: ssl.SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None = None) -> None:
        self._tls = verify
        self._limits = limits
        self._proxy: dict[str, Any] = {} if proxy is None else _proxy(proxy)
        self._place = None if proxy is None else f"{proxy.url.host}:{proxy.url.port or proxy.url.scheme}"
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its response before the body is read.

        Raises:
            httpx.TransportError: the same class that httpx's own transport raises.
        """
        alone = bool(request.extensions.get(NEW_CONNECTION))
        if alone not in self._sessions:
            # The session is created on use, because it belongs to the running loop.
            self._sessions[alone] = self._open(alone)
        patience = request.extensions.get("timeout", {})
        request.extensions[PROXY] = self._place
        try:
            response = await self._sessions[alone].request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=await request.aread() or None,
                allow_redirects=False,
                # These timeouts are for connecting only, because the sender limits the whole attempt.
                trace_request_ctx=request.extensions,
                timeout=aiohttp.ClientTimeout(connect=patience.get("pool"), sock_connect=patience.get("connect")),
                **self._proxy,
            )
        except aiohttp.ClientError as error:
            raise _as_httpx(error, sent=False) from error
        if response.status < 200:
            response.close()
            raise httpx.RemoteProtocolError(f"the answer switches to another protocol ({response.status})")
        extensions = {
            "http_version": b"HTTP/1.1",
            # aiohttp has decoded it this way.
            "reason_phrase": (response.reason or "").encode("utf-8", "surrogateescape"),
        }
        return httpx.Response(
            response.status, headers=list(response.raw_headers), stream=_Stream(response), extensions=extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()

    def _open(self, alone: bool) -> aiohttp.ClientSession:
        # With force_close, each request opens a connection and closes it after its response.
        options: dict[str, Any] = (
            {"force_close": True} if alone else {"keepalive_timeout": self._limits.keepalive_expiry}
        )
        connector = aiohttp.TCPConnector(limit=self._limits.max_connections or 0, ssl=self._tls, **options)
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reused)
        session = aiohttp.ClientSession(
            connector=connector,
            trace_configs=[trace],
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_NOT_ADDED,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        # aiohttp repeats PUT and DELETE on a lost connection, and has no public option to disable this.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return session


async def _note_reused(_: aiohttp.ClientSession, context: Any, __: object) -> None:
    context.trace_request_ctx[REUSED] = True


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except aiohttp.ClientError as error:
            raise _as_httpx(error, sent=True) from error

    async def aclose(self) -> None:
        # This closes the connection if the body was not read to its end.
        self._response.close()


def _as_httpx(error: Exception, *, sent: bool) -> httpx.TransportError:
    table = _SENT if sent else _NOT_SENT + _SENT
    kind = next(theirs for ours, theirs in table if isinstance(error, ours))
    return kind(str(error) or type(error).__name__)


def _proxy(proxy: httpx.Proxy) -> dict[str, Any]:
    headers = dict(proxy.headers)
    if proxy.auth is not None:
        credentials = base64.b64encode(":".join(proxy.auth).encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {credentials}"
    return {"proxy": URL(str(proxy.url)), "proxy_headers": headers}
