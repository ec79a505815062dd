"""sender: event hooks and transports of a caller's http client, whose own failures are not those of the request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from orange_ordering_client.errors import ConnectionBroken, OrderingError
from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.calls import ORDER, as_is, calling, http_client
from tests.servers import DROP, Server, answer, closed_port, error, grant, serving

Hook = Callable[[httpx.Request | httpx.Response], Awaitable[None]]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


async def order(http: httpx.AsyncClient, server: Server) -> RawResponse | OrderingError:
    url = f"{server.base_url}/requests"
    return await Sender(http).send("POST", url, headers={}, content=b"{}", timeout=5.0, new_connection=True)


async def call_where_nobody_listens(_: httpx.Request | httpx.Response) -> None:
    async with httpx.AsyncClient() as other:
        await other.post(f"http://127.0.0.1:{closed_port()}/audit")


async def raise_for_status(response: httpx.Response) -> None:
    response.raise_for_status()


async def read_and_raise_for_status(response: httpx.Response) -> None:
    await response.aread()
    response.raise_for_status()


async def raise_connect_error(_: httpx.Request | httpx.Response) -> None:
    # An exception that a hook makes itself belongs to no request.
    raise httpx.ConnectError("the audit is down")


@pytest.mark.parametrize("hook", [call_where_nobody_listens, raise_connect_error])
@pytest.mark.parametrize("when", ["request", "response"])
async def test_a_hook_that_cannot_connect_does_not_mean_that_the_order_was_not_sent(
    server: Server, when: str, hook: Hook
) -> None:
    server.on("/requests", answer({"id": "3-1"}, 201))
    async with http_client(event_hooks={when: [hook]}) as http:
        failure = await order(http, server)

    assert type(failure) is ConnectionBroken
    assert str(failure) == "An event hook of the http client failed: ConnectError."


async def test_an_order_that_was_accepted_before_its_hook_failed_is_not_sent_again(server: Server) -> None:
    server.tokens(grant())
    server.on("/requests", answer({"id": "3-1"}, 201))
    http = http_client(event_hooks={"response": [call_where_nobody_listens]})
    async with calling(server, http=http) as pipeline:
        with pytest.raises(ConnectionBroken) as raised:
            await pipeline.call(ORDER, as_is, body={})

    assert raised.value.may_have_been_accepted
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [302, 401, 404, 422, 429, 503])
async def test_a_hook_that_raises_for_a_status_does_not_hide_it(server: Server, status: int) -> None:
    server.on("/requests", error(status, 1, Retry_After="7"))
    async with http_client(event_hooks={"response": [raise_for_status]}) as http:
        response = await order(http, server)

    assert isinstance(response, RawResponse)
    assert (response.status, response.body, response.headers["retry-after"]) == (status, b"", "7")
    assert response.request is not None
    assert 0 < response.elapsed < 5


async def test_a_body_that_the_hook_has_read_is_kept(server: Server) -> None:
    server.on("/requests", error(422, 3622))
    async with http_client(event_hooks={"response": [read_and_raise_for_status]}) as http:
        response = await order(http, server)

    assert isinstance(response, RawResponse)
    assert b"3622" in response.body


async def test_the_status_of_a_call_that_the_hook_makes_is_not_that_of_the_order(server: Server) -> None:
    server.on("/requests", answer({"id": "3-1"}, 201))
    server.on("/audit", error(404, 1))

    async def call_elsewhere(_: httpx.Response) -> None:
        async with httpx.AsyncClient() as other:
            (await other.get(f"{server.base_url}/audit")).raise_for_status()

    async with http_client(event_hooks={"response": [call_elsewhere]}) as http:
        failure = await order(http, server)

    assert type(failure) is ConnectionBroken
    assert str(failure) == "An event hook of the http client failed: HTTPStatusError."


class Repeating(httpx.AsyncBaseTransport):
    """Sends a request again, to another port, if its connection breaks."""

    def __init__(self, port: int) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except httpx.TransportError:
            request.url = request.url.copy_with(port=self._port)
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def test_a_transport_that_sent_the_order_before_it_could_not_connect_may_have_placed_it(server: Server) -> None:
    server.on("/requests", DROP)
    async with httpx.AsyncClient(transport=Repeating(closed_port())) as http:
        failure = await order(http, server)

    assert len(server.calls) == 1
    assert type(failure) is ConnectionBroken


class FailingBody(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{"
        raise httpx.ConnectError("connect again")


async def test_a_response_whose_body_cannot_be_read_means_that_the_order_was_sent(server: Server) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(201, stream=FailingBody()))
    async with httpx.AsyncClient(transport=transport) as http:
        failure = await order(http, server)

    assert type(failure) is ConnectionBroken
