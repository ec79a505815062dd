"""What type checkers make of the public API. Nothing here ever runs; mypy and pyright read it, strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_type

import httpx

import orange_ordering_client
from orange_ordering_client import (
    Answer,
    ApiError,
    CatalogItem,
    DecodeError,
    Hooks,
    Me,
    MethodNotAllowed,
    NewRequest,
    OrderingClient,
    OrderingError,
    Page,
    Pager,
    RateLimited,
    Request,
    RequestRecord,
    ResponseRecord,
    RetryPolicy,
    RetryRecord,
    ServiceStatus,
    ServiceVersion,
    TokenError,
)
from orange_ordering_client._generated import models


def on_request(record: RequestRecord) -> None:
    assert_type(record.operation, str)
    assert_type(record.attempt, int)
    assert_type(record.body, bytes | None)


async def on_response(record: ResponseRecord) -> None:
    assert_type(record.request, RequestRecord)
    assert_type(record.status, int)
    assert_type(record.headers, Mapping[str, str])


def on_retry(record: RetryRecord) -> None:
    assert_type(record.delay, float)


async def making_one(http: httpx.AsyncClient) -> None:
    async with OrderingClient.from_env(timeout=5) as ordering:
        assert_type(ordering, OrderingClient)
    client = OrderingClient(
        client_id="a",
        client_secret="b",
        api_key="c",
        base_url="https://api.example/v3",
        token_url="https://api.example/token",
        scope="b2b:ordering:readonly",
        language="fr",
        timeout=2.5,
        retry=RetryPolicy(max_attempts=2, first_delay=0.1, max_delay=1, attempt_timeout=5),
        http_client=http,
        hooks=Hooks(on_request=on_request, on_response=on_response, on_retry=on_retry),
    )
    assert_type(client.with_options(language="en", timeout=5, retry=None), OrderingClient)
    client.with_options(language="de")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # two languages
    client.with_options(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # seconds
    OrderingClient(secret="b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # no such option
    await client.aclose()


async def reading(ordering: OrderingClient) -> None:
    pager = ordering.requests.list(status="IN_PROGRESS", customer_id=["1", "2"], limit=50)
    assert_type(pager, Pager[Request])
    async for request in pager:
        assert_type(request, Request)
        assert_type(request.id, str | None)
    page = await pager
    assert_type(page, Page[Request])
    assert_type(page.items, list[Request])
    assert_type(page.total, int | None)
    assert_type(await page.next(), Page[Request] | None)
    for request in page:
        assert_type(request, Request)
    async for following in pager.pages():
        assert_type(following, Page[Request])
    assert_type(await ordering.requests.get("3-1", fields=["id", "status"]), Request)
    async for item in ordering.catalog.list():
        assert_type(item, CatalogItem)
    assert_type(await ordering.catalog.get("R_BVPN_FR_1"), CatalogItem)
    assert_type(await ordering.service.status(), ServiceStatus)
    assert_type(await ordering.service.version(), ServiceVersion)
    assert_type(await ordering.service.me(), Me)
    await ordering.requests.get(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # ids are text
    await ordering.requests.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # of what?


async def ordering_something(ordering: OrderingClient) -> None:
    order = NewRequest(type="R_BVPN_FR_1", requested_at=date(2027, 1, 11), customer_reference="WAN-042")
    NewRequest(type="R_BVPN_FR_1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # wanted when?
    assert_type(order.to_dict(), dict[str, Any])
    assert_type(NewRequest.from_dict({"type": "R_BVPN_FR_1"}), NewRequest)
    assert_type(await ordering.requests.create(order), Request)


async def raw(ordering: OrderingClient) -> None:
    answer = await ordering.requests.raw.get("3-1")
    assert_type(answer, Answer[Request])
    assert_type(answer.status, int)
    assert_type(answer.body, bytes)
    assert_type(answer.parse(), Request)
    assert_type(await ordering.send("GET", "/orders", query={"a": ["b", 1], "c": None}), Answer[Any])


def failing(error: OrderingError) -> None:
    assert_type(error.may_have_been_accepted, bool)
    match error:
        case RateLimited():
            assert_type(error.retry_after, float | None)
        case MethodNotAllowed():
            assert_type(error.allow, tuple[str, ...])
        case ApiError():
            assert_type(error.status, int)
            assert_type(error.code, int | None)
            assert_type(error.headers, Mapping[str, str])
            assert_type(error.body, bytes)
        case DecodeError():
            assert_type(error.path, str)
            assert_type(error.status, int | None)
        case TokenError():
            assert_type(error.error, str | None)
        case _:
            pass


def a_name_that_is_not_there_is_an_error() -> None:
    # Both comments would be errors themselves if checkers took the name.
    _ = orange_ordering_client.NoSuchModel  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # the point
    _ = models.NoSuchModel  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # the same
