"""Messages between client and worker."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.validation import frames

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Slow(io.BytesIO):
    """Gives one byte at a time, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1))


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=3))
def test_messages_are_read_as_they_were_written(messages: list[dict[str, Any]]) -> None:
    source = Slow(b"".join(map(frames.encode, messages)))
    for message in messages:
        body = frames.read(source)
        assert body is not None
        assert frames.decode(body) == message
    assert frames.read(source) is None


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_message_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(frames.BadFrame):
        frames.read(io.BytesIO(frames.encode({"a": 1})[:cut]))


def test_a_message_that_is_too_long_is_refused_before_it_is_read() -> None:
    source = io.BytesIO(frames.encode({"a": "x" * 100}))
    with pytest.raises(frames.BadFrame):
        frames.read(source, 50)
    assert source.tell() == 4


def test_a_message_that_is_too_long_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST", 50)
    with pytest.raises(ValueError, match="a message of"):
        frames.encode({"a": "x" * 100})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"[" * 100_000, b"\xff", json.dumps("x").encode()])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(frames.BadFrame):
        frames.decode(body)
