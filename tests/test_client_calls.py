"""client: send(), and what reaches the pipeline."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from orange_ordering_client import DecodeError, Hooks, InvalidArgument, OrderingClient, Request, RequestRecord
from orange_ordering_client.orders.results import Submission
from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN, http_client
from tests.servers import BASE_PATH, Held, Reply, Server, answer, grant, serving

HUGE = 10**5000
"""An integer that Python refuses to convert to text."""

CREDENTIALS: dict[str, Any] = {"client_id": CLIENT_ID, "client_secret": SECRET, "api_key": API_KEY}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        yield server


def options_for(server: Server) -> dict[str, Any]:
    return {**CREDENTIALS, "base_url": server.base_url, "token_url": server.token_url}


@pytest.fixture
async def ordering(server: Server) -> AsyncIterator[OrderingClient]:
    async with http_client() as http, OrderingClient(**options_for(server), http_client=http) as client:
        yield client


# ---- send() ----


async def test_send_makes_a_call_that_the_description_does_not_have(server: Server, ordering: OrderingClient) -> None:
    server.on("/orders/a%20b", answer({"done": True}, 201, X_Id="7"))

    raw = await ordering.send("put", "/orders/a%20b", query={"a": [1, 2], "b": None}, body={"c": 1})

    assert (raw.status, raw.headers["x-id"], raw.json(), raw.parse()) == (201, "7", {"done": True}, {"done": True})
    (call,) = server.calls
    assert (call.method, call.target, call.body) == ("PUT", BASE_PATH + "/orders/a%20b?a=1%2C2", b'{"c":1}')
    assert call.headers["authorization"] == f"Bearer {TOKEN}"


async def test_send_gives_an_empty_answer_as_it_is(server: Server, ordering: OrderingClient) -> None:
    server.on("/x", Reply(204))

    raw = await ordering.send("DELETE", "/x")

    assert (raw.status, raw.body) == (204, b"")


@pytest.mark.parametrize(
    "path",
    [
        *("", "x", "orders", "https://evil.example/x", "/a?b=c", "/a#b", "/a b", "/{id}", "/a\\b", "/\u00e9", "/a\nb"),
        *("/..", "/../x", "/a/../b", "/./a", "/%2e%2e/x", "/%2E./x", "/.%2e", "/%2e%2e%2fx", "/a%2f..%2fb", "/..%5cx"),
        *(None, 5, b"/x"),
    ],
)
async def test_send_refuses_what_is_no_path_under_the_base_url(
    server: Server, ordering: OrderingClient, path: Any
) -> None:
    with pytest.raises(InvalidArgument, match="is not a path under the base URL"):
        await ordering.send("GET", path)
    assert server.received == []


@pytest.mark.parametrize("path", ["/", "/a.b", "/a..b", "/...", "/a;b=1,2", "/a:b@c", "//a", "/a/", "/%C3%A9"])
async def test_send_takes_every_other_path(server: Server, ordering: OrderingClient, path: str) -> None:
    await ordering.send("GET", path)

    assert server.calls[0].target == BASE_PATH + path


@pytest.mark.parametrize(
    "call",
    [
        lambda ordering: ordering.send("GET", "/x", query={"n": HUGE}),
        lambda ordering: ordering.send("GET", "/x", query={HUGE: "1"}),
        lambda ordering: ordering.requests.list(offset=HUGE),
        lambda ordering: ordering.requests.list(limit=HUGE),
        lambda ordering: ordering.requests.raw.list(offset=HUGE),
        lambda ordering: ordering.requests.wait("3-1", timeout=HUGE),
        lambda ordering: ordering.requests.wait("3-1", interval=HUGE),
        lambda ordering: ordering.requests.watch(interval=HUGE),
        lambda ordering: ordering.requests.list(offset=2).fetch_ahead(HUGE),
        lambda ordering: ordering.with_options(timeout=HUGE),
        lambda ordering: ordering.with_options(fetch_ahead=HUGE),
    ],
    ids=[
        *("query value", "query name", "offset", "limit", "raw offset", "wait timeout", "wait interval"),
        *("watch interval", "fetch_ahead", "timeout", "fetch_ahead of a view"),
    ],
)
async def test_an_integer_of_thousands_of_digits_is_an_invalid_argument(
    server: Server, ordering: OrderingClient, call: Callable[[OrderingClient], Any]
) -> None:
    with pytest.raises(InvalidArgument, match="an integer of thousands of digits"):
        await call(ordering)
    assert server.received == []


@pytest.mark.parametrize("method", ["", "GE T", "GET\r\n", "G\u00c9T", None, 5])
async def test_send_refuses_what_is_no_method(server: Server, ordering: OrderingClient, method: Any) -> None:
    with pytest.raises(InvalidArgument, match="is not an HTTP method"):
        await ordering.send(method, "/x")
    assert server.received == []


# ---- what is passed on ----


async def test_hooks_and_clock_reach_the_pipeline(server: Server) -> None:
    seen: list[RequestRecord] = []

    async with OrderingClient(**options_for(server), hooks=Hooks(on_request=seen.append)) as ordering:
        await ordering.service.me()

    assert [record.operation for record in seen] == ["service.me"]


async def test_the_timeout_of_a_view_counts(server: Server, ordering: OrderingClient) -> None:
    server.on("/x", Held())
    before = time.monotonic()

    with pytest.raises(Exception, match=r"0\.1 s of this call"):
        await ordering.with_options(timeout=0.1).send("GET", "/x")

    assert time.monotonic() - before < 1


# ---- headers of the user ----


async def test_a_view_sends_its_headers_and_leaves_the_client_alone(server: Server, ordering: OrderingClient) -> None:
    view = ordering.with_options(headers={"X-Correlation-Id": "order-7"})
    await view.with_options(timeout=5.0).send("GET", "/a", headers={"x-correlation-id": "order-8", "X-Part": "1"})
    await view.send("GET", "/b")
    await ordering.send("GET", "/c")

    first, second, third = server.calls
    assert (first.headers["x-correlation-id"], first.headers["x-part"]) == ("order-8", "1")
    assert second.headers["x-correlation-id"] == "order-7"
    assert "x-correlation-id" not in third.headers
    assert all("x-correlation-id" not in request.headers for request in server.token_requests)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "x"},
        {"x-api-key": "x"},
        {"HOST": "x"},
        {"Content-Length": "1"},
        {"Accept-Language": "fr"},
        {"Proxy-Authorization": "x"},
        {"Transfer-Encoding": "chunked"},
        {"X-A": "1\r\nX-B: 2"},
        {"X-A": "\u00e9"},
        {"X-A": " 1"},
        {"X-A": 1},
        {"X A": "1"},
        {"": "1"},
        {5: "1"},
        {"X-A": "1", "x-a": "2"},
        [("X-A", "1")],
        "X-A",
    ],
    ids=repr,
)
async def test_headers_that_may_not_be_added_are_refused(
    server: Server, ordering: OrderingClient, headers: Any
) -> None:
    with pytest.raises(InvalidArgument, match="headers"):
        ordering.with_options(headers=headers)
    with pytest.raises(InvalidArgument, match="headers"):
        await ordering.send("GET", "/a", headers=headers)

    assert server.received == []


async def test_an_answer_that_cannot_be_decoded_carries_its_request_id(
    server: Server, ordering: OrderingClient
) -> None:
    server.on("/requests/1", answer([], X_Request_Id="abc"))

    with pytest.raises(DecodeError, match=r"Request id: abc\.") as caught:
        await ordering.requests.get("1")

    assert caught.value.request_id == "abc"


async def test_wait_takes_an_id_or_a_request_or_a_submission(server: Server, ordering: OrderingClient) -> None:
    server.on("/requests/1", answer({"id": "1", "status": "COMPLETED"}))
    request = Request(id="1")

    for given in ("1", request, Submission(request=request)):
        assert (await ordering.requests.wait(given)).completed
    with pytest.raises(InvalidArgument, match="needs the id"):
        await ordering.requests.wait(Request())
