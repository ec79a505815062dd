"""How long an order is looked for that this client, or another, may have sent before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from orange_ordering_client.orders.errors import InvalidOrder, OutcomeUnknown
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from orange_ordering_client.sandbox import Fault
from tests.placing import Desk, desk


class Store:
    """A store of intents that says what a test wants it to say."""

    def __init__(self, intent: Intent | None = None) -> None:
        self.intent = intent

    @asynccontextmanager
    async def claim(self, key: Key) -> AsyncIterator[Store]:
        yield self

    async def sending(self, *, within: float, newest_before: datetime | None) -> None:
        """Nothing is kept."""

    async def placed(self, request_id: str) -> None:
        """Nothing is kept."""

    async def withdrawn(self) -> None:
        """Nothing is kept."""


async def looked_for(place: Desk, store: Store, *, visible_within: float = 10) -> float:
    """Submit an order that is nowhere; the seconds for which it was looked for."""
    before = place.time.elapsed
    with pytest.raises(OutcomeUnknown) as caught:
        await place.requests.submit(place.order(), intents=store, visible_within=visible_within)
    assert caught.value.tried[0] in ("It was sent before, and no answer was seen.", sent_text(caught.value))
    return place.time.elapsed - before


def sent_text(unknown: OutcomeUnknown) -> str:
    return next((text for text in unknown.tried if text.startswith("Sent: ConnectionBroken: The connection to")), "")


@pytest.mark.parametrize(
    ("in_doubt_for", "seconds"), [(None, 10), (0.0, 10), (4.0, 6), (10.0, 0), (99.0, 0), (-5.0, 15)]
)
async def test_an_order_that_another_sent_is_looked_for_until_it_must_be_listed(
    in_doubt_for: float | None, seconds: float
) -> None:
    async with desk() as place:
        assert await looked_for(place, Store(Intent(in_doubt_for=in_doubt_for))) == pytest.approx(seconds)
        assert place.sent() == 0


@pytest.mark.parametrize(("in_doubt_for", "seconds"), [(None, 20), (15.0, 10), (10.0, 10), (4.0, 16), (-2.0, 22)])
async def test_of_two_that_sent_it_the_later_one_counts(in_doubt_for: float | None, seconds: float) -> None:
    async with desk() as place:
        place.sandbox.faults.add(Fault("drop-before", on="requests.create", times=1))
        assert await looked_for(place, Store(), visible_within=10) == pytest.approx(10)

        store = Store(Intent(in_doubt_for=in_doubt_for))
        assert await looked_for(place, store, visible_within=20) == pytest.approx(seconds)
        # The later time is kept.
        assert await looked_for(place, Store(Intent(in_doubt_for=99.0)), visible_within=20) == pytest.approx(0)
        assert len(place.calls("requests.create")) == 1


async def test_with_a_store_the_order_may_be_submitted_again_by_any_process() -> None:
    async with desk() as place:
        with pytest.raises(OutcomeUnknown) as caught:
            await place.requests.submit(place.order(), intents=Store(Intent()), visible_within=0)
        assert caught.value.hint == (
            "Submit the same order again later: it is looked for, not repeated. Sending it again is yours to decide"
            " (resend=True), best after asking Orange."
        )


async def test_an_order_in_doubt_that_is_refused_before_it_is_sent_again_may_have_been_accepted() -> None:
    async with desk(checks=True) as place:
        order = place.order(properties={"contacts": {"primary": {"title": 5}}})
        place.sandbox.faults.add(Fault("drop-before", on="requests.create", times=1))
        with pytest.raises(OutcomeUnknown):
            await place.requests.submit(order, validate=False, visible_within=0)
        with pytest.raises(InvalidOrder) as caught:
            await place.requests.submit(order, validate=True, visible_within=0, resend=True)
        assert caught.value.may_have_been_accepted


async def test_what_is_tried_and_what_is_unknown_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        place.sandbox.faults.add(Fault("drop-before", on="requests.create", times=1))
        with pytest.raises(OutcomeUnknown) as caught:
            await place.requests.submit(place.order(), visible_within=0)

    failure = sent_text(caught.value).removeprefix("Sent: ")
    assert failure
    assert f"what became of order 'WAN-042' is unknown ({failure}); looking for it" in caplog.messages
