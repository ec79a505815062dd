"""Finding an order, whatever the server makes of filters and sort orders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.errors import DecodeError, ServiceUnavailable
from orange_ordering_client.orders import lookup
from orange_ordering_client.orders.errors import ReferenceUnchecked
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.lookup import look_up
from orange_ordering_client.sandbox import Fault
from tests.calls import calling
from tests.placing import NOON, Desk, desk
from tests.servers import Received, Reply, answer, serving

KEY = Key("WAN-042", "R_BVPN_FR_1")


def crowd(place: Desk, count: int) -> None:
    """Requests of others, all before now."""
    place.sandbox.requests.seed(count)


def ignoring(place: Desk, *names: str) -> None:
    place.sandbox.faults.add(*(Fault(name, on="requests.list", times=1000) for name in names))


async def test_one_call_is_enough_where_the_filter_works() -> None:
    async with desk() as place:
        crowd(place, 600)
        await place.requests.create(place.order())
        found = await look_up(place.requests, KEY)
        assert [request.customer_reference for request in found.matches] == ["WAN-042"]
        assert len(place.calls("requests.list")) == 1


async def test_if_the_filter_finds_nothing_the_newest_page_alone_is_read() -> None:
    async with desk() as place:
        crowd(place, 600)
        assert (await look_up(place.requests, KEY)).matches == ()
        assert len(place.calls("requests.list")) == 2


async def test_another_type_under_the_same_reference_is_another_order() -> None:
    async with desk() as place:
        await place.requests.create(place.order(request_type="U_BVPN_FR_1"))
        assert (await look_up(place.requests, KEY)).matches == ()


ANOTHER = {"id": "3-1", "type": "U_BVPN_FR_1", "customerReference": "WAN-042"}
STORED = {"id": "3-2", "type": "R_BVPN_FR_1", "customerReference": "wan-042"}


@pytest.mark.parametrize(
    ("newest", "near"),
    [([STORED, ANOTHER], ["3-2", "3-1"]), ([STORED], ["3-1", "3-2"]), ([], ["3-1"])],
    ids=["both", "this one", "neither"],
)
async def test_what_an_exact_filter_finds_neither_hides_what_is_among_the_newest_nor_is_hidden_by_it(
    newest: list[dict[str, str]], near: list[str]
) -> None:
    def listed(request: Received) -> Reply:
        found = [ANOTHER] if "customerReference" in request.query else newest
        return answer(found, X_Total_Count=str(len(found)))

    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", listed)
        found = await look_up(RequestsResource(pipeline), KEY)
    assert [request.id for request in found.near] == near


@pytest.mark.parametrize("faults", [("ignore-filters",), ("ignore-filters", "ignore-sort")])
@pytest.mark.parametrize("there", [True, False])
async def test_a_filter_that_is_ignored_is_noticed_and_the_list_read_instead(
    faults: tuple[str, ...], there: bool
) -> None:
    async with desk() as place:
        crowd(place, 600)
        if there:
            await place.requests.create(place.order())
        ignoring(place, *faults)
        found = await look_up(place.requests, KEY)
        assert len(found.matches) == there
        assert "sort=-createdAt&offset=0&limit=250" in place.calls("requests.list")[1].query


async def test_in_a_sorted_list_nothing_is_read_that_is_older_than_the_order_can_be() -> None:
    async with desk() as place:
        crowd(place, 2000)
        ignoring(place, "ignore-filters")
        whole = await look_up(place.requests, KEY)
        assert whole.newest is not None
        calls = len(place.calls("requests.list"))
        assert (await look_up(place.requests, KEY, newest_before=NOON)).matches == ()
        assert len(place.calls("requests.list")) == calls + 2


async def test_a_list_that_is_not_sorted_is_read_whole_however_old_its_items_are() -> None:
    async with desk() as place:
        crowd(place, 600)
        await place.requests.create(place.order())  # the last of all, in the order in which they were made
        ignoring(place, "ignore-filters", "ignore-sort")
        found = await look_up(place.requests, KEY, newest_before=NOON + timedelta(hours=1))
        assert len(found.matches) == 1
        assert found.newest is None


async def test_a_reference_that_a_filter_would_take_for_several_is_looked_for_in_the_list(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with desk() as place:
        await place.requests.create(place.order("A,B"))
        found = await look_up(place.requests, Key("A,B", "R_BVPN_FR_1"))
        assert len(found.matches) == 1
        assert all("customerReference" not in call.query for call in place.calls("requests.list"))
    assert caplog.messages == ["the filter customerReference is of no use for 'A,B'; the list is read instead"]


# A page of 250, and then 240 that the first does not share with it.
@pytest.mark.parametrize(("most", "pages"), [(490, 2), (491, 3)])
async def test_a_list_that_is_too_long_to_be_read_says_so(
    monkeypatch: pytest.MonkeyPatch, most: int, pages: int
) -> None:
    monkeypatch.setattr(lookup, "MAX_SWEPT", most)
    async with desk() as place:
        crowd(place, 600)
        ignoring(place, "ignore-filters")
        with pytest.raises(ReferenceUnchecked, match=f"more than {most} requests") as caught:
            await look_up(place.requests, KEY)
        assert len(place.calls("requests.list")) == 1 + pages
        assert caught.value.reference == "WAN-042"
        assert not caught.value.may_have_been_accepted


async def test_an_order_on_a_later_page_of_the_filter_is_found() -> None:
    # As a filter for parts of references gives it; the newest requests are those of others.
    similar = [{"id": f"3-{number}", "type": "R_BVPN_FR_1", "customerReference": f"WAN-042{number}"} for number in "ab"]

    def listed(request: Received) -> Reply:
        found = [*similar, {**STORED, "customerReference": "WAN-042"}] if "customerReference" in request.query else []
        offset = int(request.query.get("offset", 0))
        return answer(found[offset : offset + 2], X_Total_Count=str(len(found)))

    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", listed)
        found = await look_up(RequestsResource(pipeline), KEY)
    assert [request.id for request in found.matches] == ["3-2"]


async def test_a_total_that_is_too_small_does_not_end_the_reading() -> None:
    listed = [{"id": f"3-{number}", "type": "X", "customerReference": f"A,{number}"} for number in range(6)]

    def page(request: Received) -> Reply:
        offset = int(request.query.get("offset", 0))
        return answer(listed[offset : offset + 3], X_Total_Count="3")

    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", page)
        found = await look_up(RequestsResource(pipeline), Key("A,5", "X"))
    assert [request.id for request in found.matches] == ["3-5"]


async def test_a_list_that_cannot_be_read_says_so() -> None:
    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", answer([{"id": f"3-{number}"} for number in range(250)]))
        with pytest.raises(ReferenceUnchecked, match="again and again") as caught:
            await look_up(RequestsResource(pipeline), KEY)
    assert caught.value.reference == "WAN-042"


@pytest.mark.parametrize("filtered", [True, False], ids=["filter", "newest"])
async def test_a_list_that_cannot_be_decoded_says_so(filtered: bool) -> None:
    def listed(request: Received) -> Reply:
        return answer([{**STORED, "keyDates": 7}] if ("customerReference" in request.query) is filtered else [])

    async with serving() as server, calling(server) as pipeline:
        server.on("/requests", listed)
        with pytest.raises(ReferenceUnchecked, match=r"Cannot read \[0\]\.Request\.keyDates") as caught:
            await look_up(RequestsResource(pipeline), KEY)
    assert isinstance(caught.value.__cause__, DecodeError)


async def test_a_server_that_does_not_answer_is_an_error_of_its_own() -> None:
    async with desk(retry=None) as place:
        place.sandbox.faults.add(Fault("error:503/5", on="requests.list"))
        with pytest.raises(ServiceUnavailable):
            await look_up(place.requests, KEY)


async def test_many_of_one_reference_are_read_to_the_last_page() -> None:
    async with desk() as place:
        for _ in range(251):
            place.sandbox.requests.create(
                {"type": "C_GENERIC_FR_1", "requestedAt": "2027-01-11", "customerReference": "WAN-042"},
                next(iter(place.sandbox.access.clients.values())),
                "x",
            )
        await place.requests.create(place.order())
        assert len((await look_up(place.requests, KEY)).matches) == 1
