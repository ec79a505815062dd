"""bodies: what a server sends is read piece by piece, up to a bound, and never holds the event loop."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import pickle
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from functools import cache
from typing import Any

import attrs
import pytest

from orange_ordering_client import DecodeError, NewRequest, OrderingError, OutcomeUnknown, ResponseTooLarge, TokenError
from orange_ordering_client.errors import BadRequest, ConfigurationError, DeadlineExceeded
from tests.servers import Raw, Reply, Server, Truncated, answer, grant, serving
from tests.transport.test_stray_responses import CLIENTS, open_client

ORDER = NewRequest(type="X", requested_at=date(2027, 1, 11), customer_reference="WAN-042")
BODY = json.dumps({"id": "3-1", "comment": "é" * 1000}).encode()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture(scope="module")
def warm() -> None:
    """What first calls and first failures import is imported, which takes longer than a body may."""

    async def call(client: str, token: Reply, answer: Reply) -> None:
        async with serving() as server:
            server.tokens(token)
            server.on("*", answer)
            async with open_client(server, client, retry=None) as ordering:
                with suppress(OrderingError):
                    await ordering.requests.get("3-1")

    for client in CLIENTS:
        asyncio.run(call(client, grant(), Reply(200, BODY)))
        asyncio.run(call(client, grant(), Reply(200, b"no JSON")))
        asyncio.run(call(client, Reply(400), Reply(200, BODY)))


def packed(data: bytes, coding: str) -> Reply:
    return Reply(200, data, {"Content-Type": "application/json", "Content-Encoding": coding})


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@attrs.frozen
class Endless:
    """A head, and then the same piece until the client goes away, or so many times."""

    head: bytes
    piece: bytes
    count: int = 1_000_000

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.head)
        for _ in range(self.count):
            writer.write(self.piece)
            await writer.drain()
        return True


def endless_chunks() -> Endless:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return Endless(head, b"10000\r\n" + b" " * 65536 + b"\r\n")


def half_a_gigabyte() -> Endless:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500000000\r\n\r\n"
    return Endless(head, b" " * 65536)


def twice_packed() -> Reply:
    return packed(gzip.compress(gzip.compress(bytes(1024 * 1024))), "gzip, gzip")


@cache
def bomb() -> Reply:
    """A gigabyte of zeros."""
    return packed(gzip.compress(bytes(64 * 1024 * 1024), 6) * 16, "gzip")


HOSTILE = [twice_packed, bomb, endless_chunks, half_a_gigabyte]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("gzip", gzip.compress(BODY + b" " * 3_000_000)),
    ],
    ids=["plain", "gzip", "upper case", "x-gzip", "two members", "deflate", "raw deflate", "long"],
)
async def test_a_body_is_read_whichever_way_it_is_packed(server: Server, client: str, coding: str, data: bytes) -> None:
    server.on("*", packed(data, coding))
    async with open_client(server, client) as ordering:
        assert (await ordering.requests.get("3-1")).comment == "é" * 1000


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("gzip, identity", gzip.compress(BODY)),
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY)[:-9]),
        ("gzip", gzip.compress(BODY) + b"more"),
        ("gzip", gzip.compress(BODY) + b"\x1fmore"),
        ("deflate", zlib.compress(BODY) + b"\x1f"),
        ("deflate", b"\xff\xff"),
    ],
    ids=["br", "twice", "two", "not packed", "cut off", "more", "bad member", "deflate and more", "no deflate"],
)
async def test_a_body_that_cannot_be_unpacked_is_a_decode_error(server: Server, coding: str, data: bytes) -> None:
    server.on("*", packed(data, coding))
    async with open_client(server, "own", retry=None) as ordering:
        with pytest.raises(DecodeError, match="content encoding"):
            await ordering.requests.get("3-1")


async def test_an_empty_body_may_be_called_packed(server: Server) -> None:
    server.on("*", packed(b"", "gzip"))
    async with open_client(server, "own") as ordering:
        assert (await ordering.send("GET", "/x")).body == b""


async def test_only_codings_that_are_understood_are_asked_for(server: Server) -> None:
    async with open_client(server, "own") as ordering:
        await ordering.requests.get("3-1")
    assert {request.headers["accept-encoding"] for request in server.received} == {"gzip, deflate"}


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("script", HOSTILE)
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_hostile_body_ends_in_an_error_and_never_holds_the_loop(
    server: Server, client: str, script: Any
) -> None:
    server.on("*", script())
    limit = 16 * 1024 * 1024
    async with open_client(server, client, retry=None, max_response_size=limit) as ordering, watched_loop():
        with pytest.raises((ResponseTooLarge, DecodeError)) as raised:
            await ordering.requests.get("3-1")
    assert pickle.loads(pickle.dumps(raised.value)).args == raised.value.args  # noqa: S301 -- our own


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("script", HOSTILE)
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_hostile_token_response_is_a_token_error(server: Server, client: str, script: Any) -> None:
    server.tokens(script())
    async with open_client(server, client, retry=None) as ordering, watched_loop():
        with pytest.raises(TokenError):
            await ordering.requests.get("3-1")


@asynccontextmanager
async def watched_loop() -> AsyncIterator[None]:
    """Fails if anything held the loop for longer than 50 ms, in time of this thread: other programs do not count."""
    gaps: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - before)

    # The garbage collector would go through the objects of all other tests of this process, too.
    gc.freeze()
    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        gc.unfreeze()
    assert max(gaps, default=0.0) < 0.05


@pytest.mark.parametrize("script", [endless_chunks, half_a_gigabyte])
async def test_the_deadline_holds_while_a_body_comes_in(server: Server, script: Any) -> None:
    server.on("*", script())
    async with open_client(server, "own", timeout=0.3, max_response_size=2**40) as ordering:
        started = time.perf_counter()
        with pytest.raises(DeadlineExceeded):
            await ordering.requests.get("3-1")
        assert time.perf_counter() - started < 0.4


@pytest.mark.parametrize("script", [bomb, endless_chunks])
async def test_memory_stays_under_three_times_the_bound(server: Server, script: Any) -> None:
    server.on("*", script())
    limit = 16 * 1024 * 1024
    async with open_client(server, "own", retry=None, max_response_size=limit) as ordering:
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge, match="max_response_size"):
                await ordering.requests.get("3-1")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 3 * limit


async def test_an_error_larger_than_its_bound_keeps_its_status(server: Server) -> None:
    server.on("*", answer({"code": 20, "message": "x" * 2_000_000}, 400))
    async with open_client(server, "own") as ordering:
        with pytest.raises(BadRequest) as raised:
            await ordering.requests.get("3-1")
    assert raised.value.body == b""


async def test_an_order_whose_answer_is_too_large_may_have_been_accepted(server: Server) -> None:
    server.on("/requests", endless_chunks())
    async with open_client(server, "own", max_response_size=1024 * 1024) as ordering:
        with pytest.raises(ResponseTooLarge) as raised:
            await ordering.requests.create(ORDER)
    assert raised.value.may_have_been_accepted
    assert (raised.value.status, raised.value.limit) == (200, 1024 * 1024)
    assert len(server.calls) == 1


async def test_submit_looks_for_an_order_whose_answer_is_too_large(server: Server) -> None:
    def play(received: Any) -> Any:
        return endless_chunks() if received.method == "POST" else answer([], X_Total_Count="0")

    server.on("*", play)
    async with open_client(server, "own", max_response_size=1024 * 1024) as ordering:
        with pytest.raises(OutcomeUnknown, match="ResponseTooLarge"):
            await ordering.requests.submit(ORDER, validate=False, visible_within=0.05)
    assert len([call for call in server.calls if call.method == "POST"]) == 1


@pytest.mark.parametrize("size", [0, -1, 1.5, "1", True, None])
async def test_a_bound_that_is_no_number_of_bytes_is_refused(server: Server, size: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^max_response_size is .*; give a whole number of bytes"):
        async with open_client(server, "own", max_response_size=size):
            pass


@pytest.mark.parametrize(
    "nested", ["[" * 1000 + "]" * 1000, '{"a":' * 1000 + "1" + "}" * 1000, "[" * 101 + "1" + "]" * 101]
)
async def test_json_nested_too_deep_is_a_decode_error(server: Server, nested: str) -> None:
    server.on("*", Reply(200, f'{{"id": "3-1", "properties": {{"x": {nested}}}}}'.encode()))
    async with open_client(server, "own", retry=None) as ordering:
        with pytest.raises(DecodeError, match=r"deep|RecursionError") as raised:
            await ordering.requests.get("3-1")
    repr(raised.value)
    pickle.dumps(raised.value)


async def test_json_nested_as_deep_as_allowed_can_be_shown_copied_and_pickled(server: Server) -> None:
    nested = "[" * 98 + '"[[[{{{"' + "]" * 98
    server.on("*", Reply(200, f'{{"id": "3-1", "properties": {{"x": {nested}}}}}'.encode()))
    async with open_client(server, "own", retry=None) as ordering:
        request = await ordering.requests.get("3-1")
    assert "[[[[" in repr(request)
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 -- our own
    assert request.to_dict()["properties"]["x"]


LOCATIONS = [
    "javascript:1",
    "mailto:x",
    "http://a:b/",
    "//",
    "\x01",
    "http://[::1",
    "data:,x",
    "é",
    "http://\udcff/",
    "",
]


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("status", [200, 201, 301, 302, 303, 307, 308, 404])
async def test_no_location_header_makes_anything_but_an_ordering_error(
    server: Server, status: int, location: str
) -> None:
    line = b"Location: " + location.encode("utf-8", "surrogateescape")
    server.on("*", Raw(b"HTTP/1.1 %d X\r\n%s\r\nContent-Length: 12\r\n\r\n" % (status, line) + b'{"id":"3-1"}'))
    async with open_client(server, "own", retry=None) as ordering:
        for call in (ordering.requests.get("3-1"), ordering.requests.create(ORDER)):
            try:
                await call
            except OrderingError:
                continue
            assert status < 300


async def test_a_body_that_breaks_off_is_no_answer(server: Server) -> None:
    server.on("*", Truncated(packed(gzip.compress(BODY), "gzip")))
    async with open_client(server, "own", retry=None) as ordering:
        with pytest.raises(OrderingError, match="connection"):
            await ordering.requests.get("3-1")
