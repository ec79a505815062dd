"""An order that a server stores otherwise is recognised after an unknown outcome, and in later calls."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orange_ordering_client.orders.errors import OutcomeUnknown, ReferenceAmbiguous, ReferenceConflict
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.lookup import look_up
from orange_ordering_client.orders.spelling import SHORTEST_CUT, folded
from tests.altering import ALTERATIONS, CHAINS, START, Altering, altering, new_order, references
from tests.servers import DROP, Received, answer

REFERENCE = "Wan 042 Évry rue des Écoles"
CHANGING = ["upper", "lower", "NFD", "plain", "no spaces", "spaces", "cut 20", "cut 12"]


def renamed(_: str) -> str:
    return "R_BVPN_FR_2"


def others_follow(api: Altering) -> None:
    """Behind each order that comes, others place 400."""

    def crowded(received: Received) -> Any:
        reply = api.play(received)
        if received.method == "POST":
            for number in range(400):
                api.store({"customerReference": f"later {number}"}, START + timedelta(seconds=5))
        return reply

    api.server.on("*", crowded)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


@pytest.mark.parametrize("filtering", ["exact", "folded", "contains", "ignored"])
@pytest.mark.parametrize("name", CHANGING)
async def test_an_order_whose_answer_was_lost_is_recognised_and_not_sent_again(name: str, filtering: Any) -> None:
    async with altering(alter=ALTERATIONS[name], filtering=filtering) as api, api.client() as requests:
        api.seed(600)
        api.answers.append(DROP)
        for _ in range(2):
            with pytest.raises(ReferenceAmbiguous, match=r"3-00000600") as caught:
                await requests.submit(new_order(), validate=False, resend=True)
            assert caught.value.may_have_been_accepted
        assert api.posted == 1


@pytest.mark.parametrize("sorting", [True, False])
async def test_before_it_is_sent_again_all_that_came_since_is_read(sorting: bool) -> None:
    async with altering(alter=str.upper, sorting=sorting) as api, api.client() as requests:
        api.seed(600)
        api.answers.append(DROP)
        api.hidden = 2  # the first look: the filter, and the newest

        others_follow(api)
        with pytest.raises(ReferenceAmbiguous):
            await requests.submit(new_order(), validate=False, resend=True)
        assert api.posted == 1


async def test_looking_before_it_is_sent_again_costs_what_came_since_and_no_more() -> None:
    async with altering(refusals=1) as api, api.client() as requests:
        api.seed(2000)
        placed = await requests.submit(new_order("WAN-042"), validate=False, resend=True, visible_within=0)
        assert (placed.attempts, api.posted) == (2, 2)
        # Each look asks for the reference and reads one page of the newest; the second one, which decides, two pages.
        assert len(api.lists) == 2 + 3


async def test_an_order_that_shows_late_is_found_below_everything_that_came_meanwhile() -> None:
    held: list[dict[str, Any]] = []
    async with altering(alter=str.upper) as api, api.client() as requests:

        def busy(received: Received) -> Any:
            if received.method == "GET":
                for number in range(4):
                    api.store({"customerReference": f"later {number}"})
            if held and api.time.elapsed > 990:
                api.stored.append(held.pop())
            reply = api.play(received)
            if received.method == "POST":
                held.append(api.stored.pop())
            return reply

        api.server.on("*", busy)
        api.answers.append(DROP)
        with pytest.raises(ReferenceAmbiguous):
            await requests.submit(new_order(), validate=False, resend=True, visible_within=1000)
        assert api.posted == 1


async def test_an_order_stamped_by_a_clock_that_is_slow_is_found() -> None:
    async with altering(filtering="ignored") as api, api.client() as requests:
        api.seed(300)
        for number in range(260):
            api.store({"customerReference": f"before {number}"}, START - timedelta(seconds=120 - number / 10))
        api.store(new_order().to_dict(), START - timedelta(minutes=4))
        found = await look_up(requests, Key(REFERENCE, "R_BVPN_FR_1"), newest_before=START)
        assert [request.customer_reference for request in found.matches] == [REFERENCE]
        # And nothing is read that not even that explains.
        await look_up(requests, Key("nowhere", "R_BVPN_FR_1"), newest_before=START)
        assert len(api.lists) == 2 * 3


async def test_requests_that_are_older_than_the_order_are_not_taken_for_it() -> None:
    async with altering(refusals=1) as api, api.client() as requests:
        api.seed(400)
        api.stored[0]["customerReference"] = "WAN-2026-001"
        api.stored[0]["type"] = "R_BVPN_FR_1"
        order = new_order("WAN-2026-0010")
        placed = await requests.submit(order, validate=False, resend=True, visible_within=1)
        assert placed.attempts == 2


async def test_a_later_call_reads_no_further_back_than_what_was_there_when_the_order_was_first_sent() -> None:
    async with altering(refusals=1) as api, api.client() as requests:
        api.seed(3000)
        with pytest.raises(OutcomeUnknown):
            await requests.submit(new_order(), validate=False)
        before = len(api.lists)
        placed = await requests.submit(new_order(), validate=False, resend=True)
        assert placed.attempts == 1
        # A few looks of a page each; the whole list has 13 pages.
        assert max(int(call.query["offset"]) for call in api.lists[before:]) < 250


async def test_a_process_started_again_reads_no_further_back_than_what_was_there_when_it_was_first_sent(
    path: Path,
) -> None:
    async with altering(refusals=2) as api:
        api.seed(3000)
        for attempt in range(3):
            async with api.client() as requests:
                before = len(api.lists)
                with IntentFile(path) as intents, suppress(OutcomeUnknown):
                    await requests.submit(new_order(), validate=False, resend=attempt > 0, intents=intents)
            assert max(int(call.query["offset"]) for call in api.lists[before:]) < 250
        assert api.posted == 3
        assert len(api.stored) == 3001


async def test_a_process_started_again_finds_what_was_stored_otherwise_below_all_that_came_since(path: Path) -> None:
    async with altering(alter=str.upper) as api:
        api.seed(3000)
        async with api.client() as requests:
            api.answers.append(DROP)
            with IntentFile(path) as intents, pytest.raises(ReferenceAmbiguous):
                await requests.submit(new_order(), validate=False, intents=intents)
        for number in range(600):
            api.store({"customerReference": f"later {number}"}, START + timedelta(seconds=number))
        async with api.client() as requests:
            before = len(api.lists)
            with IntentFile(path) as intents, pytest.raises(ReferenceAmbiguous):
                await requests.submit(new_order(), validate=False, resend=True, intents=intents)
        assert api.posted == 1
        assert max(int(call.query["offset"]) for call in api.lists[before:]) < 1000


async def test_a_request_dated_in_the_future_does_not_make_the_order_count_as_older() -> None:
    async with altering(alter=str.upper) as api, api.client() as requests:
        api.seed(600)
        api.stored[0]["createdAt"] = "2099-01-01T00:00:00+00:00"
        api.answers.append(DROP)

        others_follow(api)
        with pytest.raises(ReferenceAmbiguous):
            await requests.submit(new_order(), validate=False, resend=True)
        assert api.posted == 1


async def test_the_first_date_of_the_calendar_is_no_bound_of_what_is_read() -> None:
    async with altering(alter=str.upper) as api, api.client() as requests:
        api.seed(600)
        for request in api.stored:
            request["createdAt"] = "0001-01-01T00:00:00Z"
        api.answers.append(DROP)
        with pytest.raises(ReferenceAmbiguous):
            await requests.submit(new_order(), validate=False, resend=True)
        assert api.posted == 1


async def test_an_order_that_was_placed_before_all_that_is_listed_first_is_not_sent_again() -> None:
    async with altering(alter=str.upper) as api, api.client() as requests:
        await requests.submit(new_order(), validate=False)
        placed = api.stored.pop()
        api.time.advance(1000)
        await requests.submit(new_order("another"), validate=False)
        for number in range(600):
            api.store({"customerReference": f"later {number}"}, START + timedelta(seconds=number))
        with pytest.raises(OutcomeUnknown):
            await requests.submit(new_order(), validate=False)
        api.stored.append({**placed, "createdAt": (START - timedelta(days=1)).isoformat()})
        found = await requests.submit(new_order(), validate=False, resend=True)
        assert found.request.id == placed["id"]
        assert api.posted == 2


async def test_without_resend_an_order_that_is_nowhere_is_still_unknown() -> None:
    async with altering(refusals=1) as api, api.client() as requests:
        api.seed(600)
        with pytest.raises(OutcomeUnknown):
            await requests.submit(new_order(), validate=False)
        assert api.posted == 1


async def test_the_same_client_returns_its_order_for_ever_however_it_is_stored() -> None:
    for options in ({"alter": str.upper}, {"rename": renamed}, {"alter": lambda _: "gone"}):
        async with altering(**options) as api, api.client() as requests:
            placed = await requests.submit(new_order(), validate=False)
            api.seed(600)
            for request in api.stored[1:]:
                request["createdAt"] = (START + timedelta(days=1)).isoformat()
            for pause in (0, 1000):
                api.time.advance(pause)
                await requests.submit(new_order(f"other {pause}"), validate=False)
                again = await requests.submit(new_order(), validate=False, resend=True)
                assert (again.request.id, again.already_there) == (placed.request.id, True)
                assert again.changes
            assert api.posted == 3


@pytest.mark.parametrize("options", [{"alter": str.upper}, {"rename": renamed}])
async def test_a_new_client_with_the_intents_recognises_the_order_by_its_id(
    options: dict[str, Any], path: Path
) -> None:
    async with altering(**options) as api:
        for already_there in (False, True):
            async with api.client() as requests:
                with IntentFile(path) as intents:
                    placed = await requests.submit(new_order(), validate=False, resend=True, intents=intents)
            assert placed.already_there == already_there
            assert placed.request.id == api.stored[0]["id"]
        assert api.posted == 1


async def test_an_order_that_is_known_by_its_id_is_believed_whatever_it_is_called_now(path: Path) -> None:
    async with altering(alter=lambda _: "Orange 7", rename=lambda _: "X") as api:
        for _ in range(2):
            async with api.client() as requests:
                with IntentFile(path) as intents:
                    placed = await requests.submit(new_order(), validate=False, resend=True, intents=intents)
        assert placed.already_there
        assert api.posted == 1


async def test_a_request_that_is_given_for_another_id_is_not_believed(path: Path) -> None:
    async with altering() as api:
        async with api.client() as requests:
            with IntentFile(path) as intents:
                await requests.submit(new_order(), validate=False, intents=intents)
        stored = api.stored.pop()
        api.server.on(f"/requests/{stored['id']}", answer({**stored, "id": "3-99"}))
        async with api.client() as requests:
            with IntentFile(path) as intents, pytest.raises(OutcomeUnknown, match="now does not show"):
                await requests.submit(new_order(), validate=False, intents=intents)
        assert api.posted == 1


async def test_another_order_under_a_key_whose_order_is_known_is_a_conflict(path: Path) -> None:
    async with altering(alter=str.upper) as api:
        async with api.client() as requests:
            with IntentFile(path) as intents:
                await requests.submit(new_order(), validate=False, intents=intents)
        async with api.client() as requests:
            other = new_order(properties={"servicePoint": {"id": "SP-2"}})
            with IntentFile(path) as intents, pytest.raises(ReferenceConflict):
                await requests.submit(other, validate=False, intents=intents)
        assert api.posted == 1


FILTERS = st.sampled_from(["exact", "folded", "contains", "ignored"])


async def _again(api: Altering, reference: str) -> None:
    """Submit as a program does that was started again and knows nothing."""
    async with api.client() as requests:
        with suppress(ReferenceAmbiguous, OutcomeUnknown):
            await requests.submit(new_order(reference), validate=False, resend=True)


@settings(max_examples=60)
@given(references(), CHAINS, FILTERS, st.booleans(), st.booleans(), st.integers(0, 3), st.integers(0, 2))
def test_no_alteration_makes_a_duplicate(
    reference: str, chain: tuple[str, ...], filtering: Any, sorting: bool, renames: bool, lost: int, hidden: int
) -> None:
    """Submit; submit again with the same client and a fresh one; crash after sending and submit."""

    def alter(text: str) -> str:
        for name in chain:
            text = ALTERATIONS[name](text)
        return text

    assume(folded(reference) and len(alter(reference)) >= min(SHORTEST_CUT, len(reference)))

    async def story() -> int:
        options: dict[str, Any] = {"rename": renamed} if renames else {}
        async with altering(alter=alter, filtering=filtering, sorting=sorting, **options) as api:
            api.answers += [DROP] * lost
            async with api.client() as requests:
                for _ in range(2):
                    with suppress(ReferenceAmbiguous, OutcomeUnknown):
                        await requests.submit(new_order(reference), validate=False, resend=True)
                    api.hidden = hidden
                api.hidden = 0
            await _again(api, reference)
            await _again(api, reference)
            return len(api.stored)

    assert asyncio.run(story()) == 1
