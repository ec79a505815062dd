"""An order is looked for, then sent once; certain outcomes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from orange_ordering_client._generated.models import NewRequest, Request
from orange_ordering_client.errors import (
    BusinessRuleViolation,
    Forbidden,
    InvalidArgument,
    OrderingError,
    ServiceUnavailable,
)
from orange_ordering_client.hooks import Hooks, RequestRecord
from orange_ordering_client.orders.errors import ReferenceAmbiguous, ReferenceConflict, ReferenceUnchecked
from orange_ordering_client.requests import Requests
from orange_ordering_client.sandbox import Fault, Sandbox
from tests.calls import calling
from tests.placing import NOON, Desk, desk
from tests.servers import answer, serving

CREATE = "requests.create"
LIST = "requests.list"


def once(place: Desk, kind: str, on: str = CREATE, times: float = 1) -> None:
    place.sandbox.faults.add(Fault(kind, on=on, times=times))


# Looking first


async def test_a_new_order_is_looked_for_then_sent() -> None:
    async with desk() as place:
        placed = await place.requests.submit(place.order(), validate=False)
        assert (placed.already_there, placed.recovered, placed.attempts) == (False, False, 1)
        assert placed.request.customer_reference == "WAN-042"
        assert [entry.operation for entry in place.sandbox.journal.received] == ["token", LIST, LIST, CREATE]


async def test_an_order_and_what_is_read_for_it_go_over_connections_of_their_own() -> None:
    async with desk() as place, serving() as server, calling(server) as pipeline:
        server.on("/requests", answer([]), answer([]), answer({"id": "3-1"}, 201))
        assert (await Requests(pipeline).submit(place.order(), validate=False)).request.id == "3-1"
    assert len({request.connection for request in server.calls}) == len(server.calls) == 3


async def test_an_order_that_exists_is_returned_as_it_is() -> None:
    sandbox = Sandbox(now=NOON)
    async with desk(sandbox) as before:
        order = before.order()
        placed = await before.requests.submit(order)
    sandbox.clock.advance(days=6)
    async with desk(sandbox) as after:
        again = await after.requests.submit(order)
        assert (again.request.id, again.already_there, again.attempts) == (placed.request.id, True, 0)
        assert again.request.status == "COMPLETED"
        assert after.sent() == 1


async def test_another_type_under_the_same_reference_is_another_order() -> None:
    async with desk() as place:
        await place.requests.submit(place.order())
        placed = await place.requests.submit(place.order(request_type="U_BVPN_FR_1"))
        assert not placed.already_there


async def test_a_request_that_does_not_show_its_type_is_taken_for_the_order() -> None:
    async with desk() as place, serving() as server, calling(server) as pipeline:
        server.on("/requests", answer([{"id": "3-1", "customerReference": "WAN-042"}]))
        assert (await Requests(pipeline).submit(place.order())).already_there


async def test_a_different_order_under_the_same_reference_is_refused_with_what_differs() -> None:
    async with desk() as place:
        placed = await place.requests.submit(place.order())
        other = place.order(comment="something else", properties={"servicePoint": {"id": "SP-1001"}})
        with pytest.raises(ReferenceConflict) as caught:
            await place.requests.submit(other)
        conflict = caught.value
        assert {difference.path for difference in conflict.differences} == {"comment", "properties.servicePoint.id"}
        assert conflict.existing.id == placed.request.id
        assert str(conflict) == (
            f"'WAN-042' is the reference of request {placed.request.id}, which is not the same order: comment"
            " ('Disconnect a BVPN site' there, 'something else' here); properties.servicePoint.id"
            " ('SP-1000' there, 'SP-1001' here). Give the new order a reference of its own."
        )
        assert not conflict.may_have_been_accepted
        assert place.sent() == 1


async def test_another_day_under_the_same_reference_is_refused_before_the_first_is_listed() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        await place.requests.submit(place.order())
        with pytest.raises(ReferenceConflict) as caught:
            await place.requests.submit(place.order(requestedAt="2027-02-01"))
        assert [difference.path for difference in caught.value.differences] == ["requestedAt"]
        assert caught.value.reference == "WAN-042"
        assert place.sent() == 1


async def test_an_order_that_was_placed_and_is_not_listed_yet_is_returned() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        placed = await place.requests.submit(place.order())
        again = await place.requests.submit(place.order())
        assert (again.request.id, again.already_there, again.recovered) == (placed.request.id, True, False)
        assert place.sent() == 1


async def test_an_order_that_exists_twice_already_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        ids = {(await place.requests.create(place.order())).id for _ in range(2)}
        assert (await place.requests.submit(place.order())).already_there
    (warned,) = caplog.records
    assert warned.msg == "the reference %r has several requests: %s"
    assert isinstance(warned.args, tuple)
    assert warned.args[0] == "WAN-042"
    assert set(str(warned.args[1]).split(", ")) == ids


async def test_if_it_cannot_be_looked_for_nothing_is_sent() -> None:
    async with desk(retry=None) as place:
        once(place, "error:503/5", on=LIST)
        with pytest.raises(ServiceUnavailable) as caught:
            await place.requests.submit(place.order())
        assert not caught.value.may_have_been_accepted
        assert place.sent() == 0


@pytest.mark.parametrize("reference", [None, "", " WAN-042", "WAN-042 ", "WAN  042", "WAN\t042", "WAN\u200b042"])
async def test_a_reference_by_which_nothing_could_be_found_again_is_refused(reference: str | None) -> None:
    async with desk() as place:
        order = place.order()
        order.customer_reference = reference
        with pytest.raises(InvalidArgument, match="found again"):
            await place.requests.submit(order)
        assert not place.sandbox.journal.received


@pytest.mark.parametrize("order", [None, {"type": "R_BVPN_FR_1"}, NewRequest(type="", requested_at=NOON.date())])
async def test_what_is_no_order_is_refused(order: Any) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument):
            await place.requests.submit(order)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), True, "30"])
async def test_a_time_that_is_none_is_refused(value: Any) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument, match="visible_within"):
            await place.requests.submit(place.order(), visible_within=value)


async def test_changing_the_order_meanwhile_does_not_change_what_is_sent() -> None:
    order: list[NewRequest] = []

    def change(record: RequestRecord) -> None:
        order[0].customer_reference = "OTHER"
        (order[0].properties or {}).clear()

    async with desk(hooks=Hooks(on_request=change)) as place:
        order.append(place.order())
        assert (await place.requests.submit(order[0])).request.customer_reference == "WAN-042"


async def test_what_was_placed_is_not_sent_again_before_it_is_listed_whatever_is_placed_meanwhile() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        first = await place.requests.submit(place.order())
        await place.requests.submit(place.order("WAN-043"))
        again = await place.requests.submit(place.order())
        assert (again.request.id, again.already_there, place.sent()) == (first.request.id, True, 1)


# Certain outcomes


@pytest.mark.parametrize(
    "kind", ["rate-limit:429/1", "rate-limit:403/1", "error:503/5", "error:503/6", "error:422/3623"]
)
async def test_a_certain_rejection_is_retried_by_the_policy(kind: str) -> None:
    async with desk() as place:
        once(place, kind)
        placed = await place.requests.submit(place.order())
        assert (placed.recovered, placed.attempts, place.sent()) == (False, 1, 2)


@pytest.mark.parametrize(("kind", "error"), [("error:422/3622", BusinessRuleViolation), ("error:403/50", Forbidden)])
async def test_a_final_rejection_is_raised_and_the_order_can_be_corrected(
    kind: str, error: type[OrderingError]
) -> None:
    async with desk() as place:
        once(place, kind)
        with pytest.raises(error) as caught:
            await place.requests.submit(place.order())
        assert not caught.value.may_have_been_accepted
        assert (await place.requests.submit(place.order())).attempts == 1


# Small print


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (1, "3-0 ('WAN', T)."),
        (5, "3-0 ('WAN', T), 3-1 ('WAN', T), 3-2 ('WAN', T), 3-3 ('WAN', T), 3-4 ('WAN', T)."),
        (6, "3-0 ('WAN', T), 3-1 ('WAN', T), 3-2 ('WAN', T), 3-3 ('WAN', T), 3-4 ('WAN', T) and 1 more."),
    ],
)
def test_an_ambiguous_reference_names_up_to_five_requests(count: int, listed: str) -> None:
    candidates = tuple(Request(id=f"3-{number}", customer_reference="WAN", type="T") for number in range(count))
    assert str(ReferenceAmbiguous("wan", candidates)) == (
        f"Order 'wan' may be there already, stored otherwise than it was sent: request {listed}"
        " If it is, use that request. If it is not, give the order another reference."
    )


async def test_the_exceptions_survive_being_sent_to_another_process() -> None:
    async with desk() as place:
        await place.requests.submit(place.order())
        once(place, "drop-before")
        for order in (place.order(comment="another"), place.order("B")):
            with pytest.raises(OrderingError) as caught:
                await place.requests.submit(order)
            copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 -- our own
            assert str(copied) == str(caught.value)
            assert copied.reference == order.customer_reference
    unchecked = ReferenceUnchecked("C", "too long.")
    assert str(pickle.loads(pickle.dumps(unchecked))) == str(unchecked)  # noqa: S301 -- our own
