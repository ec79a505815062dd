"""bodies: what is wrong with a packed body is said, and no broken one is read as if it were whole."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from orange_ordering_client.errors import DecodeError, ResponseTooLarge
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.bodies import read_body
from orange_ordering_client.transport.sender import Sender
from tests.servers import serving

TEXT = b"text of a response " * 50


async def read(coding: str, *pieces: bytes, limit: int = 1_000_000) -> bytes:
    """Read a body that comes in these pieces."""

    async def content() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    response = httpx.Response(200, headers={"Content-Encoding": coding}, content=content())
    return await read_body(response, limit)


@pytest.mark.parametrize(
    ("coding", "data", "reason"),
    [
        ("gzip", gzip.compress(TEXT)[:-9], "(it was cut off)"),
        ("deflate", zlib.compress(TEXT)[:-1], "(it was cut off)"),
        ("gzip", gzip.compress(TEXT) + b"more", "(there is something behind it)"),
        ("deflate", zlib.compress(TEXT) + b"\x1fmore", "(there is something behind it)"),
        ("gzip", TEXT, "incorrect header check)"),
        ("br", TEXT, "its content encoding is 'br'; one of gzip and deflate is understood"),
        ("x" * 60, TEXT, f"its content encoding is '{'x' * 40}'; one"),
    ],
    ids=["gzip cut off", "deflate cut off", "gzip and more", "deflate and more", "no gzip", "br", "long name"],
)
async def test_what_is_wrong_with_a_body_is_said(coding: str, data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        await read(coding, data)
    assert reason in str(caught.value)
    assert caught.value.body == b""


async def test_a_stream_that_breaks_is_not_begun_again_in_its_middle() -> None:
    # A block of 14 bytes of which the second piece has nine and then no block; alone, that piece is a whole stream.
    second = b"\x01\x05\x00\xfa\xffhell\x07"
    first = zlib.compress(b"")[:2] + b"\x00\x0e\x00\xf1\xff" + b"begin"
    assert zlib.decompress(second, -zlib.MAX_WBITS) == b"hell\x07"

    with pytest.raises(DecodeError, match="invalid block type"):
        await read("deflate", first, second)


@pytest.mark.parametrize(
    ("coding", "data"),
    [("gzip", gzip.compress(TEXT)), ("deflate", zlib.compress(TEXT)), ("", TEXT), ("identity", TEXT)],
    ids=["gzip", "deflate", "plain", "identity"],
)
async def test_a_body_may_be_as_large_as_its_bound_and_no_larger(coding: str, data: bytes) -> None:
    pieces = data[:20], data[20:]

    assert await read(coding, *pieces, limit=len(TEXT)) == TEXT
    with pytest.raises(ResponseTooLarge) as caught:
        await read(coding, *pieces, limit=len(TEXT) - 1)
    assert caught.value.limit == len(TEXT) - 1


async def test_a_body_that_was_read_already_has_the_same_bound() -> None:
    response = httpx.Response(200, content=TEXT)

    assert await read_body(response, len(TEXT)) == TEXT
    with pytest.raises(ResponseTooLarge) as caught:
        await read_body(response, len(TEXT) - 1)
    assert caught.value.limit == len(TEXT) - 1


async def test_no_coding_is_asked_for_that_only_a_given_http_client_understands() -> None:
    async with serving() as server, httpx.AsyncClient(headers={"Accept-Encoding": "br"}) as http:
        await Sender(http).send("GET", server.origin + "/x", headers={}, content=None, timeout=5.0)
        await Sender(http).send_form(server.token_url, {}, user="u", password=Secret("p"), timeout=5.0)

    assert [request.headers["accept-encoding"] for request in server.received] == ["gzip, deflate"] * 2


@pytest.mark.parametrize(
    ("length", "limit", "too_large"),
    [("10", 10, False), ("11", 10, True), ("9" * 5000, 10**17, True), ("1e9", 10, False), ("²", 1, False)],
    ids=["at the bound", "above", "5000 digits", "no digits", "no ASCII digits"],
)
async def test_a_length_above_the_bound_is_refused_before_anything_is_read(
    length: str, limit: int, too_large: bool
) -> None:
    async def content() -> AsyncIterator[bytes]:
        read.append(length)
        yield b""

    read: list[str] = []
    headers = [(b"Content-Length", length.encode())]
    response = httpx.Response(200, headers=headers, content=content())

    if too_large:
        with pytest.raises(ResponseTooLarge) as caught:
            await read_body(response, limit)
        assert caught.value.limit == limit
    else:
        assert await read_body(response, limit) == b""
    assert bool(read) is not too_large


async def test_the_bound_counts_what_comes_in_too() -> None:
    nothing = gzip.compress(b"")
    with pytest.raises(ResponseTooLarge):
        await read("gzip", *[nothing] * 60, limit=50 * len(nothing))
