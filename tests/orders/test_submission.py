"""An order is placed once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client._generated.models import NewRequest
from orange_ordering_client.errors import (
    BusinessRuleViolation,
    ClientClosed,
    Forbidden,
    InvalidArgument,
    OrderingError,
    ServiceUnavailable,
)
from orange_ordering_client.hooks import Hooks, RequestRecord, ResponseRecord
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.lookup import Key
from orange_ordering_client.orders.outcomes import OutcomeUnknown, ReferenceConflict, ReferenceUnchecked, Submission
from orange_ordering_client.orders.submission import MAX_SENDS, growing_pause
from orange_ordering_client.requests import Requests
from orange_ordering_client.sandbox import Fault, Sandbox
from tests.calls import calling
from tests.placing import NOON, Desk, desk
from tests.servers import answer, serving

KEY = Key("WAN-042", "R_BVPN_FR_1")
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
        assert "'SP-1000' there, 'SP-1001' here" in str(conflict)
        assert not conflict.may_have_been_accepted
        assert place.sent() == 1


async def test_an_order_that_exists_twice_already_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        for _ in range(2):
            await place.requests.create(place.order())
        assert (await place.requests.submit(place.order())).already_there
        assert "has several requests" in caplog.text


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


# Unknown outcomes

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
        assert place.sent() == 1
        assert place.time.elapsed == 0


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
        assert "resend=True" in unknown.hint
        assert unknown.hint in str(unknown)
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


async def test_looks_that_fail_do_not_count_as_not_found() -> None:
    async with desk(retry=None) as place:
        once(place, "drop-after")

        def outage(record: RequestRecord) -> None:
            if record.operation == CREATE:
                once(place, "error:502/3", on=LIST, times=8)

        place.session.hooks = Hooks(on_request=outage)
        placed = await place.requests.submit(place.order(), resend=True, visible_within=5)
        assert placed.recovered
        assert place.time.elapsed > 5


async def test_an_outage_that_lasts_is_said_to_be_the_reason() -> None:
    async with desk(retry=None) as place:

        def outage(record: RequestRecord) -> None:
            once(place, "drop-before", on="*", times=1000)

        place.session.hooks = Hooks(on_request=lambda record: outage(record) if record.operation == CREATE else None)
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

        place.session.hooks = Hooks(on_request=meanwhile)
        with pytest.raises(ReferenceConflict) as caught:
            await place.requests.submit(place.order())
        assert caught.value.may_have_been_accepted


# Several tasks


async def test_two_tasks_with_the_same_order_place_it_once() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        placed = await asyncio.gather(*(place.view().submit(place.order()) for _ in range(5)))
        assert len({submission.request.id for submission in placed}) == 1
        assert sorted(submission.already_there for submission in placed) == [False, True, True, True, True]
        assert place.sent() == 1


async def test_two_tasks_with_different_orders_under_one_reference_conflict() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:20")
        orders = [place.order(), place.order(comment="another")]
        first, second = await asyncio.gather(*(place.requests.submit(o) for o in orders), return_exceptions=True)
        assert isinstance(first, Submission)
        assert isinstance(second, ReferenceConflict)
        assert place.sent() == 1


async def test_what_was_placed_is_kept_in_mind_only_until_it_must_be_listed() -> None:
    async with desk() as place:
        once(place, "delayed-visibility:5")
        await place.requests.submit(place.order("A"), visible_within=10)
        assert (await place.requests.submit(place.order("A"))).already_there
        await place.time.sleep(11)
        await place.requests.submit(place.order("B"))
        place.sandbox.requests.remove(place.sandbox.journal.committed[0].id)  # archived, says Orange
        assert not (await place.requests.submit(place.order("A"))).already_there


# Cancellation


@pytest.mark.parametrize("kind", [None, "drop-after", "delayed-visibility:3", "rate-limit:429/2", "error:503/5"])
async def test_cancelled_at_any_point_the_same_call_recovers(kind: str | None) -> None:
    """Cancelled after 1, 2, 3, ... turns of the event loop, until the call is over before that."""
    turns = 0
    while True:
        turns += 1
        async with desk() as place:
            if kind is not None:
                once(place, kind)
                if kind.startswith("delayed"):
                    once(place, "drop-after")
            task = asyncio.create_task(place.requests.submit(place.order(), validate=False))
            for _ in range(turns):
                await asyncio.sleep(0)
            over = task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await place.requests.submit(place.order(), validate=False, resend=True)
            assert len(place.sandbox.journal.committed) == 1
            assert not place.sandbox.journal.duplicates()
            if over:
                return


async def test_cancelled_while_nothing_had_left_the_same_call_sends() -> None:
    async with desk() as place:
        once(place, "rate-limit:429/60")
        paused = asyncio.Event()

        async def sleep(seconds: float) -> None:
            paused.set()
            await asyncio.Event().wait()

        real = place.session.clock.sleep
        object.__setattr__(place.session.clock, "sleep", sleep)
        task = asyncio.create_task(place.view(timeout=100).submit(place.order()))
        await paused.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        object.__setattr__(place.session.clock, "sleep", real)
        assert (await place.view(timeout=100).submit(place.order())).attempts == 1


async def test_cancelled_while_it_was_on_its_way_the_same_call_finds_it() -> None:
    answered = asyncio.Event()

    async def hold(record: ResponseRecord) -> None:
        if record.request.operation == CREATE:
            answered.set()
            await asyncio.Event().wait()

    async with desk() as place:
        once(place, "delayed-visibility:10")
        place.session.hooks = Hooks(on_response=hold)
        task = asyncio.create_task(place.requests.submit(place.order()))
        await answered.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        place.session.hooks = Hooks()
        assert (await place.requests.submit(place.order())).recovered
        assert place.sent() == 1


# Another process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


async def killed(sandbox: Sandbox, path: Path, *faults: str, answered: bool = False) -> None:
    """What a process leaves behind that is killed right after it sent an order."""
    async with desk(sandbox) as place:
        for fault in faults:
            once(place, fault)
        with IntentFile(path) as intents:
            try:
                await place.requests.submit(place.order(), intents=intents, visible_within=0)
            except OutcomeUnknown:
                assert not answered


async def test_started_again_it_finds_the_order_that_is_not_listed_yet(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", "drop-after")
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            placed = await place.requests.submit(place.order(), intents=intents)
            assert intents.recall(KEY) == Intent(placed.request.id)
        assert placed.recovered
        assert place.sent() == 1


async def test_started_again_it_knows_the_order_that_was_accepted_and_is_not_listed_yet(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", answered=True)
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            assert (await place.requests.submit(place.order(), intents=intents)).already_there
            with pytest.raises(ReferenceConflict):
                await place.requests.submit(place.order(comment="another"), intents=intents)
        assert place.sent() == 1
        assert place.time.elapsed == 0


async def test_started_again_it_does_not_repeat_what_may_have_been_sent(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "drop-before")
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            with pytest.raises(OutcomeUnknown, match="It was sent before"):
                await place.requests.submit(place.order(), intents=intents)
            assert (await place.requests.submit(place.order(), intents=intents, resend=True)).attempts == 1
        assert place.sent() == 2


async def test_an_accepted_order_that_is_gone_is_never_sent_again(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, answered=True)
    sandbox.requests.remove(sandbox.journal.committed[0].id)
    async with desk(sandbox) as place:
        with IntentFile(path) as intents, pytest.raises(OutcomeUnknown, match="accepted it as request 3-"):
            await place.requests.submit(place.order(), intents=intents, resend=True)
        assert place.sent() == 1


async def test_an_accepted_order_that_comes_back_is_returned(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", answered=True)
    async with desk(sandbox) as place:
        once(place, "error:404/60", on="requests.get")
        with IntentFile(path) as intents:
            assert (await place.requests.submit(place.order(), intents=intents)).recovered


async def test_a_certain_rejection_leaves_nothing_behind(path: Path) -> None:
    async with desk() as place:
        once(place, "error:422/3622")
        with IntentFile(path) as intents:
            with pytest.raises(BusinessRuleViolation):
                await place.requests.submit(place.order(), intents=intents)
            assert intents.recall(KEY) is None
            assert (await place.requests.submit(place.order(), intents=intents)).attempts == 1


async def test_what_cannot_be_noted_is_not_sent(path: Path) -> None:
    async with desk() as place:
        intents = IntentFile(path)
        intents.close()
        with pytest.raises(IntentFileError, match="is closed"):
            await place.requests.submit(place.order(), intents=intents)
        assert place.sent() == 0


async def test_two_clients_that_share_a_file_place_an_order_once(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    async with desk(sandbox) as first, desk(sandbox) as second:
        once(first, "delayed-visibility:20")
        with IntentFile(path) as one, IntentFile(path) as other:
            placed = await asyncio.gather(
                first.requests.submit(first.order(), intents=one),
                second.requests.submit(second.order(), intents=one),
                second.requests.submit(second.order(), intents=other),
            )
        assert len(sandbox.journal.committed) == 1
        assert len({submission.request.id for submission in placed}) == 1


class Failing:
    """A store that stops working once an order is on its way."""

    intent = None

    @asynccontextmanager
    async def claim(self, key: Key) -> AsyncIterator[Failing]:
        yield self

    async def sending(self, *, within: float) -> None:
        pass

    async def placed(self, request_id: str) -> None:
        raise OSError(28, "No space left on device")

    async def withdrawn(self) -> None:
        raise OSError(28, "No space left on device")


async def test_an_accepted_order_that_cannot_be_noted_is_returned_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        submission = await place.requests.submit(place.order(), intents=Failing())
        assert submission.request.id
        assert f"was placed as request {submission.request.id} could not be noted: [Errno 28]" in caplog.text


async def test_a_rejection_that_cannot_be_noted_is_raised_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        once(place, "error:422/3622")
        with pytest.raises(BusinessRuleViolation):
            await place.requests.submit(place.order(), intents=Failing())
        assert "was not accepted could not be noted" in caplog.text


async def test_a_doubt_ends_when_another_client_notes_the_answer(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    async with desk(sandbox) as place:
        once(place, "drop-before")
        with IntentFile(path) as intents:
            with pytest.raises(OutcomeUnknown):
                await place.requests.submit(place.order(), intents=intents)
            async with desk(sandbox) as other:
                once(other, "delayed-visibility:3000")
                placed = await other.requests.submit(other.order(), intents=intents, resend=True)
            again = await place.requests.submit(place.order(), intents=intents, resend=True)
        assert again.request.id == placed.request.id
        assert len(sandbox.journal.committed) == 1


# Small print


def test_pauses_double_up_to_a_limit_and_are_shortened_at_random() -> None:
    assert [growing_pause(number, 0.0) for number in (1, 2, 3, 4, 5, 6, 7, 1000)] == [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    assert growing_pause(3, 0.5) == 0.75


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
