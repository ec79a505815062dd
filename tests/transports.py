"""Transports for http clients that are handed to the SDK."""

from __future__ import annotations

import asyncio

import httpx


class Stuck(httpx.AsyncBaseTransport):
    """Never gets a request out, and holds in its frame what it is about to write, as those of real ones do."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        written = list(request.headers.raw)
        self.entered.set()
        await asyncio.Event().wait()
        raise AssertionError(written)
