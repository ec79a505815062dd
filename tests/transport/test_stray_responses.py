"""What a server leaves behind a response never answers an order, and is never a reason to send one twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date
from typing import Any

import attrs
import httpx
import pytest

from orange_ordering_client import NewRequest, OrderingClient, OrderingError, RetryPolicy, aiohttp_client
from orange_ordering_client.errors import ConnectionBroken
from tests.calls import API_KEY, CLIENT_ID, SECRET
from tests.servers import Received, Reply, Server, answer, error, grant, serving

STRAYS = {
    "503/5": error(503, 5, Retry_After="0"),
    "429": error(429, 53, Retry_After="0"),
    "401/42": error(401, 42),
    "422": error(422, 3620),
    "201": answer({"id": "3-STRAY", "type": "R_BVPN_FR_1", "customerReference": "WAN-042", "status": "NEW"}, 201),
}
CLIENTS: dict[str, Callable[[], httpx.AsyncClient | None]] = {
    "own": lambda: None,
    "aiohttp": aiohttp_client,
    "user's httpx": httpx.AsyncClient,
}


def whole(reply: Reply) -> bytes:
    return reply.head(len(reply.body)) + reply.body


def chunked(reply: Reply) -> bytes:
    head = reply.head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(reply.body), reply.body)


@attrs.frozen
class Followed:
    """A response with something behind it; the connection stays open.

    Attributes:
        first: bytes of the response.
        stray: bytes behind it.
        delay: seconds between them; None puts both into one segment.
    """

    first: bytes
    stray: bytes
    delay: float | None

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        if self.delay is None:
            writer.write(self.first + self.stray)
            return True
        writer.write(self.first)
        await writer.drain()
        # Meanwhile the next request may be on its way, over this connection or another one.
        self._later(writer)
        return True

    def _later(self, writer: asyncio.StreamWriter) -> None:
        assert self.delay is not None

        def send() -> None:
            if not writer.is_closing():
                writer.write(self.stray)

        asyncio.get_running_loop().call_later(self.delay, send)


def followed(kind: str, reply: Reply, stray: Reply) -> Followed:
    """A response as one of the kinds in the table."""
    match kind:
        case "longer than its length":
            return Followed(reply.head(len(reply.body)) + reply.body, whole(stray), None)
        case "behind 204":
            return Followed(b"HTTP/1.1 204 No Content\r\n\r\n", whole(stray), None)
        case "behind 304":
            return Followed(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", whole(stray), None)
        case "after the last chunk":
            return Followed(chunked(reply), whole(stray), None)
        case "same segment":
            return Followed(whole(reply), whole(stray), None)
        case _:
            return Followed(whole(reply), whole(stray), float(kind.removesuffix(" ms")) / 1000)


KINDS = [
    *("same segment", "0 ms", "2 ms", "50 ms"),
    *("longer than its length", "behind 204", "behind 304", "after the last chunk"),
]


@attrs.define
class Desk:
    """Takes orders, and lists them; every response has a stray one behind it."""

    server: Server
    kind: str
    stray: Reply
    orders: list[dict[str, Any]] = attrs.field(factory=list)

    def play(self, received: Received) -> Any:
        if received.method == "POST":
            order = {**json.loads(received.body), "id": f"3-{len(self.orders)}", "status": "NEW"}
            order["keyDates"] = {"requestedAt": order.pop("requestedAt")}
            self.orders.append(order)
            return followed(self._kind_with_a_body, answer(order, 201), self.stray)
        wanted = received.query.get("customerReference")
        shown = [order for order in self.orders if wanted in (None, order["customerReference"])]
        if received.path.endswith("/noise"):
            return followed(self.kind, answer({}), self.stray)
        return followed(self._kind_with_a_body, answer(shown, X_Total_Count=str(len(shown))), self.stray)

    @property
    def _kind_with_a_body(self) -> str:
        return "same segment" if self.kind.startswith("behind") else self.kind


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.mark.parametrize("call", ["create", "submit"])
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_stray_response_neither_answers_an_order_nor_repeats_it(
    server: Server, kind: str, stray: str, client: str, call: str
) -> None:
    desk = Desk(server, kind, STRAYS[stray])
    server.on("*", desk.play)
    server.tokens(followed("same segment", grant(), STRAYS[stray]))
    order = NewRequest(type="R_BVPN_FR_1", requested_at=date(2027, 1, 11), customer_reference="WAN-042")
    async with open_client(server, client) as ordering:
        for _ in range(2):
            with suppress(OrderingError):
                await ordering.send("GET", "/noise")
        if call == "create":
            request = await ordering.requests.create(order)
        else:
            request = (await ordering.requests.submit(order, validate=False)).request
    assert request.id == "3-0"
    assert len(desk.orders) == 1


@asynccontextmanager
async def open_client(server: Server, kind: str, **options: Any) -> AsyncIterator[OrderingClient]:
    given = {"base_url": server.base_url, "token_url": server.token_url, "retry": RetryPolicy(first_delay=0.001)}
    async with AsyncExitStack() as stack:
        http = CLIENTS[kind]()
        if http is not None:
            await stack.enter_async_context(http)
        yield await stack.enter_async_context(
            OrderingClient(
                client_id=CLIENT_ID, client_secret=SECRET, api_key=API_KEY, http_client=http, **{**given, **options}
            )
        )


@pytest.mark.parametrize("client", ["own", "user's httpx"])
async def test_a_response_that_began_before_the_request_is_a_broken_connection(server: Server, client: str) -> None:
    stray = whole(STRAYS["201"])

    async def answer_at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(stray)
        await asyncio.sleep(0.2)
        writer.close()

    listening = await asyncio.start_server(answer_at_once, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with open_client(server, client, base_url=base_url) as ordering:
        with pytest.raises(ConnectionBroken, match="before the request"):
            await ordering.requests.create(NewRequest(type="X", requested_at=date(2027, 1, 11)))
    listening.close()
