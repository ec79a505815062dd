"""An order whose response is lost is looked for, and not repeated unasked."""

from __future__ import annotations

import pytest

from orange_ordering_client.errors import BusinessRuleViolation, ClientClosed
from orange_ordering_client.hooks import Hooks, RequestRecord
from orange_ordering_client.notifier import Notifier
from orange_ordering_client.orders import lookup
from orange_ordering_client.orders.errors import OutcomeUnknown, ReferenceAmbiguous, ReferenceConflict
from orange_ordering_client.orders.submission import MAX_SENDS
from orange_ordering_client.sandbox import Fault
from tests.placing import Desk, desk

CREATE = "requests.create"
LIST = "requests.list"


def once(place: Desk, kind: str, on: str = CREATE, times: float = 1) -> None:
    place.sandbox.faults.add(Fault(kind, on=on, times=times))


LOST = ["drop-after", "error-after:500/1", "error-after:502/3", "error-after:504/6", "html-after:503", "truncate"]
NEVER_TAKEN = [
    "drop-before",
    "error:500/1",
    "error:502/3",
    "error:504/6",
    "error:408/63",
    "html:503",
    "html:502",
    "empty:503",
]


@pytest.mark.parametrize("kind", LOST)
async def test_an_order_whose_answer_is_lost_is_found_again(kind: str) -> None:
    async with desk() as place:
        once(place, kind)
        placed = await place.requests.submit(place.order())
        assert (placed.recovered, placed.already_there, placed.attempts) == (True, False, 1)
        again = await place.requests.submit(place.order())
        assert (again.recovered, again.already_there, again.attempts) == (False, True, 0)
        assert place.sent() == 1
        assert place.time.elapsed == 0


async def test_sending_again_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        once(place, "drop-before")
        await place.requests.submit(place.order(), resend=True, visible_within=1)
    assert "order 'WAN-042' is not there; it is sent again" in caplog.messages


async def test_an_order_that_is_listed_late_is_waited_for() -> None:
    async with desk() as place:
        once(place, "drop-after")
        once(place, "delayed-visibility:20")
        placed = await place.requests.submit(place.order())
        assert placed.recovered
        assert 20 <= place.time.elapsed <= 30
        pauses = place.time.slept
        assert pauses[:-1] == sorted(pauses[:-1])


@pytest.mark.parametrize("kind", NEVER_TAKEN)
async def test_an_order_that_does_not_appear_is_not_repeated_unasked(kind: str) -> None:
    async with desk() as place:
        once(place, kind)
        with pytest.raises(OutcomeUnknown) as caught:
            await place.requests.submit(place.order(), visible_within=10)
        unknown = caught.value
        assert unknown.reference == "WAN-042"
        assert unknown.may_have_been_accepted
        assert [text.split(":")[0] for text in unknown.tried] == [
            "Sent",
            "Looked for it, the last time 10 s after it was sent",
        ]
        assert unknown.hint == (
            "Submit the same order again later, with this client: it is looked for, not repeated. A new process knows"
            " of it only with intents= or a fleet: without, wait until an accepted order is certainly listed. Sending"
            " it again is yours to decide (resend=True), best after asking Orange."
        )
        assert str(unknown) == (
            f"Whether order 'WAN-042' exists is unknown. {unknown.tried[0]} {unknown.tried[1]} {unknown.hint}"
        )
        assert place.sent() == 1
        assert place.time.elapsed == pytest.approx(10)


@pytest.mark.parametrize("kind", NEVER_TAKEN)
async def test_an_order_that_does_not_appear_is_sent_again_if_asked(kind: str) -> None:
    async with desk() as place:
        once(place, kind)
        placed = await place.requests.submit(place.order(), resend=True, visible_within=10)
        assert (placed.attempts, place.sent(), len(place.sandbox.journal.committed)) == (2, 2, 1)
        assert place.time.elapsed == pytest.approx(10)


async def test_sending_again_has_an_end() -> None:
    async with desk() as place:
        once(place, "drop-before", times=100)
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(place.order(), resend=True)
        assert place.sent() == MAX_SENDS


async def test_a_certain_rejection_of_the_second_sending_leaves_the_first_in_doubt() -> None:
    async with desk() as place:
        once(place, "drop-before")
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(place.order(), visible_within=10)
        once(place, "error:422/3622")
        with pytest.raises(BusinessRuleViolation) as caught:
            await place.requests.submit(place.order(), visible_within=10, resend=True)
        assert caught.value.may_have_been_accepted
        with pytest.raises(OutcomeUnknown, match="It was sent before"):
            await place.requests.submit(place.order(), visible_within=10)
        assert place.sent() == 2


async def test_the_same_call_after_an_unknown_outcome_looks_and_does_not_send() -> None:
    async with desk() as place:
        once(place, "drop-after")
        once(place, "delayed-visibility:100")
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(place.order())
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(place.order())
        await place.time.sleep(100)
        assert (await place.view(language="fr").submit(place.order())).recovered
        assert place.sent() == 1


async def test_an_order_under_another_reference_is_found_below_everything_that_came_since() -> None:
    async with desk() as place:
        once(place, "drop-after")
        once(place, "change-reference:upper")
        once(place, "delayed-visibility:100")
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(place.order("Wan-042"), visible_within=10)
        await place.time.sleep(100)
        for number in range(600):
            place.sandbox.requests.create(
                place.order(f"other {number}").to_dict(), next(iter(place.sandbox.access.clients.values())), "x"
            )
        with pytest.raises(ReferenceAmbiguous) as caught:
            await place.requests.submit(place.order("Wan-042"), visible_within=10)
        assert [request.customer_reference for request in caught.value.candidates] == ["WAN-042"]
        assert place.sent("Wan-042") == 1


async def test_a_list_that_is_too_long_to_be_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MAX_SWEPT", 500)
    async with desk() as place:
        place.sandbox.requests.seed(600)
        place.sandbox.faults.add(Fault("ignore-sort", on=LIST, times=1000))
        once(place, "drop-before")
        with pytest.raises(OutcomeUnknown, match="more than 500 requests"):
            await place.requests.submit(place.order(), visible_within=0)
        # Each look begins with the filter: one before the order was sent, one after.
        assert sum("customerReference" in call.query for call in place.calls(LIST)) == 2


async def test_looks_that_fail_do_not_count_as_not_found() -> None:
    async with desk(retry=None) as place:
        once(place, "drop-after")

        def outage(record: RequestRecord) -> None:
            if record.operation == CREATE:
                once(place, "error:502/3", on=LIST, times=8)

        place.session.notifier = Notifier(Hooks(on_request=outage))
        placed = await place.requests.submit(place.order(), resend=True, visible_within=5)
        assert placed.recovered
        assert place.time.elapsed > 5


async def test_an_outage_that_lasts_is_said_to_be_the_reason() -> None:
    async with desk(retry=None) as place:

        def outage(record: RequestRecord) -> None:
            once(place, "drop-before", on="*", times=1000)

        place.session.notifier = Notifier(
            Hooks(on_request=lambda record: outage(record) if record.operation == CREATE else None)
        )
        with pytest.raises(OutcomeUnknown, match="the last look failed") as caught:
            await place.requests.submit(place.order(), resend=True, visible_within=5)
        assert caught.value.__cause__ is not None
        assert place.sent() == 1


async def test_a_client_that_is_closed_meanwhile_says_that_the_outcome_is_unknown() -> None:
    async with desk() as place:
        once(place, "drop-before")

        async def close(seconds: float) -> None:
            await place.session.aclose()

        object.__setattr__(place.session.clock, "sleep", close)
        with pytest.raises(OutcomeUnknown) as caught:
            await place.requests.submit(place.order())
        assert isinstance(caught.value.__cause__, ClientClosed)


async def test_another_order_found_after_an_unknown_outcome_is_a_conflict_that_warns() -> None:
    async with desk() as place:
        once(place, "drop-before")
        other = place.order(comment="of somebody else")

        def meanwhile(record: RequestRecord) -> None:
            if record.operation == CREATE:
                body = other.to_dict()
                place.sandbox.requests.create(body, next(iter(place.sandbox.access.clients.values())), "x")

        place.session.notifier = Notifier(Hooks(on_request=meanwhile))
        with pytest.raises(ReferenceConflict) as caught:
            await place.requests.submit(place.order())
        assert caught.value.may_have_been_accepted
