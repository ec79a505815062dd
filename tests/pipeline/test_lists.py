"""pipeline: lists, page by page."""

from __future__ import annotations

import pytest

from orange_ordering_client.errors import DecodeError, InvalidArgument
from tests.calls import READ, as_is, calling
from tests.clocks import FakeTime
from tests.servers import Received, Reply, Server, answer, error

UNAVAILABLE = error(503, 5)


async def test_a_pager_asks_with_offset_and_limit_and_reads_the_total(server: Server) -> None:
    server.on("/requests", answer([{"id": "1"}], X_Total_Count="9"))

    async with calling(server) as pipeline:
        page = await pipeline.pager(READ, as_is, query={"status": "A"}, offset=8, limit=5)

    assert server.calls[0].query == {"status": "A", "offset": "8", "limit": "5"}
    assert (page.items, page.total) == ([{"id": "1"}], 9)


async def test_filters_are_percent_encoded_so_that_no_server_reads_a_plus_as_a_space(server: Server) -> None:
    server.on("/requests", answer([], X_Total_Count="0"))

    async with calling(server) as pipeline:
        await pipeline.pager(READ, as_is, query={"customerReference": "WAN 042+/&é"}, limit=5)

    assert server.calls[0].target.partition("?")[2] == "customerReference=WAN%20042%2B%2F%26%C3%A9&offset=0&limit=5"


async def test_an_iterator_among_the_filters_filters_every_page(server: Server) -> None:
    pages = iter([[{"id": "1"}], [{"id": "2"}], []])
    server.on("/requests", lambda _: answer(next(pages)))

    async with calling(server) as pipeline:
        pager = pipeline.pager(READ, as_is, query={"status": (text for text in ("A", "B"))}, limit=1)
        assert len([item async for item in pager]) == 2

    assert [call.query["status"] for call in server.calls] == ["A,B"] * 3


async def test_a_list_does_not_end_at_the_smaller_of_two_counts(server: Server) -> None:
    def page(received: Received) -> Reply:
        offset = int(received.query["offset"])
        found = [{"id": str(number)} for number in range(offset, min(106, offset + 25))]
        return answer(found, X_Total_Count="25", X_Result_Count="106")

    server.on("/requests", page)
    async with calling(server) as pipeline:
        assert len([item async for item in pipeline.pager(READ, as_is)]) == 106
    assert len(server.calls) == 5


@pytest.mark.parametrize("count", ["", "many", "-1", "1.5", "1e3", "\u00b2", "9" * 16])
async def test_a_count_that_is_none_is_passed_over(server: Server, count: str) -> None:
    server.on("/requests", answer([], X_Total_Count=count))

    async with calling(server) as pipeline:
        assert (await pipeline.pager(READ, as_is)).total is None


@pytest.mark.parametrize("body", [{"items": []}, "x", 5, None])
async def test_a_list_that_is_none_is_a_decode_error(server: Server, body: object) -> None:
    server.on("/requests", answer(body))

    async with calling(server) as pipeline:
        with pytest.raises(DecodeError, match="a list was expected") as caught:
            await pipeline.pager(READ, as_is)

    assert caught.value.status == 200


async def test_a_page_that_fails_is_repeated_like_any_call(server: Server) -> None:
    server.on("/requests", UNAVAILABLE, answer([{"id": "1"}]))

    async with calling(server, clock=FakeTime().clock) as pipeline:
        assert [item["id"] async for item in pipeline.pager(READ, as_is)] == ["1"]


async def test_filters_that_cannot_be_sent_are_refused_before_anything_is(server: Server) -> None:
    async with calling(server) as pipeline:
        with pytest.raises(InvalidArgument):
            pipeline.pager(READ, as_is, query={"status": []})
        with pytest.raises(InvalidArgument):
            pipeline.pager(READ, as_is, limit=0)
    assert server.received == []
