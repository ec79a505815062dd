"""Clients that share a fleet."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orange_ordering_client import ClientClosed, ConfigurationError, OrderingClient, OrderingError, WrongEventLoop
from orange_ordering_client.fleet import ClaimLost, FleetUnreachable, PostgresFleet
from orange_ordering_client.orders.errors import OutcomeUnknown
from orange_ordering_client.orders.key import Key
from orange_ordering_client.sandbox import Sandbox
from tests.fleet.clients import world
from tests.fleet.servers import Way


def faulty(*faults: str) -> Sandbox:
    sandbox = Sandbox()
    sandbox.faults.add(*faults)
    return sandbox


async def test_two_processes_that_place_the_same_order_at_once_place_it_once(dsn: str) -> None:
    # Nobody sees it in lists for a second, so that only the claim protects it.
    async with world(dsn, faulty("POST /requests:delayed-visibility:1:1")) as here:
        clients = [await here.client() for _ in range(3)]
        orders = [here.order(f"WAN-{number}") for number in range(8)]
        placed = await asyncio.gather(*(client.requests.submit(order) for client in clients for order in orders))
        assert len(here.sandbox.journal.committed) == len(orders)
        assert len({submission.request.id for submission in placed}) == len(orders)


async def test_a_process_that_died_while_sending_is_followed_by_one_that_looks(dsn: str) -> None:
    async with world(dsn, faulty("POST /requests:latency:30:1")) as here:
        dying = await here.client(here.fleet(lease=0.6), timeout=2)
        sending = asyncio.create_task(dying.requests.submit(here.order()))
        while not here.received("requests.create"):  # noqa: ASYNC110 -- the sandbox changes it
            await asyncio.sleep(0.01)
        for task in asyncio.all_tasks():
            if task.get_name() == "orange-ordering-fleet-lease":
                task.cancel()
        here.sandbox.faults.clear()
        with pytest.raises(OutcomeUnknown, match="It was sent before, and no answer was seen"):
            await (await here.client()).requests.submit(here.order(), visible_within=0.5)
        sending.cancel()
        assert here.received("requests.create") == 1


async def test_without_the_database_no_order_is_sent(path: Way) -> None:
    async with world(path.dsn) as here:
        client = await here.client(here.fleet(timeout=0.4))
        await client.requests.list()
        path.cut()
        with pytest.raises(FleetUnreachable, match=r"Nothing was sent\. The fleet's database") as raised:
            await client.requests.submit(here.order())
        assert not raised.value.may_have_been_accepted
        assert here.received("requests.create") == 0


async def test_a_database_lost_between_the_claim_and_the_note_lets_no_order_be_sent(path: Way) -> None:
    async with world(path.dsn) as here:
        client = await here.client(here.fleet(timeout=0.4))
        await client.requests.list()
        here.sandbox.faults.add("GET /requests:latency:0.5:1")
        submitting = asyncio.create_task(client.requests.submit(here.order()))
        await asyncio.sleep(0.2)
        path.cut()
        with pytest.raises(FleetUnreachable, match="Nothing was sent"):
            await submitting
        assert here.received("requests.create") == 0


async def test_a_database_lost_after_the_sending_hides_no_outcome(path: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with world(
        path.dsn, faulty("POST /requests:latency:0.5:1", "POST /requests:delayed-visibility:60:1")
    ) as here:
        client = await here.client(here.fleet(timeout=0.4), timeout=2)
        await client.requests.list()
        submitting = asyncio.create_task(client.requests.submit(here.order()))
        while not here.received("requests.create"):  # noqa: ASYNC110 -- the sandbox changes it
            await asyncio.sleep(0.01)
        path.cut()
        submission = await submitting
        assert submission.request.id
        assert f"was placed as request {submission.request.id} could not be noted" in caplog.text
        await client.aclose()
        other = await here.client(here.fleet(f"host={path.folder} user=postgres"), timeout=2)
        with pytest.raises(OutcomeUnknown, match="It was sent before"):
            async with asyncio.timeout(30):
                await other.requests.submit(here.order(), visible_within=0.1)
        assert here.received("requests.create") == 1


async def test_a_retried_order_is_noted_before_each_attempt(path: Way) -> None:
    async with world(path.dsn, faulty("POST /requests:rate-limit:429/0:1")) as here:
        client = await here.client(here.fleet(lease=600), timeout=3)
        with pytest.raises(OrderingError):
            await client.requests.submit(here.order())
        notes = sum(count for said, count in path.trips.items() if "sending" in said)
        assert notes == here.received("requests.create") > 1


async def test_a_process_that_was_stopped_after_its_claim_sends_nothing_when_it_wakes(dsn: str) -> None:
    async with world(dsn, faulty("GET /requests:latency:1.5:1")) as here:
        stopped = await here.client(here.fleet(lease=0.6))
        await stopped.requests.submit(here.order("OTHER"))
        submitting = asyncio.create_task(stopped.requests.submit(here.order()))
        await asyncio.sleep(0.2)
        for task in asyncio.all_tasks():
            if task.get_name() == "orange-ordering-fleet-lease":
                task.cancel()
        await asyncio.sleep(0.6)
        async with here.fleet() as taker, taker.claim(Key("WAN-042", "R_BVPN_FR_1")) as claim:
            await claim.sending(within=5)
            with pytest.raises(ClaimLost):
                await submitting
        assert here.received("requests.create") == 1


async def test_an_order_that_another_process_sent_later_is_in_doubt_since_then(dsn: str) -> None:
    async with world(dsn, faulty("POST /requests:drop-before:1")) as here:
        first, second = await here.client(), await here.client()
        order = here.order()
        with pytest.raises(OutcomeUnknown):
            await first.requests.submit(order, visible_within=0.1)
        with pytest.raises(OutcomeUnknown):
            await second.requests.submit(order, visible_within=0.1, resend=True)
        sent = here.received("requests.create")
        began = asyncio.get_running_loop().time()
        # Its own sending is long enough ago, but not that of the second.
        with pytest.raises(OutcomeUnknown):
            await first.requests.submit(order, visible_within=1.5)
        assert asyncio.get_running_loop().time() - began > 1
        assert here.received("requests.create") == sent


async def test_the_connections_close_with_the_last_client(path: Way) -> None:
    async with world(path.dsn) as here:
        fleet = here.fleet()
        first, second = await here.client(fleet), await here.client(fleet)
        await asyncio.gather(first.requests.list(), second.requests.list())
        await first.aclose()
        await second.requests.submit(here.order())
        assert path.connections > 0
        await second.aclose()
        await asyncio.sleep(0.1)
        assert path.connections == 0
        with pytest.raises(ClientClosed):
            await second.requests.submit(here.order())


async def test_a_fleet_may_be_used_again_after_its_last_client(dsn: str) -> None:
    async with world(dsn) as here:
        fleet = here.fleet()
        for number in range(2):
            client = await here.client(fleet)
            await client.requests.submit(here.order(f"WAN-{number}"))
            await client.aclose()
        assert len(here.sandbox.journal.committed) == 2


async def test_a_claim_of_a_fleet_that_was_left_is_refused(dsn: str) -> None:
    async with world(dsn) as here:
        fleet = here.fleet()
        async with fleet.claim(Key("WAN-1", "R_BVPN_FR_1")) as claim:
            await fleet.aclose()
            with pytest.raises(FleetUnreachable, match="The client has left the fleet"):
                await claim.sending(within=1)


async def test_the_account_is_the_clients_own_if_none_is_named(dsn: str) -> None:
    async with world(dsn) as here:
        fleet = here.fleet(account=None)
        client = await here.client(fleet)
        await client.requests.submit(here.order())
        async with fleet.claim(Key("WAN-042", "R_BVPN_FR_1")) as claim:
            assert claim.intent is not None
            assert claim.intent.request_id


def test_a_fleet_of_another_event_loop_is_refused(dsn: str) -> None:
    fleet = PostgresFleet(dsn, account="loops")

    async def use() -> None:
        async with fleet.claim(Key("WAN-1", "R_BVPN_FR_1")):
            pass

    async def use_and_leave() -> None:
        try:
            await use()
        finally:
            await fleet.aclose()

    async def both() -> None:
        await use()
        with pytest.raises(WrongEventLoop, match="another event loop"):
            await asyncio.to_thread(asyncio.run, use())
        await fleet.aclose()

    asyncio.run(both())
    asyncio.run(use_and_leave())


@pytest.mark.parametrize("fleet", ["postgresql://host/db", object()])
def test_what_is_no_fleet_is_refused(fleet: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"fleet must be a PostgresFleet or another Fleet, not "):
        OrderingClient(client_id="a", client_secret="b", api_key="c", fleet=fleet)
