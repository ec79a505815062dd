"""How tests set up the session of a client against a scripted server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx

from orange_ordering_client.clock import Clock
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.operation import Operation
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.session import Session
from orange_ordering_client.settings import CallOptions, Settings
from orange_ordering_client.transport.pool import PoolTransport
from orange_ordering_client.transport.sender import Sender
from tests.servers import Server

CLIENT_ID = "planted-client-id"
SECRET = "planted-client-secret"
API_KEY = "planted-api-key"
TOKEN = "planted-access-token"
LIMITS = httpx.Limits()

READ = Operation("requests.list", "GET", "/requests")
ORDER = Operation("requests.create", "POST", "/requests")
STATUS = Operation("service.status", "GET", "/status", token=False, api_key=False)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def http_client(*, limits: httpx.Limits = LIMITS, proxy: str | None = None, **options: Any) -> httpx.AsyncClient:
    """A http client as the SDK makes its own, that is quick to make: they share one TLS context."""
    through = None if proxy is None else httpx.Proxy(proxy)
    return httpx.AsyncClient(transport=PoolTransport(limits=limits, verify=_tls(), proxy=through), **options)


def settings_for(server: Server, **changes: str) -> Settings:
    given = {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "api_key": API_KEY,
        "base_url": server.base_url,
        "token_url": server.token_url,
    }
    return Settings.of(**{**given, **changes})


@asynccontextmanager
async def calling(
    server: Server,
    *,
    clock: Clock | None = None,
    hooks: Hooks | None = None,
    http: httpx.AsyncClient | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> AsyncIterator[Pipeline]:
    """A pipeline to a server, closed afterwards together with its http client."""
    http = http or http_client()
    session = Session(settings or settings_for(server), Sender(http), hooks or Hooks(), clock or Clock())
    try:
        # A call that waits for ever fails its test; it does not hang it.
        async with asyncio.timeout(60):
            yield Pipeline(session, CallOptions(**options))
    finally:
        await session.aclose()
        await http.aclose()


def as_is(data: Any) -> Any:
    return data
