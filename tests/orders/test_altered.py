"""An order that a server stores otherwise than it was sent is recognised before it is sent."""

from __future__ import annotations

import asyncio
import pickle
import unicodedata
from typing import Any

import pytest

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.errors import ReferenceAmbiguous
from orange_ordering_client.requests import Requests
from tests.altering import ALTERATIONS, altering, new_order
from tests.calls import calling
from tests.servers import Reply, answer, serving

REFERENCE = "Wan 042 Évry rue des Écoles"
CHANGING = ["upper", "lower", "NFD", "plain", "no spaces", "spaces", "cut 20", "cut 12"]


def renamed(_: str) -> str:
    return "R_BVPN_FR_2"


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
        assert caplog.messages == [
            "Orange changed requestedAt, comment of order 'Wan 042 Évry rue des Écoles' (request 3-1)"
        ]


async def test_an_order_that_comes_back_as_it_was_sent_is_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    async with altering() as api, api.client() as requests:
        await requests.submit(new_order(), validate=False)
    assert caplog.messages == []


async def test_an_order_that_comes_back_as_it_was_sent_has_no_changes() -> None:
    async with altering() as api, api.client() as requests:
        assert (await requests.submit(new_order(), validate=False)).changes == ()


async def test_the_reference_in_another_spelling_stops_the_order_whatever_its_content() -> None:
    async with serving() as server, calling(server) as pipeline:
        stored = {
            "id": "3-1",
            "customerReference": REFERENCE.upper(),
            "type": "R_BVPN_FR_1",
            "comment": "of another site",
        }
        server.on("/requests", answer([{**stored, "keyDates": {"requestedAt": "2020-01-01"}}]))
        with pytest.raises(ReferenceAmbiguous):
            await Requests(pipeline).submit(new_order(), validate=False)
        # The filter gave it, so it works: the list is not read as well.
        assert {(call.method, call.query.get("customerReference")) for call in server.calls} == {("GET", REFERENCE)}


UNREADABLE: dict[str, Reply] = {
    "an attribute of the wrong kind": answer({"id": "3-7", "customerReference": 7, "status": ["?"], "comment": "ok"}),
    "a number as id": answer({"id": 7, "customer": "none", "comment": "ok"}),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_answer_that_cannot_be_read_wholly_still_gives_its_id(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with altering(refusals=0) as api, api.client() as requests:
        api.answers.append(UNREADABLE[name])
        placed = await requests.submit(new_order(comment="ok"), validate=False, resend=True)
        assert placed.request.id in ("3-7", "7")
        assert placed.request.comment == "ok"
        assert (placed.recovered, api.posted) == (False, 1)
        assert caplog.messages[0].startswith("the answer to an order cannot be read wholly: Cannot read Request.")


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
async def test_an_answer_without_an_id_is_an_unknown_outcome_and_the_order_is_looked_for(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    async with altering() as api, api.client() as requests:
        api.answers.append(reply)
        placed = await requests.submit(new_order(), validate=False, resend=True)
        assert (placed.recovered, placed.request.id, api.posted) == (True, api.stored[0]["id"], 1)
        assert f"(Orange answered {reply.status} without an id that could be read.)" in caplog.text


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
        with pytest.raises(ReferenceAmbiguous, match=str(placed.request.id)) as caught:
            await requests.submit(new_order(REFERENCE.upper()), validate=False)
        assert caught.value.reference == REFERENCE.upper()
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


@pytest.mark.parametrize("call", ["create", "submit"])
@pytest.mark.parametrize("value", [(part for part in "abc"), {1, 2}, float("nan")], ids=["generator", "set", "nan"])
async def test_a_body_that_json_cannot_hold_is_refused_before_anything_is_sent(call: str, value: Any) -> None:
    async with altering() as api, api.client() as requests:
        with pytest.raises(InvalidArgument, match=r"properties\.x"):
            await getattr(requests, call)(new_order(properties={"x": value}))
        assert api.server.received == []
