"""codec: two readers of JSON that nobody can tell apart but by their speed."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import DecodeError
from orange_ordering_client.transport.codec import json_reader
from tests.calls import READ, as_is, calling
from tests.servers import Reply, serving

pytest.importorskip("orjson", reason="without the extra there is one reader only")

plain, fast = json_reader(frozenset()), json_reader(frozenset({"fast"}))

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def outcome(read: Any, body: bytes) -> tuple[str, Any]:
    try:
        value = read(body)
    except (ValueError, RecursionError):
        return "refused", None
    return repr(value), [type(value)]


@given(VALUES, st.booleans())
def test_both_read_the_same_from_what_json_can_say(value: Any, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert outcome(fast, body) == outcome(plain, body)


@given(st.binary() | st.text(alphabet='[]{}",:0123456789.eE+-tfn\\u \n').map(str.encode))
def test_both_refuse_the_same_texts(body: bytes) -> None:
    assert outcome(fast, body) == outcome(plain, body)


@pytest.mark.parametrize(
    "body",
    [
        b"18446744073709551616",
        b"[9223372036854775807, 9223372036854775808, -9223372036854775809]",
        b'{"id": 123456789012345678901234567890}',
        b"1e400",
        b"[Infinity, -Infinity]",
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        '"é"'.encode("utf-16"),
        b'{"a": 1, "a": 2}',
        b"-0",
        b"-0.0",
        b"0.1234567890123456789",
        b"[1,]",
        b'"\xff"',
        b"",
        b"[" * 5000,
        b"[" * 2000 + b"]" * 2000,
    ],
)
def test_both_agree_on_what_lies_at_the_edge(body: bytes) -> None:
    assert outcome(fast, body) == outcome(plain, body)


@given(st.integers(2**63 - 5, 2**80), st.text(alphabet=" "), st.booleans())
def test_no_long_number_escapes_wherever_it_stands(number: int, before: str, negative: bool) -> None:
    body = f"{before}[{'-' if negative else ''}{number}]".encode()

    assert outcome(fast, body) == outcome(plain, body)


def test_nan_is_read_by_both() -> None:
    assert math.isnan(fast(b"NaN"))


@pytest.mark.parametrize("body", [b"[{", b"{]", b"<html>"])
async def test_what_is_not_json_is_the_same_error_with_either(body: bytes) -> None:
    async with serving() as server:
        server.on("/requests", Reply(200, body))
        async with calling(server) as pipeline:
            with pytest.raises(DecodeError, match=r"not JSON, or was cut off \(JSONDecodeError\)"):
                await pipeline.call(READ, as_is)
