"""A used connection is rejected before an order is sent over it, also in the http client of a user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.calls import http_client
from tests.servers import DROP, Server, answer, serving
from tests.transport.test_sender import ask_token, get


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.on("/x", answer([]))
        yield server


@pytest.mark.parametrize(("new_connection", "expected"), [(True, [1, 2]), (False, [1, 1])])
async def test_a_connection_is_opened_for_what_asks_for_one(
    server: Server, new_connection: bool, expected: list[int]
) -> None:
    async with httpx.AsyncClient() as http:
        sender = Sender(http)
        url = server.base_url + "/x"
        for is_new in (False, new_connection):
            reply = await sender.send("GET", url, headers={}, content=None, timeout=5.0, new_connection=is_new)
            assert isinstance(reply, RawResponse)

    numbers = [call.connection for call in server.calls]
    assert [1 + sorted(set(numbers)).index(number) for number in numbers] == expected


async def test_a_connection_over_a_unix_socket_is_opened_for_an_order(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    async with (
        serving(path=path) as server,
        httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path))) as http,
    ):
        for _ in range(2):
            url = "http://api.invalid/x"
            sent = await Sender(http).send("POST", url, headers={}, content=b"", timeout=5.0, new_connection=True)
            assert isinstance(sent, RawResponse)

    assert [request.connection for request in server.received] == [1, 2]


async def test_a_used_connection_that_fails_may_have_been_stale(server: Server) -> None:
    server.on("/x", DROP)
    async with http_client() as http:
        sender = Sender(http)
        new = await get(sender, server.base_url + "/x")
        await get(sender, server.base_url + "/y")
        used = await get(sender, server.base_url + "/x")

    assert isinstance(new, ConnectionBroken)
    assert isinstance(used, ConnectionBroken)
    assert (new.is_stale, used.is_stale) == (False, True)


async def test_a_token_request_has_a_connection_of_its_own(server: Server) -> None:
    async with http_client() as http:
        await get(Sender(http), server.base_url + "/y")
        for _ in range(2):
            await ask_token(Sender(http), server.token_url)

    first, second = (request.connection for request in server.token_requests)
    assert len({server.calls[0].connection, first, second}) == 3
