"""catalog: schemas are fetched once and cached; orders are validated before they are sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from orange_ordering_client import catalog, requests
from orange_ordering_client.catalog import Catalog
from orange_ordering_client.errors import ConfigurationError, InternalServerError
from orange_ordering_client.orders.errors import InvalidOrder
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.sandbox import Fault
from orange_ordering_client.settings import CallOptions
from orange_ordering_client.validation import checking as validation
from tests.calls import calling
from tests.clocks import FakeTime
from tests.placing import Desk, desk
from tests.servers import Server, answer, serving

GET = "catalog.get"


def fetched(place: Desk) -> int:
    return len(place.calls(GET))


async def test_an_order_that_fits_passes() -> None:
    async with desk() as place:
        result = await place.catalog.validate(place.order())
        assert (result.ok, result.warnings) == (True, ())
        assert not place.calls("requests.create")


async def test_all_that_is_wrong_is_said_at_once() -> None:
    async with desk() as place:
        result = await place.catalog.validate(place.order(properties={"servicePoint": {}}))
        assert [violation.path for violation in result.violations] == [
            "$.properties.servicePoint",
            "$.properties.contacts",
        ]


async def test_a_schema_is_fetched_once_by_all_tasks_and_views() -> None:
    async with desk() as place:
        view = Catalog(Pipeline(place.session, CallOptions(timeout=5)))
        await asyncio.gather(*(shelf.validate(place.order()) for shelf in [place.catalog, view] * 20))
        assert fetched(place) == 1


async def test_each_language_has_its_own() -> None:
    async with desk() as place:
        await place.catalog.validate(place.order())
        await Catalog(Pipeline(place.session, CallOptions(language="fr"))).validate(place.order())
        await place.catalog.validate(place.order(request_type="U_BVPN_FR_1"))
        assert fetched(place) == 3


async def test_it_is_kept_for_a_quarter_of_an_hour() -> None:
    async with desk() as place:
        await place.catalog.validate(place.order())
        place.time.advance(899)
        await place.catalog.validate(place.order())
        assert fetched(place) == 1
        place.time.advance(2)
        await place.catalog.validate(place.order())
        assert fetched(place) == 2


async def test_not_more_are_kept_than_a_client_can_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_MOST_KEPT", 1)
    async with desk() as place:
        for request_type in ("R_BVPN_FR_1", "U_BVPN_FR_1", "R_BVPN_FR_1"):
            await place.catalog.validate(place.order(request_type=request_type))
        assert fetched(place) == 3


async def test_an_item_that_is_not_in_the_catalog_is_a_warning_for_a_minute() -> None:
    async with desk() as place:
        order = place.order()
        order.type = "X_ODD_1"
        for _ in range(2):
            assert (await place.catalog.validate(order)).warnings == ("the catalog has no item 'X_ODD_1'",)
        assert fetched(place) == 1
        place.time.advance(61)
        await place.catalog.validate(order)
        assert fetched(place) == 2


async def test_an_item_that_cannot_be_had_is_an_error() -> None:
    async with desk(retry=None) as place:
        place.sandbox.faults.add(Fault("error:500/1", on=GET))
        with pytest.raises(InternalServerError):
            await place.catalog.validate(place.order())
        assert (await place.catalog.validate(place.order())).ok


def selling(server: Server, schema: Any) -> None:
    server.on("/catalogItems/R_BVPN_FR_1", answer({"id": "R_BVPN_FR_1", "schema": schema}))


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (None, "no schema"),
        ("{", "not JSON"),
        ({"type": "strnig"}, "broken"),
        ({"$schema": "https://orange.example/odd"}, "not known here"),
    ],
)
async def test_a_schema_that_cannot_be_used_is_a_warning_not_a_refusal(
    schema: Any, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk() as place, serving() as server, calling(server, clock=FakeTime().clock) as pipeline:
        selling(server, schema)
        result = await Catalog(pipeline).validate(place.order())
        assert result.ok
        assert says in result.warnings[0]
        assert says in caplog.text


async def test_a_schema_that_takes_long_leaves_the_event_loop_alone() -> None:
    async with desk() as place, serving() as server, calling(server) as pipeline:
        levels = {f"l{n}": {"allOf": [{"$ref": f"#/definitions/l{n + 1}"}] * 10} for n in range(20)}
        selling(server, json.dumps({"definitions": {**levels, "l20": {}}, "allOf": [{"$ref": "#/definitions/l0"}]}))
        task = asyncio.create_task(Catalog(pipeline).validate(place.order()))
        await server.until(lambda server: len(server.calls) == 1)
        turns = 0
        while not task.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert turns > 10
        assert "given up" in task.result().warnings[0]


# What submit makes of it


async def test_submit_refuses_an_order_that_does_not_fit_and_sends_nothing() -> None:
    async with desk(checks=True) as place:
        with pytest.raises(InvalidOrder) as caught:
            await place.requests.submit(place.order(properties={"servicePoint": {}}))
        assert len(caught.value.violations) == 2
        assert not caught.value.may_have_been_accepted
        assert place.sent() == 0


async def test_an_order_that_exists_is_returned_even_if_the_catalog_has_changed() -> None:
    async with desk(checks=True) as place:
        order = place.order()
        await place.requests.create(order)
        place.sandbox.faults.add(Fault("error:500/1", on=GET))
        assert (await place.requests.submit(order)).already_there
        assert fetched(place) == 0


async def test_submit_goes_on_if_the_schema_cannot_be_had(caplog: pytest.LogCaptureFixture) -> None:
    async with desk(checks=True, retry=None) as place:
        place.sandbox.faults.add(Fault("error:500/1", on=GET))
        assert (await place.requests.submit(place.order())).attempts == 1
        assert "was not validated completely" in caplog.text


async def test_a_warning_about_a_schema_is_logged_without_what_a_terminal_would_obey(
    caplog: pytest.LogCaptureFixture,
) -> None:
    schema = json.dumps({"patternProperties": {"(\x1b]0;owned\x07": {}}})
    async with serving() as server, calling(server) as pipeline:
        server.on("/catalogItems/X", answer({"id": "X", "schema": schema}))
        await Catalog(pipeline).validate_wire({"type": "X"})
    assert "was not validated completely" in caplog.text
    assert "\x1b" not in caplog.messages[-1]
    assert "\\x1b]0;owned" in caplog.messages[-1]


async def test_submit_sends_unchecked_what_it_is_told_not_to_check() -> None:
    async with desk(checks=True) as place:
        await place.requests.submit(place.order(), validate=False)
        assert fetched(place) == 0


async def test_without_the_extra_submit_skips_and_validate_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(validation, "find_spec", lambda name: None)
    async with desk(checks=True) as place:
        await place.requests.submit(place.order())
        assert fetched(place) == 0
        for validating in (
            place.catalog.validate(place.order()),
            place.requests.submit(place.order("B"), validate=True),
        ):
            with pytest.raises(ConfigurationError, match=r"orange-ordering-client\[validate\]"):
                await validating
        with pytest.raises(ConfigurationError):
            place.requests.submit_many([], validate=True)
        assert place.sent("B") == 0


def test_the_time_that_orders_take_to_be_seen_is_said_in_one_place() -> None:
    assert requests.VISIBLE_WITHIN == 30
