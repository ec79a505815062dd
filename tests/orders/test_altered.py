"""An order that a server stores otherwise than it was sent is placed once."""

from __future__ import annotations

import asyncio
import pickle
import unicodedata
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.lookup import Key, look_up
from orange_ordering_client.orders.outcomes import OutcomeUnknown, ReferenceAmbiguous, ReferenceConflict
from orange_ordering_client.orders.spelling import SHORTEST_CUT, folded
from tests.altering import ALTERATIONS, CHAINS, START, Altering, altering, new_order, references
from tests.servers import DROP, Received, Reply, answer

REFERENCE = "Wan 042 Évry rue des Écoles"
CHANGING = ["upper", "lower", "NFD", "plain", "no spaces", "spaces", "cut 20", "cut 12"]


def renamed(_: str) -> str:
    return "R_BVPN_FR_2"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


# An answer with an id ends the sending


@pytest.mark.parametrize("name", CHANGING)
async def test_an_accepted_order_is_not_sent_again_whatever_reference_comes_back(name: str) -> None:
    async with altering(alter=ALTERATIONS[name]) as api, api.client() as requests:
        placed = await requests.submit(new_order(), validate=False, resend=True)
        assert (placed.request.id, placed.attempts, placed.recovered) == (api.stored[0]["id"], 1, False)
        (change,) = placed.changes
        assert (change.path, change.sent, change.found) == (
            "customerReference",
            REFERENCE,
            ALTERATIONS[name](REFERENCE),
        )
        assert api.posted == 1


async def test_an_accepted_order_is_not_sent_again_whatever_type_comes_back() -> None:
    async with altering(rename=renamed) as api, api.client() as requests:
        placed = await requests.submit(new_order(), validate=False, resend=True)
        assert [(change.path, change.sent, change.found) for change in placed.changes] == [
            ("type", "R_BVPN_FR_1", "R_BVPN_FR_2")
        ]
        assert api.posted == 1


async def test_a_submission_says_what_else_orange_changed_and_the_log_only_where(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with altering() as api, api.client() as requests:
        api.answers.append(answer({"id": "3-1", "comment": "secret plans", "keyDates": {"requestedAt": "2027-01-12"}}))
        placed = await requests.submit(new_order(), validate=False)
        assert [change.path for change in placed.changes] == ["requestedAt", "comment"]
        assert "requestedAt, comment of order" in caplog.text
        assert "secret plans" not in caplog.text


async def test_an_order_that_comes_back_as_it_was_sent_has_no_changes() -> None:
    async with altering() as api, api.client() as requests:
        assert (await requests.submit(new_order(), validate=False)).changes == ()


UNREADABLE: dict[str, Reply] = {
    "an attribute of the wrong kind": answer({"id": "3-7", "customerReference": 7, "status": ["?"], "comment": "ok"}),
    "a number as id": answer({"id": 7, "customer": "none", "comment": "ok"}),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_answer_that_cannot_be_read_wholly_still_gives_its_id(name: str) -> None:
    async with altering(refusals=0) as api, api.client() as requests:
        api.answers.append(UNREADABLE[name])
        placed = await requests.submit(new_order(comment="ok"), validate=False, resend=True)
        assert placed.request.id in ("3-7", "7")
        assert placed.request.comment == "ok"
        assert (placed.recovered, api.posted) == (False, 1)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/ordering/b2b/v3/requests/3-77", "3-77"),
        ("https://api.example/requests/3%2D77?x=/requests/9", "3-77"),
        ("https://[::1/requests/3-77", "3-00000000"),
        ("/elsewhere", "3-00000000"),
    ],
)
async def test_a_location_stands_in_for_an_id(location: str, expected: str) -> None:
    async with altering() as api, api.client() as requests:
        api.answers.append(Reply(201, b"", {"Location": location}))
        placed = await requests.submit(new_order(), validate=False)
        assert (placed.request.id, placed.recovered) == (expected, expected != "3-77")
        assert api.posted == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200),
        Reply(200, b"<html>accepted</html>"),
        Reply(200, b"[" * 5000),
        answer([]),
        answer({}),
        answer({"id": None}),
        answer({"id": ""}),
        answer({"id": {"value": "3-1"}}),
        answer({"id": True}),
        Reply(202, b"", {"Location": "/requests/3-77"}),
    ],
)
async def test_an_answer_without_an_id_is_an_unknown_outcome_and_the_order_is_looked_for(reply: Reply) -> None:
    async with altering() as api, api.client() as requests:
        api.answers.append(reply)
        placed = await requests.submit(new_order(), validate=False, resend=True)
        assert (placed.recovered, placed.request.id, api.posted) == (True, api.stored[0]["id"], 1)


# Possibly ours


@pytest.mark.parametrize("filtering", ["exact", "folded", "contains", "ignored"])
@pytest.mark.parametrize("name", CHANGING)
async def test_a_request_that_may_be_the_order_stops_it_and_is_named(name: str, filtering: Any) -> None:
    async with altering(filtering=filtering) as api, api.client() as requests:
        api.seed(300)
        there = api.store({**new_order().to_dict(), "customerReference": ALTERATIONS[name](REFERENCE)})
        with pytest.raises(ReferenceAmbiguous, match=there["id"]) as caught:
            await requests.submit(new_order(), validate=False, resend=True)
        assert [request.id for request in caught.value.candidates] == [there["id"]]
        assert caught.value.reference == REFERENCE
        assert not caught.value.may_have_been_accepted
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 -- our own
        assert api.posted == 0


async def test_many_requests_that_may_be_the_order_are_counted() -> None:
    async with altering() as api, api.client() as requests:
        for _ in range(7):
            api.store({**new_order().to_dict(), "customerReference": REFERENCE.upper()})
        with pytest.raises(ReferenceAmbiguous, match="and 2 more"):
            await requests.submit(new_order(), validate=False)


async def test_the_very_order_is_found_beside_requests_that_are_like_it() -> None:
    async with altering(filtering="folded") as api, api.client() as requests:
        for reference in (REFERENCE.upper(), REFERENCE, REFERENCE.lower()):
            api.store({**new_order().to_dict(), "customerReference": reference})
        assert (await requests.submit(new_order(), validate=False)).request.customer_reference == REFERENCE


async def test_a_filter_that_also_finds_longer_references_is_of_use() -> None:
    async with altering(filtering="contains") as api, api.client() as requests:
        api.seed(600)
        api.store(new_order("WAN-042-B").to_dict())
        await requests.submit(new_order("WAN-042"), validate=False)
        assert (api.posted, len(api.lists)) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({}, True),
        ({"comment": "renamed by us"}, True),
        ({"properties": None}, True),
        ({"requestedAt": "2027-02-01"}, False),
        ({"properties": {"servicePoint": {"id": "SP-2"}}}, False),
        ({"contract": "C-2"}, False),
        ({"customer": {"id": "33-2"}}, False),
    ],
)
async def test_the_reference_under_another_type_stops_the_order_unless_it_is_about_something_else(
    changes: dict[str, Any], stops: bool
) -> None:
    async with altering() as api, api.client() as requests:
        api.store({**new_order().to_dict(), "type": "R_BVPN_FR_2", **changes})
        order = new_order(contract="C-1", customer={"id": "33-1"})
        if stops:
            with pytest.raises(ReferenceAmbiguous, match="R_BVPN_FR_2"):
                await requests.submit(order, validate=False)
        else:
            assert (await requests.submit(order, validate=False)).attempts == 1
        assert api.posted == (not stops)


async def test_a_type_in_another_case_is_the_same_type() -> None:
    async with altering() as api, api.client() as requests:
        api.store({**new_order(requestedAt="2027-02-01").to_dict(), "type": "r_bvpn_fr_1"})
        with pytest.raises(ReferenceAmbiguous):
            await requests.submit(new_order(), validate=False)


async def test_orders_of_a_series_that_are_cut_alike_can_be_placed_by_one_client() -> None:
    async with altering(alter=ALTERATIONS["cut 12"]) as api, api.client() as requests:
        for number in range(3):
            await requests.submit(new_order(f"PROJECT-2026-{number}"), validate=False)
        assert api.posted == 3


@pytest.mark.parametrize(
    ("changes", "stops"),
    [({}, True), ({"properties": {"servicePoint": {"id": "SP-2"}}}, False), ({"requestedAt": "2027-02-01"}, False)],
)
async def test_the_first_numbers_of_a_series_stop_a_later_one_only_if_they_are_about_the_same(
    changes: dict[str, Any], stops: bool
) -> None:
    async with altering() as api, api.client() as requests:
        api.store({**new_order("PROJECT-2026-1").to_dict(), **changes})
        if stops:
            with pytest.raises(ReferenceAmbiguous, match="PROJECT-2026-1"):
                await requests.submit(new_order("PROJECT-2026-10"), validate=False)
        else:
            await requests.submit(new_order("PROJECT-2026-10"), validate=False)
        assert api.posted == (not stops)


async def test_another_spelling_of_what_this_client_placed_stops_the_order_even_unlisted() -> None:
    async with altering() as api, api.client() as requests:
        api.hidden = 10
        placed = await requests.submit(new_order(), validate=False)
        with pytest.raises(ReferenceAmbiguous, match=str(placed.request.id)):
            await requests.submit(new_order(REFERENCE.upper()), validate=False)
        assert api.posted == 1


async def test_two_spellings_at_once_place_one_order() -> None:
    async with altering() as api, api.client() as requests:
        both = (requests.submit(new_order(text), validate=False) for text in (REFERENCE, REFERENCE.upper()))
        first, second = await asyncio.gather(*both, return_exceptions=True)
        assert not isinstance(first, BaseException)
        assert isinstance(second, ReferenceAmbiguous)
        assert api.posted == 1


@pytest.mark.parametrize("reference", ["Wan 042 E\u0301vry", "\u212bngstrom", "\ufb1d"])
async def test_a_reference_that_is_not_in_nfc_is_refused_with_the_form_to_use(reference: str) -> None:
    async with altering() as api, api.client() as requests:
        with pytest.raises(InvalidArgument, match="not in Unicode form NFC") as caught:
            await requests.submit(new_order(reference), validate=False)
        assert ascii(unicodedata.normalize("NFC", reference)) in str(caught.value)
        assert not api.server.received


async def test_a_reference_of_accents_alone_is_refused() -> None:
    async with altering() as api, api.client() as requests:
        with pytest.raises(InvalidArgument, match="accents alone"):
            await requests.submit(new_order("\u0301\u0302"), validate=False)


# After an unknown outcome


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

        def crowded(received: Received) -> Any:
            reply = api.play(received)
            if received.method == "POST":
                for number in range(400):
                    api.store({"customerReference": f"later {number}"}, START + timedelta(seconds=5))
            return reply

        api.server.on("*", crowded)
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


# Again, by the same client, another, and one that has the intents


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


@pytest.mark.parametrize("call", ["create", "submit"])
@pytest.mark.parametrize("value", [(part for part in "abc"), {1, 2}, float("nan")], ids=["generator", "set", "nan"])
async def test_a_body_that_json_cannot_hold_is_refused_before_anything_is_sent(call: str, value: Any) -> None:
    async with altering() as api, api.client() as requests:
        with pytest.raises(InvalidArgument, match=r"properties\.x"):
            await getattr(requests, call)(new_order(properties={"x": value}))
        assert api.server.received == []
