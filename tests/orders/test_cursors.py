"""Cursors and digests of watch: what they hold, and on what they depend."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client._generated.models import Request
from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.cursor import Cursor, digest, moment, old_digest
from tests.placing import NOON, desk


class Nowhere(tzinfo):
    """A zone that does not know its offset: a time in it is naive (datetime, "Aware and Naive Objects")."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    def __repr__(self) -> str:
        return "nowhere"


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local time of Japan."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
def test_cursors_and_digests_do_not_depend_on_the_local_time() -> None:
    late = NOON.astimezone(timezone(timedelta(hours=-3)))
    request = Request(id="3-1", updated_at=late, properties={"at": "2026-11-23T12:00:00Z"})

    assert str(Cursor.parse(late)) == str(Cursor.parse(NOON)) == "1;2026-11-23T12:00:00+00:00;;;"
    assert str(moment(request)) == "2026-11-23 12:00:00+00:00"
    # As earlier versions wrote them into cursors that are kept.
    assert (old_digest(request), digest(request)) == ("vC7MuMMs9NY", "jgvZwAzqN_w")
    assert digest(Request(id="3-1")) == old_digest(Request(id="3-1"))
    assert digest(Request(updated_at=late)) == old_digest(Request(updated_at=late))


def test_half_a_character_in_an_id_can_be_digested() -> None:
    request = Request.from_dict({"id": "3-\ud800", "updatedAt": "2026-11-23T12:00:00Z"})
    assert len(digest(request)) == len(old_digest(request)) == 11


def test_a_digest_is_short_and_depends_on_content_alone() -> None:
    content: dict[str, Any] = {"n": 5, "day": "2026-11-23", "x": None, "f": 1.5, "b": True, "l": [{"a": 1, "b": 2}]}
    turned = {name: content[name] for name in reversed(content)}

    assert digest(Request(id="3-1", properties=content)) == digest(Request(id="3-1", properties=turned))
    digests = {digest(Request(id=str(number))) for number in range(300)}
    assert (len(digests), {len(each) for each in digests}) == (300, {11})


@pytest.mark.parametrize(
    "since",
    [
        "",
        "1;",
        "2;;;;",
        "1;yesterday;;;",
        "1;2026-11-23T12:00:00;;;",
        "1;;;short;",
        datetime(2026, 11, 23),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 23, tzinfo=Nowhere()),
        7,
        b"",
        b"1;;;;",
        [],
    ],
    ids=repr,
)
async def test_what_is_no_cursor_is_refused_at_once(since: Any) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument, match="since"):
            place.requests.watch(since)


@pytest.mark.parametrize(
    ("since", "message"),
    [
        (datetime(2026, 11, 23), "since has no time zone: use datetime.now(UTC), for example."),
        (
            datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
            "since is 0001-01-01 00:00:00+01:00, which is no time in UTC.",
        ),
        ("2026-11-23", "since is no cursor: give Change.cursor as it was, a moment, or None."),
    ],
)
def test_the_refusal_of_a_cursor_says_what_to_give(since: Any, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Cursor.parse(since)
    assert str(caught.value) == message


@given(
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.lists(st.integers()),
    st.lists(st.integers()),
)
def test_a_cursor_is_a_plain_string_and_back(
    start: datetime | None, newest: datetime | None, given_: list[int], undated: list[int]
) -> None:
    cursor = Cursor(
        start=start,
        newest=newest,
        given=tuple(digest(Request(name=str(number))) for number in given_),
        undated=tuple(digest(Request(name=str(number))) for number in undated),
    )
    text = str(cursor)
    assert Cursor.parse(text) == cursor
    assert text.isprintable()


@pytest.mark.parametrize("text", ["2026-13-23T12:00:00Z", "0001-01-01T00:00:00+14:00", "2026-11-23"])
def test_a_text_that_is_no_usable_moment_is_told_apart_as_it_is(text: str) -> None:
    one, other = (Request.from_dict({"id": "3-1", "properties": {"at": [text + end]}}) for end in ("", "x"))
    assert digest(one) != digest(other)
