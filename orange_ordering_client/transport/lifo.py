"""Connections for many tasks at once: one httpx transport for each, the one used last taken first.

httpcore 1.0 looks at every connection of a pool, and asks the system about every idle one, twice per call (httpx
issue 3215, httpcore issue 1035). With fifty tasks that is most of the time a call takes. A pool of one connection has
nothing to look through.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx

__all__ = ["LifoTransport"]

_Origin = tuple[str, str, int | None]


class LifoTransport(httpx.AsyncBaseTransport):
    """Many transports of one connection each.

    Args:
        limits: of all of them together.
        options: what each `httpx.AsyncHTTPTransport` takes: TLS, proxy.
    """

    def __init__(self, *, limits: httpx.Limits, **options: Any) -> None:
        self._options = options
        self._expiry = limits.keepalive_expiry
        self._most_idle = limits.max_keepalive_connections
        self._slots = None if limits.max_connections is None else asyncio.Semaphore(limits.max_connections)
        self._idle: dict[_Origin, deque[tuple[float, httpx.AsyncHTTPTransport]]] = {}
        self._busy: set[httpx.AsyncHTTPTransport] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a connection of its own.

        Raises:
            httpx.PoolTimeout: every connection is in use for longer than the request may wait.
        """
        if self._slots is not None:
            await _slot(self._slots, request.extensions.get("timeout", {}).get("pool"))
        url = request.url
        idle = self._idle.setdefault((url.scheme, url.host, url.port), deque())
        transport = idle.pop()[1] if idle else self._new()
        self._busy.add(transport)
        try:
            response = await transport.handle_async_request(request)
        except BaseException:
            await self._drop(transport)
            raise

        async def done(whole: bool) -> None:
            if whole:
                await self._give_back(transport, idle)
            else:
                await self._drop(transport)

        response.stream = _Stream(response.stream, done)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        transports = [transport for idle in self._idle.values() for _, transport in idle]
        transports += self._busy
        self._idle.clear()
        for transport in transports:
            await transport.aclose()

    def _new(self) -> httpx.AsyncHTTPTransport:
        one = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=self._expiry)
        return httpx.AsyncHTTPTransport(limits=one, **self._options)

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
        # What lies at the bottom was not needed for longest.
        too_many = self._most_idle is not None and len(idle) > self._most_idle
        if too_many or (self._expiry is not None and idle[0][0] + self._expiry < now):
            await idle.popleft()[1].aclose()


class _Stream(httpx.AsyncByteStream):
    """A body that tells when its connection is free again."""

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
