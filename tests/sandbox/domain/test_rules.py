"""Business rules of the request types (FACTS R2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.sandbox import Sandbox, ServicePoint
from orange_ordering_client.sandbox.domain.rules import NOTICE, earliest, is_working_day
from tests.rebuilt import described
from tests.sandbox.conftest import Api, code

HOLIDAYS_2026 = [
    "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
    "2026-11-01", "2026-11-11", "2026-12-25",
]  # fmt: skip


@pytest.mark.parametrize("day", HOLIDAYS_2026)
def test_public_holidays_are_no_working_days(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


def test_2026_has_the_working_days_that_france_counts() -> None:
    days = [date.fromordinal(number) for number in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    # 261 weekdays, and nine of the eleven holidays fall on one.
    assert sum(is_working_day(day) for day in days) == 261 - 9


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_earliest_day_is_the_first_that_passes(today: date) -> None:
    first = earliest(today)
    assert first - today >= NOTICE
    assert is_working_day(first)
    between = (first - today - NOTICE).days
    assert not any(is_working_day(date.fromordinal((today + NOTICE).toordinal() + step)) for step in range(between))


@pytest.mark.parametrize(
    ("requested", "accepted"),
    [
        ("2026-03-21", False),
        ("2026-03-22", False),
        ("2026-03-23", True),
        ("2026-04-03", True),
        ("2026-04-06", False),
        ("2026-05-14", False),
        ("2026-03-02", False),
        ("2020-01-06", False),
        ("9999-12-31", True),
        ("0001-01-01", False),
    ],
)
async def test_a_disconnection_needs_twenty_days_and_a_working_day(
    sandbox: Sandbox, api: Api, requested: str, accepted: bool
) -> None:
    answer = await api.post(sandbox.example() | {"requestedAt": requested})
    assert answer.status_code == 201 if accepted else code(answer) == (422, 3611)


async def test_the_refusal_names_the_first_day_that_would_do(sandbox: Sandbox, api: Api) -> None:
    answer = await api.post(sandbox.example() | {"requestedAt": "2026-03-03"})
    assert "2026-03-23" in answer.json()["description"]


async def test_only_a_disconnection_has_that_rule(sandbox: Sandbox, api: Api) -> None:
    assert (await api.post(sandbox.example("C_BVPN_FR_1") | {"requestedAt": "2026-03-03"})).status_code == 201


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ({"id": "SP-1000"}, 201),
        ({"customerReference": "SITE-099"}, 201),
        ({"reference": "FR-BVPN-1042"}, 201),
        ({"id": "SP-9999"}, (422, 3622)),
        ({"customerReference": "SITE-TWICE"}, (422, 3621)),
        ({"customerReference": "SITE-FOREIGN"}, (422, 3630)),
        ({"customerReference": "SITE-ROAMING"}, (422, 3631)),
        ({"id": "SP-2001"}, 201),
        ({"id": "SP-1000", "reference": "FR-BVPN-1000"}, (422, 3620)),
        ({"name": "Lyon"}, (422, 3620)),
        ({"id": ""}, (422, 3620)),
        ({"id": 7}, (422, 3620)),
    ],
)
async def test_the_service_point_must_be_one_and_yours(
    sandbox: Sandbox, api: Api, point: dict[str, Any], expected: Any
) -> None:
    body = sandbox.example()
    body["properties"]["servicePoint"] = point
    answer = await api.post(body)
    assert answer.status_code == 201 if expected == 201 else code(answer) == expected


@pytest.mark.parametrize(
    ("change", "expected", "place"),
    [
        ({"properties": {}}, (412, 65), "properties.servicePoint"),
        ({"properties": {"servicePoint": {"id": "SP-1000"}}}, (412, 65), "properties.contacts"),
        (
            {"properties": {"servicePoint": {"id": "SP-1000"}, "contacts": {"primary": {"firstName": "Camille"}}}},
            (412, 65),
            "properties.contacts.primary.lastName",
        ),
        ({"attachments": [{"name": "", "format": "x", "body": "eA=="}]}, (422, 3620), "attachments[0].name"),
    ],
)
async def test_what_the_catalog_schema_asks_for_is_asked_for(
    sandbox: Sandbox, api: Api, change: dict[str, Any], expected: tuple[int, int], place: str
) -> None:
    answer = await api.post(sandbox.example() | change)
    assert code(answer) == expected
    assert any(detail["description"].startswith(f"{place}:") for detail in answer.json()["details"])


async def test_a_mandatory_properties_object_may_not_be_left_out(sandbox: Sandbox, api: Api) -> None:
    body = sandbox.example()
    del body["properties"]
    assert code(await api.post(body)) == (412, 65)


async def test_a_generic_request_needs_no_properties(sandbox: Sandbox, api: Api) -> None:
    assert (await api.post({"type": "C_GENERIC_FR_1", "requestedAt": "2026-03-03"})).status_code == 201


async def test_the_examples_of_the_rebuilt_description_pass() -> None:
    sandbox = Sandbox(now=datetime(2026, 12, 1, tzinfo=UTC), description=described())
    operation = next(operation for operation in sandbox.description.operations if operation.id == "requests.create")
    examples = operation.data["requestBody"]["content"]["application/json"]["examples"]
    assert examples
    for told in examples.values():
        client = next(iter(sandbox.access.clients.values()))
        sandbox.rules.check(told["value"], client, sandbox.clock.today(), "en")


async def test_when_the_ordering_system_is_down_nothing_is_accepted(sandbox: Sandbox, api: Api) -> None:
    sandbox.rules.available = False
    assert code(await api.post(sandbox.example())) == (422, 3623)
    assert len(sandbox.requests) == 0
    sandbox.rules.available = True
    assert (await api.post(sandbox.example())).status_code == 201


async def test_sites_can_be_added(sandbox: Sandbox, api: Api) -> None:
    sandbox.rules.service_points.append(ServicePoint("MINE", "MY-SITE", "FR-MINE"))
    body = sandbox.example()
    body["properties"]["servicePoint"] = {"id": "MINE"}
    assert (await api.post(body)).status_code == 201


@pytest.mark.parametrize("kind", ["R_BVPN_FR_1", "C_BVPN_FR_1", "U_BVPN_FR_1", "C_GENERIC_FR_1", "C_BVPN_CUSTOM003_1"])
@pytest.mark.parametrize("now", [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 15, 23, 59, tzinfo=UTC)])
async def test_the_examples_pass_on_any_day(kind: str, now: datetime) -> None:
    sandbox = Sandbox(now=now)
    body = sandbox.example(kind)
    client = next(iter(sandbox.access.clients.values()))
    sandbox.rules.check(body, client, sandbox.clock.today(), "en")
