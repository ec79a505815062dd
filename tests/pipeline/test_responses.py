"""pipeline: what a response becomes: a value, an answer, or an exception."""

from __future__ import annotations

import json

import pytest

from orange_ordering_client.errors import ApiError, DecodeError, NotFound
from orange_ordering_client.operation import Operation
from tests.calls import ORDER, READ, as_is, calling
from tests.servers import Raw, Reply, Server, answer, error
from tests.test_error_mapping import NOT_ORANGE, OUTSIDE, TABLE

READ_ONE = Operation("requests.get", "GET", "/requests/{requestId}")


@pytest.mark.parametrize(("status", "code", "kind", "meaning"), TABLE)
async def test_each_documented_error_is_its_exception(
    server: Server, status: int, code: int, kind: type[ApiError], meaning: str
) -> None:
    server.on("/requests", error(status, code, X_Id="7"))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(kind, match=f"{status} with code {code}") as caught:
            await pipeline.call(READ, as_is)

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, caught.value.headers["X-ID"]) == (status, code, "7")
    assert json.loads(caught.value.body)["code"] == code
    assert meaning


@pytest.mark.parametrize("shape", ["html", "empty", "truncated", "list", "no code"])
@pytest.mark.parametrize("status", [*sorted({row[0] for row in TABLE}), *(row[0] for row in OUTSIDE if row[0] >= 200)])
async def test_a_gateways_answer_is_judged_by_its_status(server: Server, status: int, shape: str) -> None:
    kind = {row[0]: row[2] for row in TABLE if row[1] != 53 or row[0] == 429} | dict(OUTSIDE)
    body = b"" if status in (204, 304) else NOT_ORANGE[shape]
    server.on("/requests", Reply(status, body, {"Content-Type": "text/html"}))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(kind[status]) as caught:
            await pipeline.call(READ, as_is)

    assert type(caught.value) is kind[status]
    assert caught.value.body == body


async def test_an_informational_status_is_passed_over(server: Server) -> None:
    server.on(
        "/requests",
        Raw(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
        ),
    )

    async with calling(server) as pipeline:
        assert await pipeline.call(READ, as_is) == []


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
async def test_every_2xx_is_a_success(server: Server, status: int) -> None:
    server.on("/requests", answer([1], status))

    async with calling(server) as pipeline:
        assert (await pipeline.answer(READ, as_is)).status == status


async def test_the_raw_answer_is_decoded_only_when_asked(server: Server) -> None:
    server.on("/requests", Reply(200, b"<html>", {"X-Id": "7"}))

    async with calling(server) as pipeline:
        raw = await pipeline.answer(READ, as_is)

    assert (raw.status, raw.headers["x-id"], raw.body) == (200, "7", b"<html>")
    with pytest.raises(DecodeError, match="not JSON") as caught:
        raw.parse()
    assert (caught.value.status, caught.value.body, caught.value.may_have_been_accepted) == (200, b"<html>", False)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": "3-0'], ids=["empty", "html", "truncated"])
async def test_an_order_whose_answer_cannot_be_read_may_have_been_accepted(server: Server, body: bytes) -> None:
    server.on("/requests", Reply(201, body))

    async with calling(server) as pipeline:
        with pytest.raises(DecodeError, match="may have been accepted all the same") as caught:
            await pipeline.call(ORDER, as_is, body={})

    assert caught.value.may_have_been_accepted
    assert caught.value.body == body
    assert len(server.calls) == 1


async def test_not_found_is_not_found(server: Server) -> None:
    server.on("/requests/3-1", error(404, 60))

    async with calling(server) as pipeline:
        with pytest.raises(NotFound):
            await pipeline.call(READ_ONE, as_is, path={"requestId": "3-1"})
