"""client: OrderingClient as users hold it: made, viewed, closed, and its resources."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest

from orange_ordering_client import (
    ClientClosed,
    ConfigurationError,
    DecodeError,
    InvalidArgument,
    NotFound,
    OrderingClient,
    RateLimited,
    RetryPolicy,
    WrongEventLoop,
)
from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN, http_client
from tests.clocks import StoppedTime
from tests.servers import Server, answer, error, grant, serving

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


# ---- making one ----


async def test_the_environment_makes_a_client(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ORANGE_CLIENT_ID": CLIENT_ID,
        "ORANGE_CLIENT_SECRET": SECRET,
        "ORANGE_API_KEY": API_KEY,
        "ORANGE_ORDERING_BASE_URL": server.base_url,
        "ORANGE_OAUTH_TOKEN_URL": server.token_url,
        "ORANGE_ORDERING_SCOPE": "b2b:ordering:readonly",
        "ORANGE_ACCEPT_LANGUAGE": "fr",
    }.items():
        monkeypatch.setenv(name, value)
    server.on("/requests/1", answer({"id": "1"}))

    async with OrderingClient.from_env() as ordering:
        assert (await ordering.requests.get("1")).id == "1"

    assert b"b2b%3Aordering%3Areadonly" in server.token_requests[0].body
    assert server.calls[0].headers["accept-language"] == "fr"
    assert server.calls[0].headers["x-api-key"] == API_KEY


async def test_what_is_passed_is_stronger_than_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_API_KEY", "another")
    monkeypatch.setenv("ORANGE_ACCEPT_LANGUAGE", "xx")

    async with OrderingClient.from_env(**options_for(server), language="fr") as ordering:
        await ordering.send("GET", "/x")

    assert server.calls[0].headers["x-api-key"] == API_KEY


@pytest.mark.parametrize("missing", ["ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY"])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY"):
        monkeypatch.setenv(name, "" if name == missing else "x")

    with pytest.raises(ConfigurationError, match=f"is missing. Set {missing} in the environment, or pass"):
        OrderingClient.from_env()


def test_an_unknown_language_in_the_environment_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_ACCEPT_LANGUAGE", "de")

    with pytest.raises(ConfigurationError, match=r"language is .de.*ORANGE_ACCEPT_LANGUAGE"):
        OrderingClient.from_env(**CREDENTIALS)


@pytest.mark.parametrize("wrong", [{"language": "de"}, {"timeout": 0}, {"retry": 3}, {"fetch_ahead": 0}])
def test_an_unusable_option_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        OrderingClient(**CREDENTIALS, **wrong)
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        OrderingClient.from_env(**CREDENTIALS, **wrong)
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        OrderingClient(**CREDENTIALS).with_options(**wrong)


def test_an_unknown_option_is_a_type_error_as_everywhere() -> None:
    with pytest.raises(TypeError):
        OrderingClient.from_env(**CREDENTIALS, colour="red")


def test_an_http_client_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="http_client"):
        OrderingClient(**CREDENTIALS, http_client="x")  # type: ignore[arg-type]  # what users without a checker pass


def test_a_client_shows_where_it_calls_and_no_credentials() -> None:
    client = OrderingClient(**CREDENTIALS, language="fr", timeout=5)

    assert repr(client) == "<OrderingClient https://api.orange.com/ordering/b2b/v3 language=fr timeout=5>"
    assert "planted" not in repr(vars(client))


# ---- views ----


async def test_a_view_has_its_own_options_and_leaves_the_others_alone(server: Server, ordering: OrderingClient) -> None:
    french = ordering.with_options(language="fr")
    impatient = french.with_options(timeout=5, retry=None)

    for view in (ordering, french, impatient):
        await view.send("GET", "/x")

    assert [call.headers["accept-language"] for call in server.calls] == ["en", "fr", "fr"]
    assert "timeout=60" in repr(french)
    assert "language=fr timeout=5" in repr(impatient)
    server.on("/x", error(503, 5))
    with pytest.raises(Exception, match="503"):
        await impatient.send("GET", "/x")
    assert len(server.calls) == 4


async def test_a_view_goes_back_to_retrying_when_asked(server: Server, ordering: OrderingClient) -> None:
    server.on("/x", error(503, 5), answer({}))
    quick = RetryPolicy(first_delay=0.01)

    assert (await ordering.with_options(retry=None).with_options(retry=quick).send("GET", "/x")).status == 200


async def test_views_share_connections_and_the_token(server: Server, ordering: OrderingClient) -> None:
    for view in (ordering, ordering.with_options(language="fr"), ordering.with_options(timeout=5)):
        await view.service.status()

    assert len(server.token_requests) == 1
    assert len({request.connection for request in server.calls}) == 1


async def test_views_share_the_rate_limit_pause(server: Server) -> None:
    stopped = StoppedTime()
    server.on("/x", error(429, 53, Retry_After="7"))
    async with OrderingClient(**options_for(server), clock=stopped.clock, retry=None) as ordering:
        with pytest.raises(RateLimited):
            await ordering.send("GET", "/x")
        paused = asyncio.create_task(ordering.with_options(language="fr").send("GET", "/y"))
        await stopped.asleep(1)
        assert len(server.calls) == 1

        stopped.advance(7.0)
        await paused


def test_what_a_view_leaves_alone_reads_as_unchanged() -> None:
    assert str(inspect.signature(OrderingClient.with_options)).count("= unchanged") >= 3


async def test_a_subclass_stays_one_in_its_views() -> None:
    class Mine(OrderingClient):
        pass

    assert type(Mine(**CREDENTIALS).with_options(language="fr")) is Mine


async def test_a_view_of_a_subclass_keeps_what_the_subclass_added() -> None:
    class Mine(OrderingClient):
        def __init__(self, tenant: str, **options: Any) -> None:
            super().__init__(**options)
            self.tenant = tenant

    mine = Mine("blue", **CREDENTIALS)
    assert mine.requests is mine.requests
    view = mine.with_options(language="fr")
    assert view.tenant == "blue"
    assert view.requests is not mine.requests


async def test_each_view_has_resources_of_its_own(ordering: OrderingClient) -> None:
    french = ordering.with_options(language="fr")

    assert ordering.requests is ordering.requests
    assert french.requests is not ordering.requests


# ---- closing ----


async def test_after_its_block_a_client_and_its_views_are_closed(server: Server) -> None:
    async with OrderingClient(**options_for(server)) as ordering:
        view = ordering.with_options(language="fr")

    for closed in (ordering, view):
        with pytest.raises(ClientClosed):
            await closed.service.status()
        with pytest.raises(ClientClosed):
            await closed.__aenter__()
    await ordering.aclose()
    assert server.received == []


async def test_an_injected_http_client_stays_open(server: Server) -> None:
    async with http_client() as http:
        async with OrderingClient(**options_for(server), http_client=http) as ordering:
            await ordering.send("GET", "/x")

        assert (await http.get(server.base_url + "/x")).status_code == 200


def test_a_client_used_from_a_second_event_loop_says_so() -> None:
    client = OrderingClient(**CREDENTIALS)

    async def enter() -> None:
        await client.__aenter__()

    asyncio.run(enter())
    with pytest.raises(WrongEventLoop, match="Make one client per loop"):
        asyncio.run(enter())
    with pytest.raises(WrongEventLoop):
        asyncio.run(client.requests.get("1"))


# ---- resources ----


async def test_a_resource_gives_models_and_its_raw_side_answers(server: Server, ordering: OrderingClient) -> None:
    server.on("/requests/3-1", answer({"id": "3-1", "status": "UNKNWON"}, X_Id="7"))

    request = await ordering.requests.get("3-1")
    raw = await ordering.requests.raw.get("3-1")

    assert request.id == "3-1"
    assert str(request.status) == "UNKNWON"
    assert (raw.status, raw.headers["x-id"], raw.parse()) == (200, "7", request)


async def test_an_error_of_a_resource_is_typed(server: Server, ordering: OrderingClient) -> None:
    server.on("/requests/3-1", error(404, 60))

    with pytest.raises(NotFound):
        await ordering.requests.get("3-1")


async def test_a_list_is_read_through_all_its_pages(server: Server, ordering: OrderingClient) -> None:
    server.on("/requests", lambda call: answer([{"id": str(n)} for n in range(5)][int(call.query["offset"]) :][:2]))

    assert [request.id async for request in ordering.requests.list(status=["A", "B"], limit=2)] == list("01234")
    assert {call.query["status"] for call in server.calls} == {"A,B"}


async def test_an_unreadable_item_says_where(server: Server, ordering: OrderingClient) -> None:
    server.on("/requests", answer([{"id": "1"}, {"id": "2", "keyDates": {"issuedAt": "soon"}}]))

    with pytest.raises(DecodeError) as caught:
        await ordering.requests.list()

    assert caught.value.path == "[1].Request.keyDates.issuedAt"


@pytest.mark.parametrize("limit", [0, 251, -1, True])
async def test_a_limit_out_of_range_is_refused_before_anything_is_sent(
    server: Server, ordering: OrderingClient, limit: int
) -> None:
    with pytest.raises(InvalidArgument, match="limit"):
        ordering.requests.list(limit=limit)
    with pytest.raises(InvalidArgument, match="limit"):
        await ordering.requests.raw.list(limit=limit)
    assert server.received == []


@pytest.mark.parametrize("request_id", ["", " ", ".", "..", "../catalogItems", None, 5])
async def test_an_unusable_id_is_refused_before_anything_is_sent(
    server: Server, ordering: OrderingClient, request_id: Any
) -> None:
    with pytest.raises(InvalidArgument):
        await ordering.requests.get(request_id)
    assert server.received == []


async def test_status_and_version_go_without_the_api_key(server: Server, ordering: OrderingClient) -> None:
    await ordering.service.status()
    await ordering.service.version()
    await ordering.service.me()

    assert ["x-api-key" in call.headers for call in server.calls] == [False, False, True]
