"""Watching requests that lack an id, or the time of their last change."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from typing import Any, cast

import pytest

from orange_ordering_client.requests import Requests
from tests.calls import calling
from tests.clocks import FakeTime
from tests.orders.test_watching import Book, numbers, some, watched, wire
from tests.placing import NOON
from tests.servers import Received, Reply, answer, serving


async def test_a_request_without_an_id_on_two_pages_is_given_once() -> None:
    items = [wire(number, 400 - number) for number in range(400)]
    # The second page begins with the last items of the first.
    items[245] = {"name": "no id", "updatedAt": items[245]["updatedAt"]}
    async with serving() as server, calling(server, clock=FakeTime().clock) as pipeline:

        def page(received: Received) -> Reply:
            offset = int(received.query["offset"])
            return answer(items[offset : offset + 250], X_Total_Count="400")

        server.on("/requests", page)
        async with asyncio.timeout(30):
            changes = Requests(pipeline).watch(interval=1)
            first = await some(changes, 400)

    assert Counter(numbers(first)) == {item.get("id"): 1 for item in items}


@pytest.mark.parametrize(
    ("items", "warnings"),
    [
        ([wire(1), wire(2)], 0),
        ([{"id": "3-1", "createdAt": NOON.isoformat()}, {"id": "3-2"}], 1),
        ([wire(1), {"id": "3-2", "updatedAt": "0001-01-01T00:00:00Z"}], 1),
    ],
    ids=["all dated", "none dated", "a date that is not set"],
)
async def test_requests_without_the_time_of_their_change_are_warned_of_once(
    items: list[dict[str, Any]], warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    book = Book(*items)
    async with aclosing(cast("Any", watched(book))) as changes:
        for number in range(3):
            await anext(changes)
            book.put(wire(number + 3, number + 3))

    told = [text for text in caplog.messages if "without updatedAt" in text]
    warning = (
        "there are requests without updatedAt: watch may miss new ones among them, and changes of them; follow each of"
        " them with wait"
    )
    assert told == warnings * [warning]
