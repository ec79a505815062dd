"""Servers that close idle connections: no order is lost or placed twice by it, and reads go on without a pause."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import attrs
import pytest

from orange_ordering_client import NewRequest
from orange_ordering_client.clock import Clock
from tests.servers import Received, Reply, Server, answer, serving
from tests.transport.test_stray_responses import CLIENTS, open_client

ORDERS = 150
READS = 20


@attrs.frozen
class Closing:
    """A response after which the connection is closed without a word.

    Attributes:
        reply: the response; nothing in it announces the end.
        delay: seconds until the close.
    """

    reply: Reply
    delay: float

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        await self.reply.play(writer)
        asyncio.get_running_loop().call_later(self.delay, writer.close)
        return True


@attrs.define
class Shop:
    """Takes orders, and closes connections as it is told.

    Attributes:
        delay: seconds after a response; None closes a used connection as soon as another request begins to come in.
    """

    delay: float | None
    orders: list[str] = attrs.field(factory=list)
    served: set[int] = attrs.field(factory=set)

    def play(self, received: Received) -> Any:
        if self.delay is None and received.connection in self.served:
            return _CLOSE
        self.served.add(received.connection)
        if received.method == "POST":
            order = json.loads(received.body)
            self.orders.append(order["customerReference"])
            reply = answer({**order, "id": f"3-{len(self.orders)}"}, 201)
        else:
            reply = answer({"id": "3-1"})
        return reply if self.delay is None else Closing(reply, self.delay)


class _Close:
    async def play(self, writer: asyncio.StreamWriter) -> bool:
        return False


_CLOSE = _Close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("delay", [0.0, 0.02, None], ids=["at once", "20 ms later", "as the request leaves"])
async def test_every_order_is_placed_once_and_known(server: Server, client: str, delay: float | None) -> None:
    shop = Shop(delay)
    server.on("*", shop.play)
    references = [f"WAN-{number:04}" for number in range(ORDERS)]
    async with open_client(server, client) as ordering:

        async def place(reference: str) -> None:
            await ordering.requests.get("3-1")
            order = NewRequest(type="X", requested_at=date(2027, 1, 11), customer_reference=reference)
            assert (await ordering.requests.create(order)).customer_reference == reference

        for start in range(0, ORDERS, 20):
            await asyncio.gather(*map(place, references[start : start + 20]))
    assert sorted(shop.orders) == references


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("delay", [0.0, 0.02, None], ids=["at once", "20 ms later", "as the request leaves"])
async def test_reads_are_sent_again_without_a_pause(server: Server, client: str, delay: float | None) -> None:
    server.on("*", Shop(delay).play)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with open_client(server, client, clock=Clock(sleep=pause)) as ordering:
        used = time.thread_time()
        for _ in range(READS + 1):
            await ordering.requests.get("3-1")
        assert time.thread_time() - used < 0.5
    assert not any(pauses)
