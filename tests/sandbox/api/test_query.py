"""What the parameters of the lists do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.sandbox.api.query import matcher, order
from tests.sandbox.conftest import Api

ITEM = {
    "id": "3-1",
    "status": "IN_PROGRESS",
    "customerReference": "A,B",
    "isOverdue": "false",
    "customer": {"id": "33-1"},
    "keyDates": {"issuedAt": "2026-03-02"},
    "properties": {"servicePoint": {"id": "SP-1000"}},
    "createdAt": "2026-03-02T09:00:00.000Z",
}


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ({}, True),
        ({"id": "3-1"}, True),
        ({"id": "3-"}, False),
        ({"id": "3-1", "status": "NEW"}, False),
        ({"status": "NEW,IN_PROGRESS"}, True),
        ({"status": "NEW, IN_PROGRESS"}, True),
        ({"status": "in_progress"}, False),
        ({"status": ["NEW", "IN_PROGRESS"]}, True),
        ({"status": ""}, False),
        ({"customerReference": "A,B"}, True),
        ({"customerReference": "A"}, False),
        ({"customer.id": "33-1"}, True),
        ({"customer.name": "anybody"}, False),
        ({"customer.id.deeper": "33-1"}, False),
        ({"keyDates.issuedAt": "2026-03-02"}, True),
        ({"properties.servicePoint.id": "SP-1,SP-1000"}, True),
        ({"isOverdue": 0}, True),
        ({"isOverdue": 1}, False),
        ({"createdAt": "2026-03-02"}, True),
        ({"createdAt": "2026-03-02T09:00:00.000Z"}, True),
        ({"createdAt": "2026-03-03"}, False),
        ({"createdAt": ">2026-03-01"}, False),
        ({"limit": 1, "offset": 5, "sort": "id", "displayNulls": True}, True),
    ],
)
def test_a_filter_matches_one_of_its_values_exactly(query: dict[str, Any], matches: bool) -> None:
    assert matcher(query)(ITEM) is matches


@given(st.lists(st.sampled_from(["a", "b", "c", None])), st.sampled_from(["", "-"]))
def test_sorting_keeps_everything_and_puts_what_has_no_value_last(values: list[Any], sign: str) -> None:
    items = [{"n": number, "v": value} for number, value in enumerate(values)]
    found = order(items, f"{sign}v")
    present = [item["v"] for item in found if item["v"] is not None]
    assert sorted(item["n"] for item in found) == [item["n"] for item in items]
    assert present == sorted(present, reverse=bool(sign))
    assert all(item["v"] is None for item in found[len(present) :])


def test_numbers_are_sorted_as_numbers() -> None:
    assert [item["n"] for item in order([{"n": 10}, {"n": 9}, {"n": 9.5}], "n")] == [9, 9.5, 10]


def test_numbers_come_before_texts() -> None:
    assert [item["n"] for item in order([{"n": "10"}, {"n": 9}, {"n": "1"}, {"n": 11}], "n")] == [9, 11, "1", "10"]


@pytest.mark.parametrize(("asked", "matches"), [(True, True), (1, True), (False, False), (0, False)])
def test_a_flag_is_matched_however_it_is_spelt(asked: object, matches: bool) -> None:
    assert matcher({"late": asked})({"late": True}) is matches
    assert matcher({"late": asked})({"late": "true"}) is matches


async def test_descending_is_ascending_turned_round_so_that_ties_have_one_order(sandbox: Sandbox, api: Api) -> None:
    for number in range(5):
        await api.order(sandbox, f"R-{number}")
    assert await api.ids(sort="-createdAt") == (await api.ids(sort="createdAt"))[::-1]


@given(limit=st.integers(1, 40))
async def test_pages_of_any_size_make_up_the_whole_list(limit: int) -> None:
    sandbox = Sandbox(seed=1, check_answers=True)
    sandbox.requests.seed(30)
    whole = [item["id"] for item in sandbox.requests]
    read: list[str] = []
    while page := sandbox.requests.listed()[len(read) : len(read) + limit]:
        read += [item["id"] for item in page]
    assert read == whole


async def test_counts_say_how_many_are_here_and_how_many_match(sandbox: Sandbox, api: Api) -> None:
    sandbox.requests.seed(30)
    answer = await api.get("/requests", type="R_BVPN_FR_1", limit=3, offset=2)
    assert (answer.headers["x-result-count"], answer.headers["x-total-count"]) == ("3", "8")
    assert len(answer.json()) == 3


@pytest.mark.parametrize(
    ("query", "count"), [({"limit": 0}, 0), ({"offset": 300}, 0), ({}, 250), ({"offset": 250}, 10)]
)
async def test_offset_and_limit_have_the_documented_bounds(
    sandbox: Sandbox, api: Api, query: dict[str, int], count: int
) -> None:
    sandbox.requests.seed(260)
    answer = await api.get("/requests", **query)
    assert len(answer.json()) == count
    assert answer.headers["x-total-count"] == "260"


async def test_fields_leave_everything_else_out(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    answer = await api.get(f"/requests/{request_id}", fields="id,customer.id,keyDates.completedAt")
    assert answer.json() == {"id": request_id, "customer": {"id": "33-01257052"}}
    listed = await api.get("/requests", fields="status")
    assert listed.json() == [{"status": "NEW"}]


async def test_display_nulls_spells_out_what_has_no_value(sandbox: Sandbox, api: Api) -> None:
    body = sandbox.example()
    del body["customerReference"]
    request_id = (await api.post(body)).json()["id"]
    assert "customerReference" not in (await api.get(f"/requests/{request_id}")).json()
    answer = await api.get(f"/requests/{request_id}", displayNulls="true")
    assert answer.json()["customerReference"] is None
    some = await api.get(f"/requests/{request_id}", displayNulls="true", fields="id,customerReference")
    assert some.json() == {"id": request_id, "customerReference": None}


async def test_display_links_adds_links_that_lead_somewhere(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    assert "_links" not in (await api.get(f"/requests/{request_id}")).json()
    links = (await api.get(f"/requests/{request_id}", displayLinks="true")).json()["_links"]
    for link in links.values():
        assert (await api.http.request(link["method"], link["href"], headers=api.headers)).status_code == 200
    item = (await api.get("/catalogItems/R_BVPN_FR_1", displayLinks="true")).json()
    found = await api.http.get(item["_links"]["requests"]["href"], headers=api.headers)
    assert [request["id"] for request in found.json()] == [request_id]


async def test_a_list_of_requests_embeds_what_includes_asks_for(sandbox: Sandbox, api: Api) -> None:
    await api.order(sandbox, attachments=[{"name": "plan.txt", "format": "text/plain", "body": "cGxhbg=="}])
    sandbox.clock.advance(days=2)
    await api.sign_in()
    plain = (await api.get("/requests")).json()[0]
    assert not plain.keys() & {"quotes", "attachments"}
    attached = (await api.get("/requests", includes="attachments")).json()[0]
    assert attached["attachments"][0]["body"] == "cGxhbg=="
    quoted = (await api.get("/requests", includes="quotes")).json()[0]
    assert quoted["quotes"][0]["status"] == "NEW"


async def test_the_index_on_customer_reference_changes_nothing(sandbox: Sandbox, api: Api) -> None:
    for reference in ("A", "B", "A,B", "A"):
        await api.order(sandbox, reference)
    assert len(await api.ids(customerReference="A")) == 2
    assert len(await api.ids(customerReference="A,B")) == 4
    assert await api.ids(customerReference="nobody") == []
    assert await api.ids(customerReference="A", type="C_BVPN_FR_1") == []
