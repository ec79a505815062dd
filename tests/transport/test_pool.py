"""pool: one httpx transport for each connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from orange_ordering_client.transport.pool import NEW_CONNECTION, REUSED, PoolTransport
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.servers import Held, Server, answer, serving
from tests.transport.test_carriers import over_pool, send


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with over_pool() as http:
        yield Sender(http)


async def burst(sender: Sender, server: Server, count: int) -> None:
    """So many calls at once, each over a connection of its own."""
    held = [Held(answer({})) for _ in range(count)]
    before = len(server.received)
    server.on("/burst", *held, answer({}))
    calls = [asyncio.create_task(send(sender, server.base_url + "/burst")) for _ in held]
    await server.until(lambda s: len(s.received) == before + count)
    for each in held:
        each.release.set()
    for call in calls:
        assert isinstance(await call, RawResponse)


def own(sender: Sender) -> PoolTransport:
    transport = sender._client._transport
    assert isinstance(transport, PoolTransport)
    return transport


async def test_connections_of_a_burst_are_used_again(server: Server, sender: Sender) -> None:
    await burst(sender, server, 10)
    await burst(sender, server, 10)

    assert server.connections == 10
    assert not own(sender)._busy


async def test_the_connection_used_last_is_taken_first(server: Server) -> None:
    async with over_pool() as http:
        sender = Sender(http)
        await burst(sender, server, 3)
        for _ in range(5):
            await send(sender, server.origin + "/x")

    assert len({request.connection for request in server.received[-5:]}) == 1


async def test_connections_idle_for_too_long_are_closed(server: Server) -> None:
    async with http_client_of(keepalive_expiry=0.02) as http:
        sender = Sender(http)
        await burst(sender, server, 3)
        await asyncio.sleep(0.05)
        for _ in range(3):
            await send(sender, server.origin + "/x")
        assert [len(idle) for idle in own(sender)._idle.values()] == [1]


async def test_a_connection_idle_for_too_long_is_not_used_again(server: Server) -> None:
    async with http_client_of(keepalive_expiry=0.02) as http:
        await send(Sender(http), server.origin + "/x")
        await asyncio.sleep(0.05)
        await send(Sender(http), server.origin + "/x")

    assert [request.connection for request in server.received] == [1, 2]


async def test_each_server_has_its_own_connections(server: Server, sender: Sender) -> None:
    async with serving() as other:
        for _ in range(2):
            await send(sender, server.origin + "/x")
            await send(sender, other.origin + "/x")

        assert (server.connections, other.connections) == (1, 1)
        assert [len(idle) for idle in own(sender)._idle.values()] == [1, 1]


async def test_a_request_can_have_a_new_connection_which_is_not_used_again(server: Server) -> None:
    reused: list[bool] = []
    async with over_pool() as http:
        for is_new in (False, True, False, False):
            request = http.build_request("GET", server.origin + "/x", extensions={NEW_CONNECTION: is_new})
            await http.send(request)
            reused.append(request.extensions[REUSED])

    assert [request.connection for request in server.received] == [1, 2, 1, 1]
    assert reused == [False, False, True, True]


async def test_no_more_connections_are_kept_than_allowed(server: Server) -> None:
    async with http_client_of(max_keepalive_connections=2) as http:
        sender = Sender(http)
        await burst(sender, server, 5)
        assert [len(idle) for idle in own(sender)._idle.values()] == [2]


async def test_a_free_connection_goes_to_whoever_waits_for_one(server: Server) -> None:
    async with http_client_of(max_connections=1) as http:
        replies = await asyncio.gather(*(send(Sender(http), server.origin + "/x") for _ in range(3)))

    assert all(isinstance(reply, RawResponse) for reply in replies)
    assert server.connections == 1


async def test_whoever_waits_too_long_for_a_free_connection_is_told(server: Server) -> None:
    server.on("*", Held())
    limits = httpx.Limits(max_connections=1)
    async with over_pool(limits=limits, timeout=httpx.Timeout(5, pool=0.05)) as http:
        first = asyncio.create_task(http.get(server.origin))
        await server.until(lambda s: len(s.received) == 1)

        with pytest.raises(httpx.PoolTimeout, match=r"^every connection is in use$"):
            await http.get(server.origin)

        first.cancel()
        await asyncio.wait([first])


async def test_a_connection_that_cannot_be_closed_in_order_is_given_up() -> None:
    class Stubborn(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{}"

        async def aclose(self) -> None:
            raise httpx.CloseError("will not")

    class Transport(PoolTransport):
        def _new(self) -> Any:
            async def handle(request: httpx.Request) -> httpx.Response:
                return httpx.Response(200, stream=Stubborn())

            return httpx.MockTransport(handle)

    transport = Transport(limits=httpx.Limits(max_connections=1))
    for _ in range(2):
        response = await transport.handle_async_request(httpx.Request("GET", "http://x"))
        with pytest.raises(httpx.CloseError):
            await response.stream.aclose()  # type: ignore[union-attr]  # an async one
        await response.stream.aclose()  # type: ignore[union-attr]  # a second time is nothing

    assert not transport._busy
    assert not any(transport._idle.values())


@pytest.mark.parametrize("is_new", [False, True], ids=["any connection", "a new connection"])
@pytest.mark.parametrize(
    "moment",
    [
        *("connection.connect_tcp.started", "connection.connect_tcp.complete", "http11.send_request_headers.started"),
        *("http11.receive_response_headers.started", "http11.receive_response_body.started"),
        *("http11.receive_response_body.complete", "http11.response_closed.complete"),
    ],
)
async def test_no_connection_outlives_a_pool_that_is_closed_at_any_moment_of_a_request(
    moment: str, is_new: bool
) -> None:
    closed: list[str] = []
    ended = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(1000):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except ConnectionError:
            pass
        ended.set()
        writer.close()

    async def trace(name: str, _: object) -> None:
        if name == moment:
            await http.aclose()
            closed.append(name)

    http = over_pool()
    async with asyncio.timeout(10), await asyncio.start_server(connected, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        request = http.build_request(
            "GET", f"http://127.0.0.1:{port}/x", extensions={"trace": trace, NEW_CONNECTION: is_new}
        )
        await asyncio.gather(http.send(request), return_exceptions=True)
        assert closed
        await ended.wait()


async def test_a_carrier_without_a_socket_can_end_after_the_pool_was_closed() -> None:
    class Transport(PoolTransport):
        def _new(self) -> Any:
            return httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"{}")))

    transport = Transport(limits=httpx.Limits())
    response = await transport.handle_async_request(httpx.Request("GET", "http://x"))
    await transport.aclose()
    await response.aclose()

    assert not transport._busy
    assert not any(transport._idle.values())


def http_client_of(**limits: Any) -> httpx.AsyncClient:
    return over_pool(limits=httpx.Limits(**limits))
