"""operation: paths that no value can change, and query parameters as the API reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.operation import Operation, encode_query, expand


@pytest.mark.parametrize(
    ("method", "safe"),
    [("GET", True), ("HEAD", True), ("OPTIONS", True), ("POST", False), ("PUT", False), ("DELETE", False)],
)
def test_only_reading_methods_are_safe(method: str, safe: bool) -> None:
    assert Operation("x", method, "/x").is_safe is safe


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("3-00286023", "3-00286023"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("a%2Fb", "a%252Fb"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        (".a", ".a"),
        ("a..b", "a..b"),
        ("\u00e9", "%C3%A9"),
        ("{requestId}", "%7BrequestId%7D"),
        ("a;b=c,d@e:f", "a%3Bb%3Dc%2Cd%40e%3Af"),
        ("a\r\nb\x00", "a%0D%0Ab%00"),
    ],
)
def test_a_path_parameter_is_one_segment(value: str, sent: str) -> None:
    assert expand("/requests/{requestId}/x", {"requestId": value}) == f"/requests/{sent}/x"


@pytest.mark.parametrize("value", [".", "..", "../x", "x/..", "x/../y", "a\\..\\b", "./a", "/..", "..\\"])
def test_dot_segments_are_refused(value: str) -> None:
    with pytest.raises(InvalidArgument, match=r"requestId is .* dot segments"):
        expand("/requests/{requestId}", {"requestId": value})


@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u00a0"])
def test_an_empty_id_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgument, match="requestId is empty"):
        expand("/requests/{requestId}", {"requestId": value})


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"], True])
def test_an_id_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="requestId must be text, not"):
        expand("/requests/{requestId}", {"requestId": value})


def test_a_parameter_that_was_not_given_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="requestId must be text"):
        expand("/requests/{requestId}", None)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="requestId holds half a character"):
        expand("/requests/{requestId}", {"requestId": "a\ud800"})
    with pytest.raises(InvalidArgument, match="type holds half a character"):
        encode_query({"type": "a\ud800"})


def test_a_path_without_parameters_stays_as_it_is() -> None:
    assert expand("/requests", None) == "/requests"


@given(st.text())
def test_whatever_the_value_the_path_has_its_segments_or_is_refused(value: str) -> None:
    try:
        path = expand("/requests/{requestId}/x", {"requestId": value})
    except InvalidArgument:
        return
    assert path.isascii()
    before, middle, after = path.removeprefix("/").split("/")
    assert (before, unquote(middle), after) == ("requests", value, "x")


class Open(StrEnum):
    A = "a"


class Number(Enum):
    ONE = 1


class Huge(Enum):
    VALUE = 10**5000


class Odd(Enum):
    HALF = "a\ud800"
    BYTES = b"a"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("IN_PROGRESS", "IN_PROGRESS"),
        (Open.A, "a"),
        (Number.ONE, "1"),
        (5, "5"),
        (0, "0"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "2026-11-23T12:00:00+00:00"),
        (["a", "b"], "a,b"),
        (("a", 1, Open.A), "a,1,a"),
        ((text for text in "ab"), "a,b"),
    ],
)
def test_a_query_value_is_written_as_the_api_reads_it(value: Any, sent: str) -> None:
    assert encode_query({"status": value}) == [("status", sent)]


def test_parameters_that_are_none_are_left_out() -> None:
    assert encode_query({"a": None, "b": "1"}) == [("b", "1")]
    assert encode_query(None) == []


@pytest.mark.parametrize("value", [b"a", bytearray(b"a"), {"a": "b"}, object(), [None], [object()]])
def test_what_no_query_can_carry_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="status cannot be"):
        encode_query({"status": value})


@pytest.mark.parametrize("value", [[], (), set(), (x for x in ""), "", [""], ["a", ""]])
def test_a_filter_without_values_is_refused_instead_of_filtering_nothing(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="status is empty"):
        encode_query({"status": value})


NAIVE = datetime(2026, 1, 2, 3, 4)


@pytest.mark.parametrize("value", [NAIVE, [NAIVE]], ids=["alone", "in a list"])
def test_a_date_time_without_a_time_zone_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^createdAt is datetime.*\), without a time zone: give it one"):
        encode_query({"createdAt": value})


@pytest.mark.parametrize("value", [10**5000, [1, 10**5000], Huge.VALUE], ids=["alone", "in a list", "in an enum"])
def test_an_integer_that_is_too_long_to_be_written_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        encode_query({"n": value})
    assert str(caught.value) == (
        "n is an integer of thousands of digits, which no URL can carry: give a shorter number."
    )


@pytest.mark.parametrize("value", [Odd.HALF, Odd.BYTES], ids=["half a character", "bytes"])
def test_the_value_of_an_enum_is_checked_like_any_other(value: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^status "):
        encode_query({"status": value})


@pytest.mark.parametrize("name", [5, None, b"a", 10**5000, "a\ud800"], ids=["5", "None", "bytes", "huge", "surrogate"])
def test_a_name_that_no_query_can_carry_is_refused(name: Any) -> None:
    with pytest.raises(InvalidArgument):
        encode_query({name: "1"})
