"""Requests move with the clock."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from orange_ordering_client.sandbox import Sandbox
from tests.sandbox.conftest import MONDAY, Api

STAGES = [
    (0, "NEW", "REQUEST", "INITIATION"),
    (1, "IN_PROGRESS", "REQUEST", "IN_PROGRESS"),
    (2, "IN_PROGRESS", "QUOTE", "APPROVAL"),
    (3, "IN_PROGRESS", "ORDER", "IN_PROGRESS"),
    (4, "IN_PROGRESS", "ORDER", "DELIVERY"),
    (5, "COMPLETED", "ORDER", "ACCEPTANCE"),
    (50, "COMPLETED", "ORDER", "ACCEPTANCE"),
]


async def test_ids_have_the_documented_form_and_are_never_given_twice(sandbox: Sandbox, api: Api) -> None:
    ids = [await api.order(sandbox) for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"3-\d{8}", request_id) for request_id in ids)


@pytest.mark.parametrize(("days", "status", "step", "sub_step"), STAGES)
async def test_a_request_goes_from_new_to_completed(
    sandbox: Sandbox, api: Api, days: int, status: str, step: str, sub_step: str
) -> None:
    request_id = await api.order(sandbox)
    sandbox.clock.advance(days=days)
    found = sandbox.requests[request_id]
    assert (found["status"], found["step"], found["subStep"]) == (status, step, sub_step)


async def test_updated_at_is_when_it_moved_not_when_somebody_looked(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    sandbox.clock.advance(days=1, hours=7)
    assert sandbox.requests[request_id]["updatedAt"] == "2026-03-03T09:00:00.000Z"
    assert sandbox.requests[request_id]["createdAt"] == "2026-03-02T09:00:00.000Z"


async def test_a_completed_request_says_when(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    assert "completedAt" not in sandbox.requests[request_id]["keyDates"]
    sandbox.clock.advance(days=9)
    assert sandbox.requests[request_id]["keyDates"]["completedAt"] == "2026-03-07"


async def test_the_quote_comes_and_is_validated(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    seen = []
    for _ in range(4):
        seen.append([quote["status"] for quote in sandbox.requests[request_id]["quotes"]])
        sandbox.clock.advance(days=1)
    assert seen == [[], [], ["NEW"], ["VALIDATED"]]


@pytest.mark.parametrize(("share", "end"), [("rejected", "REJECTED"), ("canceled", "CANCELED")])
async def test_requests_can_end_badly(sandbox: Sandbox, api: Api, share: str, end: str) -> None:
    setattr(sandbox.lifecycle, share, 1.0)
    request_id = await api.order(sandbox)
    sandbox.clock.advance(days=50)
    assert sandbox.requests[request_id]["status"] == end
    assert "completedAt" not in sandbox.requests[request_id]["keyDates"]


async def test_a_late_request_is_overdue_until_it_completes(sandbox: Sandbox, api: Api) -> None:
    sandbox.lifecycle.late = 1.0
    request_id = await api.order(sandbox)
    flags = []
    for hours in (0, 109, 12):
        sandbox.clock.advance(hours=hours)
        flags.append(sandbox.requests[request_id]["isOverdue"])
    assert flags == ["false", "true", "false"]


@pytest.mark.parametrize("completes_after", [5.0, 5 * 24 * 3600.0])
def test_requests_of_the_past_are_in_every_status_and_step_and_most_are_completed(completes_after: float) -> None:
    sandbox = Sandbox(now=MONDAY, completes_after=completes_after)
    sandbox.requests.seed(60)
    found = Counter(request["status"] for request in sandbox.requests)
    assert found == {"COMPLETED": 33, "IN_PROGRESS": 15, "REJECTED": 5, "CANCELED": 4, "NEW": 3}
    under_way = {request["step"] for request in sandbox.requests if request["status"] == "IN_PROGRESS"}
    assert under_way == {"REQUEST", "QUOTE", "ORDER"}


def test_requests_of_the_past_go_on_and_end() -> None:
    sandbox = Sandbox(now=MONDAY)
    sandbox.requests.seed(60)
    sandbox.clock.advance(days=30)
    assert {request["status"] for request in sandbox.requests} == {"COMPLETED", "REJECTED", "CANCELED"}


def test_the_end_of_requests_of_the_past_is_that_of_the_lifecycle_if_it_has_shares() -> None:
    sandbox = Sandbox(now=MONDAY)
    sandbox.lifecycle.canceled = 1.0
    sandbox.requests.seed(10)
    sandbox.clock.advance(days=30)
    assert {request["status"] for request in sandbox.requests} == {"CANCELED"}


def test_fates_repeat_with_the_seed() -> None:
    def fates(seed: int) -> list[str]:
        sandbox = Sandbox(seed=seed, now=MONDAY)
        sandbox.lifecycle.rejected = 0.5
        sandbox.requests.seed(50)
        return [request["status"] for request in sandbox.requests]

    assert fates(7) == fates(7) != fates(8)


async def test_requests_may_stay_new() -> None:
    sandbox = Sandbox(now=MONDAY, completes_after=None)
    sandbox.requests.seed(3)
    sandbox.clock.advance(days=1000)
    assert {request["status"] for request in sandbox.requests} == {"NEW"}


async def test_speed_can_be_changed_for_requests_to_come(sandbox: Sandbox, api: Api) -> None:
    slow = await api.order(sandbox)
    sandbox.lifecycle.completes_after = 10
    fast = await api.order(sandbox)
    sandbox.clock.advance(seconds=10)
    assert sandbox.requests[fast]["status"] == "COMPLETED"
    assert sandbox.requests[slow]["status"] == "NEW"


async def test_a_request_can_be_changed_by_hand(sandbox: Sandbox, api: Api) -> None:
    first, second = await api.order(sandbox), await api.order(sandbox)
    for request_id in (first, second):
        sandbox.requests.change(request_id, at=MONDAY + timedelta(hours=1), status="REJECTED")
    sandbox.clock.advance(days=10)
    assert [sandbox.requests[request_id]["updatedAt"] for request_id in (first, second)] == [
        "2026-03-02T10:00:00.000Z"
    ] * 2
    assert sandbox.requests[first]["status"] == "REJECTED"


async def test_a_request_can_be_taken_away(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    sandbox.requests.remove(request_id)
    body = sandbox.example()
    del body["customerReference"]
    sandbox.requests.remove((await api.post(body)).json()["id"])
    assert await api.ids() == []
    assert await api.ids(customerReference="WAN-042") == []
    assert (await api.get(f"/requests/{request_id}")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "category"), [("C_BVPN_FR_1", "NEW"), ("U_BVPN_FR_1", "CHANGE"), ("R_BVPN_FR_1", "DISCONNECT")]
)
async def test_the_category_follows_from_the_type(sandbox: Sandbox, api: Api, kind: str, category: str) -> None:
    answer = await api.post(sandbox.example(kind))
    assert answer.json()["category"] == category


async def test_what_was_ordered_can_be_read_again(sandbox: Sandbox, api: Api) -> None:
    body = sandbox.example() | {"customer": {"id": "33-7", "name": "Somebody"}}
    made = await api.post(body)
    found = (await api.get(made.headers["content-location"].removeprefix("/ordering/b2b/v3"))).json()
    for name in ("type", "customerReference", "comment", "properties", "customer"):
        assert found[name] == body[name]
    assert found["keyDates"]["requestedAt"] == body["requestedAt"]
