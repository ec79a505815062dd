"""Faults that change how an operation works."""

from __future__ import annotations

import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from tests.sandbox.conftest import Api, code

CREATE, LIST = "POST /requests", "GET /requests"


@pytest.mark.parametrize(("kind", "number"), [("expire-token", 42), ("revoke-token", 41)])
async def test_a_token_ends_in_the_middle(sandbox: Sandbox, wire: Api, kind: str, number: int) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert code(await wire.post(sandbox.example())) == (401, number)
    assert code(await wire.post(sandbox.example())) == (401, number)
    await wire.sign_in()
    assert (await wire.post(sandbox.example())).status_code == 201


@pytest.mark.parametrize(("step", "seen_again"), [(1, 1), (3, 3), (-1, 0), (-2, 0)])
async def test_a_page_shifts_while_the_list_is_read(sandbox: Sandbox, wire: Api, step: int, seen_again: int) -> None:
    sandbox.requests.seed(20)
    sandbox.faults.add(Fault(f"shift:{step}", LIST))
    first = await wire.ids(limit=10)
    second = await wire.ids(limit=10, offset=10)
    assert len(set(first) & set(second)) == seen_again
    assert len(sandbox.requests) == 20 + step
    assert not sandbox.journal.committed


async def test_filters_may_be_ignored(sandbox: Sandbox, wire: Api) -> None:
    for reference in ("A", "B"):
        await wire.order(sandbox, reference)
    sandbox.faults.add(Fault("ignore-filters", LIST), Fault("ignore-sort", LIST))
    assert len(await wire.ids(customerReference="A", sort="-createdAt")) == 2


async def test_the_order_asked_for_may_be_ignored(sandbox: Sandbox, wire: Api) -> None:
    ids = [await wire.order(sandbox, reference) for reference in ("A", "B")]
    sandbox.faults.add(Fault("ignore-sort", LIST))
    assert await wire.ids(sort="-createdAt") == ids
    assert await wire.ids(sort="-createdAt") == ids[::-1]


async def test_a_new_request_may_take_its_time_to_appear_in_lists(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("delayed-visibility:5", CREATE))
    request_id = await wire.order(sandbox)
    assert await wire.ids(customerReference="WAN-042") == await wire.ids() == []
    assert (await wire.get(f"/requests/{request_id}")).status_code == 200
    sandbox.clock.advance(seconds=5)
    assert await wire.ids(customerReference="WAN-042") == await wire.ids() == [request_id]


async def test_a_token_that_expires_and_is_revoked_is_not_known(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("revoke-token", CREATE), Fault("expire-token", CREATE))
    assert code(await wire.post(sandbox.example())) == (401, 41)


async def test_pages_may_be_shorter_than_the_limit(sandbox: Sandbox, wire: Api) -> None:
    sandbox.requests.seed(20)
    sandbox.faults.add(Fault("cap-pages:7", LIST))
    assert len(await wire.ids(limit=10)) == 7
    assert len(await wire.ids(limit=10)) == 10


@pytest.mark.parametrize(("kind", "stored"), [("upper", "WAN-042"), ("5", "wan-0")])
async def test_another_reference_may_be_stored_than_was_sent(
    sandbox: Sandbox, wire: Api, kind: str, stored: str
) -> None:
    sandbox.faults.add(Fault(f"change-reference:{kind}", CREATE))
    request_id = await wire.order(sandbox, "wan-042")
    assert sandbox.requests[request_id]["customerReference"] == stored
    assert sandbox.journal.committed[0].reference == "wan-042"


async def test_an_order_without_a_reference_is_stored_without_one(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("change-reference:upper", CREATE))
    order = {name: value for name, value in sandbox.example().items() if name != "customerReference"}
    answer = await wire.post(order)
    assert answer.status_code == 201
    assert "customerReference" not in sandbox.requests[answer.json()["id"]]
