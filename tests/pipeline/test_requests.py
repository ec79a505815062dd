"""pipeline: what is sent: credentials, bodies, paths."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orange_ordering_client.errors import InvalidArgument, UnexpectedStatus
from orange_ordering_client.operation import Operation
from tests.calls import API_KEY, ORDER, READ, STATUS, TOKEN, as_is, calling
from tests.servers import BASE_PATH, Reply, Server, answer, serving

READ_ONE = Operation("requests.get", "GET", "/requests/{requestId}")


async def test_a_call_carries_both_credentials_and_the_language(server: Server) -> None:
    server.on("/requests", answer([1, 2]))

    async with calling(server, language="fr") as pipeline:
        assert await pipeline.call(READ, sum, query={"status": ["A", "B"], "type": None}) == 3

    (call,) = server.calls
    assert (call.method, call.path, call.query) == ("GET", BASE_PATH + "/requests", {"status": "A,B"})
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert call.headers["x-api-key"] == API_KEY
    assert call.headers["accept-language"] == "fr"
    assert call.headers["accept"] == "application/json"
    assert "content-type" not in call.headers


async def test_a_body_is_json_in_utf_8(server: Server) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(ORDER, as_is, body={"comment": "déjà", "n": [1, None]})

    (call,) = server.calls
    assert call.body == '{"comment":"déjà","n":[1,null]}'.encode()
    assert call.headers["content-type"] == "application/json"


async def test_an_operation_without_credentials_gets_none(server: Server) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(STATUS, as_is)

    (call,) = server.received
    assert "authorization" not in call.headers
    assert "x-api-key" not in call.headers


@pytest.mark.parametrize(("token", "api_key"), [(True, False), (False, True)])
async def test_each_credential_goes_only_where_it_is_needed(server: Server, token: bool, api_key: bool) -> None:
    async with calling(server) as pipeline:
        await pipeline.call(Operation("x", "GET", "/x", token=token, api_key=api_key), as_is)

    assert ("authorization" in server.calls[0].headers) is token
    assert ("x-api-key" in server.calls[0].headers) is api_key


@pytest.mark.parametrize(
    "body", [{"a": math.nan}, {"a": math.inf}, {"a": object()}, {"a": b"x"}, {"a": "\ud800"}, {1j}]
)
async def test_a_body_that_json_cannot_carry_is_refused_before_anything_is_sent(server: Server, body: Any) -> None:
    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument, match="cannot be written as JSON"):
            await pipeline.call(ORDER, as_is, body=body)
    assert server.received == []


async def test_a_body_that_holds_itself_is_refused(server: Server) -> None:
    body: dict[str, Any] = {}
    body["body"] = body

    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument, match="cannot be written as JSON"):
            await pipeline.call(ORDER, as_is, body=body)


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=8))
async def test_whatever_an_id_holds_the_server_sees_exactly_one_segment_for_it(ids: list[str]) -> None:
    async with serving() as server, calling(server) as pipeline:
        sent = []
        for value in ids:
            try:
                await pipeline.call(READ_ONE, as_is, path={"requestId": value})
            except InvalidArgument:
                continue
            sent.append(value)

        base = BASE_PATH.count("/") + 1
        for call, value in zip(server.calls, sent, strict=True):
            segments = call.target.split("/")
            assert segments[: base + 1] == [*BASE_PATH.split("/"), "requests"]
            assert [unquote(segment) for segment in segments[base + 1 :]] == [value]


async def test_credentials_do_not_follow_a_redirect(server: Server) -> None:
    async with serving() as other, calling(server) as pipeline:
        server.on("/requests", Reply(302, b"", {"Location": other.base_url + "/requests"}))
        with pytest.raises(UnexpectedStatus) as caught:
            await pipeline.call(READ, as_is)

        assert caught.value.status == 302
        assert other.received == []
    assert len(server.calls) == 1
