"""The client against every fault, over real sockets: two programs that share no code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import pytest

from orange_ordering_client import (
    ConnectionBroken,
    DeadlineExceeded,
    NewRequest,
    OrderingClient,
    OrderingError,
    RetryPolicy,
)
from orange_ordering_client import errors as e
from orange_ordering_client.sandbox import Fault, RateLimit, Sandbox
from orange_ordering_client.sandbox.api.errors import TABLE
from orange_ordering_client.sandbox.faults.altered_replies import UNKNOWN_VALUE

CREATE, LIST = "POST /requests", "GET /requests"
QUICK = RetryPolicy(first_delay=0.01, max_delay=0.05, attempt_timeout=0.5)
NAMES = {
    "ORANGE_CLIENT_ID": "client_id",
    "ORANGE_CLIENT_SECRET": "client_secret",
    "ORANGE_API_KEY": "api_key",
    "ORANGE_ORDERING_BASE_URL": "base_url",
    "ORANGE_OAUTH_TOKEN_URL": "token_url",
}


@pytest.fixture
def sandbox() -> Sandbox:
    """With real time: the client's clock is real, too."""
    return Sandbox(seed=1, check_answers=True)


@pytest.fixture
async def url(sandbox: Sandbox) -> AsyncIterator[str]:
    async with sandbox.serve() as url:
        yield url


@pytest.fixture
async def client(sandbox: Sandbox, url: str) -> AsyncIterator[OrderingClient]:
    async with connect(sandbox, url, QUICK) as client:
        yield client


@pytest.fixture
async def once(sandbox: Sandbox, url: str) -> AsyncIterator[OrderingClient]:
    """A client that never tries again."""
    async with connect(sandbox, url, None) as client:
        yield client


def connect(sandbox: Sandbox, url: str, retry: RetryPolicy | None) -> OrderingClient:
    settings: dict[str, Any] = {NAMES[name]: value for name, value in sandbox.environment(url).items()}
    return OrderingClient(**settings, retry=retry, timeout=5)


def order(sandbox: Sandbox, reference: str = "WAN-042") -> NewRequest:
    return NewRequest.from_dict(sandbox.example(reference=reference))


async def test_without_faults_an_order_is_placed_found_and_followed(sandbox: Sandbox, client: OrderingClient) -> None:
    placed = await client.requests.create(order(sandbox))
    assert placed.status == "NEW"
    found = [request async for request in client.requests.list(customer_reference="WAN-042")]
    assert [request.id for request in found] == [placed.id]
    sandbox.clock.advance(days=6)
    assert placed.id is not None
    assert (await client.requests.get(placed.id)).status == "COMPLETED"


@pytest.mark.parametrize(
    "kind",
    [
        "error:500/1", "error:502/3", "error:503/5", "error:503/6", "error:504/6", "error:408/63", "html", "html:502",
        "empty:503", "drop-before", "drop-after", "truncate", "slow:30", "stall:30", "expire-token", "revoke-token",
        "rate-limit:429/0", "rate-limit:403/0",
    ],
)  # fmt: skip
async def test_reading_survives(sandbox: Sandbox, client: OrderingClient, kind: str) -> None:
    sandbox.requests.seed(3)
    sandbox.faults.add(Fault(kind, LIST))
    page = await client.requests.list()
    assert len(page.items) == 3
    assert len(sandbox.faults) == 0


@pytest.mark.parametrize(
    "kind", ["error:503/5", "error:503/6", "rate-limit:429/0", "rate-limit:403/0", "error:422/3623"]
)
async def test_an_order_that_was_certainly_not_accepted_is_sent_again(
    sandbox: Sandbox, client: OrderingClient, kind: str
) -> None:
    sandbox.faults.add(Fault(kind, CREATE, times=2))
    await client.requests.create(order(sandbox))
    assert len(sandbox.journal.of("WAN-042")) == 3
    assert len(sandbox.journal.committed) == 1


@pytest.mark.parametrize("kind", ["expire-token", "revoke-token"])
async def test_an_order_survives_the_end_of_its_token(sandbox: Sandbox, client: OrderingClient, kind: str) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    await client.requests.create(order(sandbox))
    assert [entry.status for entry in sandbox.journal.of("WAN-042")] == [401, 201]
    assert sandbox.access.issued == 2


@pytest.mark.parametrize(
    ("kind", "committed"),
    [
        ("drop-before", 0), ("drop-after", 1), ("truncate", 1), ("html", 0), ("html-after", 1), ("error:502/3", 0),
        ("error-after:502/3", 1), ("error:500/1", 0), ("error-after:500/1", 1), ("error:504/6", 0),
        ("error-after:504/6", 1), ("empty:503", 0), ("error:408/63", 0), ("html-after:504", 1),
    ],
)  # fmt: skip
async def test_an_order_of_unknown_outcome_is_sent_once_and_the_doubt_is_told(
    sandbox: Sandbox, client: OrderingClient, kind: str, committed: int
) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    with pytest.raises(OrderingError) as caught:
        await client.requests.create(order(sandbox))
    assert caught.value.may_have_been_accepted
    assert len(sandbox.journal.of("WAN-042")) == 1
    assert len(sandbox.journal.committed) == committed


@pytest.mark.parametrize(("kind", "committed"), [("stall:30", 1), ("slow:30", 1), ("latency:30", 0)])
async def test_an_order_that_takes_too_long_is_of_unknown_outcome(
    sandbox: Sandbox, client: OrderingClient, kind: str, committed: int
) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    started = monotonic()
    with pytest.raises((DeadlineExceeded, ConnectionBroken)) as caught:
        await client.with_options(timeout=0.5).requests.create(order(sandbox))
    assert caught.value.may_have_been_accepted
    assert monotonic() - started < 2
    assert len(sandbox.journal.committed) == committed


async def test_every_row_of_the_error_table_arrives(sandbox: Sandbox, once: OrderingClient) -> None:
    for (status, number), (english, _) in TABLE.items():
        sandbox.faults.add(Fault(f"error:{status}/{number}", "GET /me", times=1 + (status == 401)))
        with pytest.raises(e.ApiError) as caught:
            await once.service.me()
        assert (caught.value.status, caught.value.code, caught.value.message) == (status, number, english)
    assert len(sandbox.faults) == 0


@pytest.mark.parametrize("status", [429, 403])
@pytest.mark.parametrize("spelling", ["seconds", "date"])
async def test_a_rate_limit_is_waited_for(sandbox: Sandbox, client: OrderingClient, status: int, spelling: Any) -> None:
    await client.service.me()
    sandbox.limit = RateLimit(2, 1, status, spelling)
    for _ in range(2):
        await client.service.me()
    answers = [entry.status for entry in sandbox.journal.received if entry.operation == "service.me"]
    assert answers == [200, 200, status, 200]


async def test_values_that_no_enumeration_has_are_passed_on(sandbox: Sandbox, client: OrderingClient) -> None:
    sandbox.requests.seed(1)
    sandbox.faults.add(Fault("unknown-enum", LIST))
    (request,) = (await client.requests.list()).items
    assert request.status == UNKNOWN_VALUE
    assert request.status is not None
    assert not request.status.is_known


@pytest.mark.parametrize("kind", ["wrong-counts", "wrong-counts:missing"])
async def test_reading_ends_whatever_the_counts_say(sandbox: Sandbox, client: OrderingClient, kind: str) -> None:
    sandbox.requests.seed(12)
    sandbox.faults.add(f"{LIST}:{kind}:1.0")
    assert len([request.id async for request in client.requests.list(limit=5)]) == 12


@pytest.mark.parametrize("step", [1, 2])
async def test_a_list_that_shifts_is_not_read_twice(sandbox: Sandbox, client: OrderingClient, step: int) -> None:
    before = sandbox.requests.seed(20)
    sandbox.faults.add(Fault(f"shift:{step}", LIST, times=2))
    ids = [request.id async for request in client.requests.list(limit=7)]
    assert len(ids) == len(set(ids))
    assert set(before) <= set(ids)


async def test_filters_that_are_ignored_are_not_noticed_by_a_plain_list(
    sandbox: Sandbox, client: OrderingClient
) -> None:
    sandbox.requests.seed(2)
    sandbox.faults.add(Fault("ignore-filters", LIST))
    assert len((await client.requests.list(customer_reference="nobody")).items) == 2


async def test_an_order_may_not_be_listed_yet(sandbox: Sandbox, client: OrderingClient) -> None:
    sandbox.faults.add(Fault("delayed-visibility:60", CREATE))
    placed = await client.requests.create(order(sandbox))
    assert (await client.requests.list(customer_reference="WAN-042")).items == []
    assert placed.id is not None
    assert (await client.requests.get(placed.id)).customer_reference == "WAN-042"


@pytest.mark.parametrize(("change", "stored"), [("upper", "WAN-042"), ("5", "wan-0")])
async def test_a_reference_is_stored_changed_but_counted_as_it_was_sent(
    sandbox: Sandbox, client: OrderingClient, change: str, stored: str
) -> None:
    sandbox.faults.add(Fault(f"change-reference:{change}", CREATE))
    placed = await client.requests.create(order(sandbox, "wan-042"))
    assert placed.customer_reference == stored
    assert (await client.requests.list(customer_reference=stored)).items
    assert (await client.requests.list(customer_reference="wan-042")).items == []
    assert [entry.reference for entry in sandbox.journal.committed] == ["wan-042"]


async def test_an_order_without_a_reference_has_none_to_change(sandbox: Sandbox, client: OrderingClient) -> None:
    sandbox.faults.add(Fault("change-reference:upper", CREATE))
    assert (await client.requests.create(order(sandbox, None))).customer_reference is None


@pytest.mark.parametrize(("limit", "length"), [(1, 1), (2, 2), (5, 2)])
async def test_pages_hold_no_more_than_the_cap(
    sandbox: Sandbox, client: OrderingClient, limit: int, length: int
) -> None:
    sandbox.requests.seed(3)
    sandbox.faults.add(Fault("cap-pages:2", LIST))
    page = await client.requests.list(limit=limit)
    assert len(page.items) == length
    assert page.total == 3


async def test_the_token_endpoint_may_fail_for_a_while(sandbox: Sandbox, client: OrderingClient) -> None:
    sandbox.faults.add(Fault("error:503/5", "token"), Fault("drop-before", "token"))
    assert (await client.service.me()).login == "sandbox-client"


async def test_wrong_credentials_are_told(sandbox: Sandbox, client: OrderingClient) -> None:
    sandbox.faults.add(Fault("error:401/41", "token", times=10))
    with pytest.raises(e.TokenError) as caught:
        await client.service.me()
    assert caught.value.error == "invalid_client"


async def test_a_refused_order_says_what_is_wrong(sandbox: Sandbox, client: OrderingClient) -> None:
    body = order(sandbox)
    body.requested_at = date(2020, 1, 6)
    with pytest.raises(e.BusinessRuleViolation, match="requestedAt") as caught:
        await client.requests.create(body)
    assert caught.value.code == 3611
    assert not caught.value.may_have_been_accepted


async def test_french_goes_all_the_way(sandbox: Sandbox, client: OrderingClient) -> None:
    french = client.with_options(language="fr")
    assert (await french.catalog.get("R_BVPN_FR_1")).name == "Résilier un site BVPN"
    with pytest.raises(e.NotFound) as caught:
        await french.requests.get("nobody")
    assert caught.value.message == "Ressource introuvable"


async def test_dates_come_out_as_dates(sandbox: Sandbox, client: OrderingClient) -> None:
    placed = await client.requests.create(order(sandbox))
    assert placed.created_at is not None
    assert abs(datetime.now(UTC) - placed.created_at).total_seconds() < 60
    assert placed.key_dates is not None
    assert isinstance(placed.key_dates.requested_at, date)
