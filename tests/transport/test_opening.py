"""A used connection is rejected before an order is sent over it, also in the http client of a user."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.servers import Server, answer, serving


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
