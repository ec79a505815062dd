"""The connection pool of the SDK's own http client: one httpx transport for each connection.

httpcore 1.0 checks every connection of a pool, and polls every idle one, twice per call (httpx issue 3215, httpcore
issue 1035). With fifty tasks, this takes most of the time of a call. A pool of one connection avoids this. The most
recently used connection is used first.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import httpx

from orange_ordering_client.transport.proxies import proxy_mounts, tls_context

__all__ = ["NEW_CONNECTION", "PROXY", "REUSED", "PoolTransport", "pooled_client"]

NEW_CONNECTION: Final = "orange_ordering_new_connection"
"""Request extension: True requests a connection that was never used."""

REUSED: Final = "orange_ordering_reused"
"""Request extension set by the transport: True if the connection had been used before."""

PROXY: Final = "orange_ordering_proxy"
"""Request extension set by the transport: host and port of its proxy."""

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=5.0)
"""The limits of httpx, except that all open connections are kept alive, because a new one needs a TLS handshake."""

_Origin = tuple[str, str, int | None]


def pooled_client() -> httpx.AsyncClient:
    """Return an `httpx.AsyncClient` that uses this pool. TLS is verified; proxies are read from the environment.

    Raises:
        ConfigurationError: an environment variable has an unusable proxy or unusable certificates.
    """
    verify = tls_context()

    def transport(proxy: httpx.Proxy | None) -> PoolTransport:
        return PoolTransport(limits=_LIMITS, verify=verify, proxy=proxy)

    return httpx.AsyncClient(transport=transport(None), mounts=proxy_mounts(transport))


class PoolTransport(httpx.AsyncBaseTransport):
    """A transport that uses many transports with one connection each.

    Args:
        limits: limits for all transports together.
        options: options of each `httpx.AsyncHTTPTransport`, such as TLS and proxy.
    """

    def __init__(self, *, limits: httpx.Limits, **options: Any) -> None:
        self._options = options
        proxy: httpx.Proxy | None = options.get("proxy")
        self._proxy = None if proxy is None else f"{proxy.url.host}:{proxy.url.port or proxy.url.scheme}"
        self._expiry = limits.keepalive_expiry
        self._most_idle = limits.max_keepalive_connections
        self._slots = None if limits.max_connections is None else asyncio.Semaphore(limits.max_connections)
        self._idle: dict[_Origin, deque[tuple[float, httpx.AsyncHTTPTransport]]] = {}
        # Created here, so that unusable options raise an exception when the client is created.
        self._spare: httpx.AsyncHTTPTransport | None = self._new()
        self._busy: set[httpx.AsyncHTTPTransport] = set()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on a free connection.

        Raises:
            httpx.PoolTimeout: no connection became free in time.
        """
        if self._slots is not None:
            await _slot(self._slots, request.extensions.get("timeout", {}).get("pool"))
        url, alone = request.url, request.extensions.get(NEW_CONNECTION)
        idle = self._idle.setdefault((url.scheme, url.host, url.port), deque())
        request.extensions[REUSED] = bool(idle) and not alone
        request.extensions[PROXY] = self._proxy
        transport = idle.pop()[1] if idle and not alone else self._take_new()
        self._busy.add(transport)
        try:
            response = await transport.handle_async_request(request)
        except BaseException:
            await self._drop(transport)
            raise

        async def done(whole: bool) -> None:
            # The connection of an order is not used again, because later data could be interpreted as another response.
            if whole and not alone and not self._closed:
                await self._give_back(transport, idle)
                return
            await self._drop(transport)
            # A connection that was being opened when `aclose` was called is unknown to its transport (httpcore 1.0).
            stream = response.extensions.get("network_stream")
            if self._closed and stream is not None:
                await stream.aclose()

        response.stream = _Stream(response.stream, done)
        return response

    async def aclose(self) -> None:
        """Close every connection. One that is being opened is closed when its request has ended."""
        self._closed = True
        transports = [transport for idle in self._idle.values() for _, transport in idle]
        transports += self._busy
        self._idle.clear()
        for transport in transports:
            await transport.aclose()

    def _take_new(self) -> httpx.AsyncHTTPTransport:
        spare, self._spare = self._spare, None
        return spare or self._new()

    def _new(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(limits=httpx.Limits(keepalive_expiry=self._expiry), **self._options)

    def _free(self, transport: httpx.AsyncHTTPTransport) -> None:
        self._busy.discard(transport)
        if self._slots is not None:
            self._slots.release()

    async def _drop(self, transport: httpx.AsyncHTTPTransport) -> None:
        self._free(transport)
        await transport.aclose()

    async def _give_back(
        self, transport: httpx.AsyncHTTPTransport, idle: deque[tuple[float, httpx.AsyncHTTPTransport]]
    ) -> None:
        self._free(transport)
        now = time.monotonic()
        idle.append((now, transport))
        # The leftmost connection has been idle for the longest time.
        too_many = self._most_idle is not None and len(idle) > self._most_idle
        if too_many or (self._expiry is not None and idle[0][0] + self._expiry < now):
            await idle.popleft()[1].aclose()


class _Stream(httpx.AsyncByteStream):
    """A response body that calls a function when its connection is free again."""

    def __init__(self, body: Any, done: Callable[[bool], Awaitable[None]]) -> None:
        self._body = body
        self._done: Callable[[bool], Awaitable[None]] | None = done

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._body)

    async def aclose(self) -> None:
        done, self._done = self._done, None
        if done is None:
            return
        try:
            await self._body.aclose()
        except BaseException:
            await done(False)
            raise
        await done(True)


async def _slot(slots: asyncio.Semaphore, patience: float | None) -> None:
    if not slots.locked():
        await slots.acquire()
        return
    try:
        async with asyncio.timeout(patience):
            await slots.acquire()
    except TimeoutError:
        raise httpx.PoolTimeout("every connection is in use") from None
