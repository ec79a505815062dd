"""answer: raw and readable; whatever cannot be read is a DecodeError with the answer on it."""

from __future__ import annotations

import json
import pickle
import traceback
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import DecodeError
from orange_ordering_client.response import Answer

HEADERS = {"x-id": "7"}


def answered(body: bytes, decode: Any = lambda data: data, examine: Any = None) -> Answer[Any]:
    return Answer(200, HEADERS, body, decode, examine)


def test_an_answer_is_raw_json_and_decoded() -> None:
    answer = answered(b'{"a": [1]}', lambda data: data["a"])

    assert (answer.status, answer.headers, answer.body) == (200, HEADERS, b'{"a": [1]}')
    assert answer.json() == {"a": [1]}
    assert answer.parse() == [1]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is empty"),
        (b" \r\n", "the body is empty"),
        (b"<html>", "not JSON, or was cut off"),
        (b'{"a": [1', "not JSON, or was cut off"),
        (b"\xff\xfe\x00", "not JSON, or was cut off"),
        (b"[" * 100_000, "not JSON, or was cut off"),
        (b"[1] [2]", "not JSON, or was cut off"),
        (b"1" * 5000, "not JSON, or was cut off"),
    ],
    ids=["empty", "blank", "html", "truncated", "not text", "nested without end", "two documents", "endless number"],
)
def test_what_is_not_json_is_a_decode_error_that_keeps_the_answer(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason) as caught:
        answered(body).parse()

    assert (caught.value.body, caught.value.status, caught.value.headers) == (body, 200, HEADERS)
    assert caught.value.__context__ is None


@given(st.binary())
def test_any_bytes_are_json_or_a_decode_error(body: bytes) -> None:
    with suppress(DecodeError):
        answered(body).json()


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    "write",
    [
        lambda depth: nested(depth),
        lambda depth: nested(depth - 1, '{"a":', "}").replace(":}", ":[]}"),
        lambda depth: nested(depth, '["]",', ',"["]').replace(",,", ",1,"),
        lambda depth: nested(depth, r'["\"]\"",', r',"\"[\""]').replace(",,", ",1,"),
        lambda depth: nested(depth, r'["\\","]",', r',"[","\\"]').replace(",,", ",1,"),
        lambda depth: nested(depth, '["\u225d",', ',"\u225b"]').replace(",,", ",1,").encode("utf-16"),
    ],
    ids=["lists", "objects", "brackets in strings", "escaped quotes", "escaped backslashes", "utf-16"],
)
def test_a_hundred_levels_are_read_and_one_more_is_a_decode_error(write: Callable[[int], str | bytes]) -> None:
    def body(depth: int) -> bytes:
        written = write(depth)
        return written if isinstance(written, bytes) else written.encode()

    answered(body(100)).json()
    with pytest.raises(DecodeError, match="nested more than 100 levels deep"):
        answered(body(101)).json()


@pytest.mark.parametrize("letters", ["ab", "[]{}, a", '[]{}"\\, aé\u225d'], ids=["plain", "brackets", "escapes"])
@given(st.data(), st.integers(95, 105), st.booleans())
def test_the_depth_of_a_body_is_that_of_its_lists_and_objects(
    letters: str, draws: st.DataObject, depth: int, ascii_only: bool
) -> None:
    leaf = st.text(letters, max_size=6) | st.integers(0, 9)
    levels = draws.draw(st.lists(st.tuples(leaf, st.booleans(), leaf), min_size=1, max_size=12))
    data: object = 0
    for before, is_list, after in islice(cycle(levels), depth):
        data = [before, data, after] if is_list else {f"{before}1": before, "b": data, f"{after}2": after}
    body = json.dumps(data, ensure_ascii=ascii_only).encode()

    if depth <= 100:
        assert answered(body).json() == data
    else:
        with pytest.raises(DecodeError, match="levels deep"):
            answered(body).json()


def refuse(data: Any) -> None:
    try:
        int(data["id"])
    except ValueError:
        raise DecodeError("a number was expected", value=data["id"]).at("id") from None


def test_what_does_not_fit_its_model_keeps_the_answer_too() -> None:
    with pytest.raises(DecodeError) as caught:
        answered(b'{"id": "x"}', refuse).parse()

    assert caught.value.path == "id"
    assert (caught.value.body, caught.value.status, caught.value.headers) == (b'{"id": "x"}', 200, HEADERS)


def test_the_traceback_of_a_decode_error_does_not_hold_the_answer() -> None:
    with pytest.raises(DecodeError) as caught:
        answered(b'{"id": "x", "note": "planted"}', refuse).parse()

    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "planted" not in shown.replace("""b'{"id": "x", "note": "planted"}'""", "")
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_whoever_made_the_answer_examines_the_error_before_it_is_raised() -> None:
    def examine(error: DecodeError) -> None:
        error.may_have_been_accepted = error.status == 200

    with pytest.raises(DecodeError) as caught:
        answered(b"", examine=examine).json()

    assert caught.value.may_have_been_accepted


def test_an_answer_does_not_show_what_it_holds() -> None:
    assert repr(answered(b"planted")) == "Answer(status=200)"


def test_a_pickled_answer_has_its_value_though_its_decoder_stays_behind() -> None:
    copy = pickle.loads(pickle.dumps(answered(b'{"a": [1]}', lambda data: data["a"])))  # noqa: S301  # made here
    assert (copy.status, copy.headers, copy.body, copy.json(), copy.parse()) == (
        200,
        HEADERS,
        b'{"a": [1]}',
        {"a": [1]},
        [1],
    )


def test_a_pickled_answer_that_cannot_be_decoded_has_its_error_masked_as_before() -> None:
    def decode(_: object) -> None:
        raise DecodeError("a word was expected", value="secret")

    def examine(error: DecodeError) -> None:
        error.value = "***"

    copy = pickle.loads(pickle.dumps(answered(b"{}", decode, examine)))  # noqa: S301  # made here
    with pytest.raises(DecodeError, match="a word was expected") as caught:
        copy.parse()
    assert (caught.value.value, caught.value.body, caught.value.status) == ("***", b"{}", 200)
