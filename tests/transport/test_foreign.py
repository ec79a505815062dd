"""foreign: other libraries under a given http client."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken, ConnectionFailed, OrderingError
from orange_ordering_client.transport.foreign import foreign_failures, never_connected
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.servers import DROP, Raw, Server, Truncated, answer, closed_port, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


async def order(http: httpx.AsyncClient, url: str) -> RawResponse | OrderingError:
    return await Sender(http).send("POST", url, headers={}, content=b"{}", timeout=5.0)


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
        outcome = await order(http, origin + "/x")

    assert type(outcome) is failure


def test_without_aiohttp_only_httpx_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "aiohttp", raising=False)

    assert foreign_failures() == ()
    assert never_connected(httpx.ConnectTimeout(""))


class Misnaming(httpx.AsyncBaseTransport):
    """Fails as httpx-aiohttp does, of which a plain test run has nothing."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("") from self.cause


class LettingOut(Misnaming):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self.cause


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
    async with httpx.AsyncClient(transport=transport(getattr(aiohttp, cause)())) as http:
        outcome = await order(http, "https://api.invalid/x")

    assert type(outcome) is failure
    # Not as the failure of a call that an event hook made.
    assert "api.invalid:443" in str(outcome)
