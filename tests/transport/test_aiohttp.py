"""aiohttp: what is not the same for every carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken
from orange_ordering_client.transport.aiohttp import AiohttpTransport, aiohttp_client
from orange_ordering_client.transport.sender import Sender
from tests.servers import Raw, serving


async def test_a_failure_while_the_body_comes_never_says_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(_: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        raise aiohttp.ConnectionTimeoutError("as if there had been no connection")

    monkeypatch.setattr(aiohttp.StreamReader, "iter_any", failing)
    async with serving() as server, aiohttp_client() as http:
        url = server.origin + "/x"
        failure = await Sender(http).send("POST", url, headers={}, content=b"{}", timeout=5.0)
        with pytest.raises(httpx.ReadTimeout):
            await http.post(url, content=b"{}")

    assert isinstance(failure, ConnectionBroken)
    assert len(server.received) == 2


async def test_a_switch_to_another_protocol_is_told() -> None:
    async with serving() as server, aiohttp_client() as http:
        server.on("*", Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))

        with pytest.raises(httpx.RemoteProtocolError, match=r"^the answer switches to another protocol \(101\)$"):
            await http.get(server.origin)


async def test_a_failure_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise aiohttp.ServerDisconnectedError("")

    monkeypatch.setattr(aiohttp.ClientSession, "_request", failing)
    async with aiohttp_client() as http:
        with pytest.raises(httpx.ReadError, match=r"^ServerDisconnectedError$"):
            await http.get("http://127.0.0.1/")


async def test_the_client_over_aiohttp_carries_by_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answering(*_: object) -> httpx.Response:
        return httpx.Response(204)

    monkeypatch.setattr(AiohttpTransport, "handle_async_request", answering)
    async with aiohttp_client() as http:
        assert (await http.get("http://127.0.0.1/")).status_code == 204
