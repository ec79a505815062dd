"""Filter words that the description does not know: a warning each, and sent as they are."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from orange_ordering_client import OrderingClient
from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN, http_client
from tests.servers import Server, answer, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        server.on("/requests", answer([]))
        yield server


@pytest.fixture
async def ordering(server: Server, caplog: pytest.LogCaptureFixture) -> AsyncIterator[OrderingClient]:
    caplog.set_level(logging.WARNING, logger="orange_ordering_client")
    async with (
        http_client() as http,
        OrderingClient(
            client_id=CLIENT_ID,
            client_secret=SECRET,
            api_key=API_KEY,
            base_url=server.base_url,
            token_url=server.token_url,
            http_client=http,
        ) as client,
    ):
        yield client


async def test_an_unknown_word_is_sent_as_it_is_and_the_nearest_known_one_is_named(
    server: Server, ordering: OrderingClient, caplog: pytest.LogCaptureFixture
) -> None:
    await ordering.requests.list(status="COMPLETD")

    assert caplog.messages == [
        "requests.list: the description does not know status='COMPLETD', which was sent as it is. Nearest: COMPLETED."
    ]
    assert parse_qs(urlsplit(server.calls[0].target).query)["status"] == ["COMPLETD"]


async def test_each_word_is_warned_of_once(ordering: OrderingClient, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        ordering.requests.list(status=["REJECTD", "CANCELLED", "NEW"])
    await ordering.requests.raw.list(status="REJECTD")

    assert [message.partition("=")[2][:11] for message in caplog.messages] == ["'REJECTD', ", "'CANCELLED'"]


async def test_the_same_word_of_another_filter_is_another_one(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture
) -> None:
    ordering.requests.list(category="CHANGED")
    ordering.requests.list(priority="CHANGED")

    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("spelled", "nearest"), [("in progress", "IN_PROGRESS"), ("completed", "COMPLETED"), ("Rejected", "REJECTED")]
)
async def test_the_spelling_that_the_description_has_is_the_nearest(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture, spelled: str, nearest: str
) -> None:
    ordering.requests.list(status=spelled)

    assert caplog.messages[0].endswith(f"Nearest: {nearest}.")


async def test_where_nothing_is_near_all_known_words_are_named(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture
) -> None:
    ordering.requests.list(step="zzz")

    assert caplog.messages[0].endswith("It knows REQUEST, ORDER, QUOTE.")


@pytest.mark.parametrize("known", ["NEW", "NEW,IN_PROGRESS", ["NEW", "COMPLETED"]])
async def test_known_words_say_nothing(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture, known: str | list[str]
) -> None:
    ordering.requests.list(status=known, priority="HIGH", category="CHANGE", customer_reference="COMPLETD")

    assert not caplog.messages


@pytest.mark.parametrize("formula", ["!NEW", "NEW|REJECTED", "*", "<>NEW"])
async def test_what_is_no_plain_word_may_be_a_formula(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture, formula: str
) -> None:
    ordering.requests.list(status=formula)

    assert not caplog.messages


async def test_a_long_word_is_cut_in_the_log(ordering: OrderingClient, caplog: pytest.LogCaptureFixture) -> None:
    ordering.requests.list(status="X" * 10_000)

    assert len(caplog.messages[0]) < 300


async def test_a_program_that_makes_up_words_is_not_warned_for_ever(
    ordering: OrderingClient, caplog: pytest.LogCaptureFixture
) -> None:
    ordering.requests.list(status=[f"WORD {number}" for number in range(1_100)])
    assert len(caplog.messages) == 1_024
