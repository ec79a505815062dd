"""Claims on orders: one holder at a time, and what is known of those that are gone."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from orange_ordering_client.fleet import ClaimLost, FleetError, FleetUnreachable, PostgresFleet
from orange_ordering_client.fleet.claims import FleetClaim
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from tests.fleet.conftest import KEY, Made, recalled
from tests.fleet.servers import Server, Way

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = 0.6
"""Seconds; short, so that tests of dead holders are."""


@asynccontextmanager
async def stalled(fleet: PostgresFleet, key: Key = KEY) -> AsyncIterator[FleetClaim]:
    """A claim of a process that has just stopped: it does nothing more, and says nothing more."""
    async with AsyncExitStack() as stack:
        claim = await stack.enter_async_context(fleet.claim(key))
        await asyncio.sleep(0)
        for task in asyncio.all_tasks():
            if task.get_name() == "orange-ordering-fleet-lease":
                task.cancel()
        yield claim


# What it stores


async def test_an_order_that_was_never_sent_is_not_known(fleet: Made) -> None:
    assert await recalled(fleet()) is None


async def test_an_order_about_to_be_sent_is_in_doubt_for_others_once_its_holder_is_gone(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60)
    intent = await recalled(fleet())
    assert intent is not None
    assert intent.request_id is None
    assert intent.in_doubt_for is not None
    assert 0 <= intent.in_doubt_for < 5


async def test_an_order_that_was_placed_is_known_by_its_id(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60, newest_before=NOON)
        await claim.placed("3-1")
    assert await recalled(fleet()) == Intent("3-1")


async def test_an_order_that_was_found_without_being_sent_is_known_by_its_id(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.placed("3-1")
    assert await recalled(fleet()) == Intent("3-1")


async def test_an_order_that_was_not_accepted_is_forgotten(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60)
        await claim.withdrawn()
    assert await recalled(fleet()) is None


@pytest.mark.parametrize(
    "other", [Key("WAN-042", "C_BVPN_FR_1"), Key("WAN-043", "R_BVPN_FR_1")], ids=["type", "reference"]
)
async def test_another_order_is_another_claim(fleet: Made, other: Key) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60)
        async with asyncio.timeout(5):
            assert await recalled(fleet(), other) is None


async def test_the_newest_request_before_a_sending_is_known_to_whoever_looks_for_the_order(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60, newest_before=NOON)
    intent = await recalled(fleet())
    assert intent is not None
    assert intent.newest_before == NOON


async def test_a_sending_whose_newest_request_is_not_known_takes_the_one_before_it_away(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.sending(within=60, newest_before=NOON)
        await claim.sending(within=60, newest_before=None)
    intent = await recalled(fleet())
    assert intent is not None
    assert intent.newest_before is None


async def test_another_account_is_another_claim(dsn: str, fleet: Made) -> None:
    async with fleet().claim(KEY) as claim, PostgresFleet(dsn, account=uuid.uuid4().hex) as other:
        await claim.sending(within=60)
        async with asyncio.timeout(5):
            assert await recalled(other) is None


# Whom it lets in


@pytest.mark.parametrize("reference", ["WAN-042", "wan-042", " WAN-042 "])
async def test_one_holder_at_a_time_in_any_spelling(fleet: Made, reference: str) -> None:
    first, second = fleet(), fleet()
    async with first.claim(KEY):
        waiting = asyncio.create_task(recalled(second, Key(reference, KEY.type)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    async with asyncio.timeout(5):
        assert await waiting is None


async def test_a_claim_that_is_freed_is_taken_at_once(fleet: Made) -> None:
    first, second = fleet(), fleet()
    loop = asyncio.get_running_loop()
    async with first.claim(KEY) as claim:
        waiting = asyncio.create_task(recalled(second))
        # Long enough for pauses of a second between two attempts.
        await asyncio.sleep(2.6)
        await claim.placed("3-1")
        freed = loop.time()
        assert await waiting == Intent("3-1")
        assert loop.time() - freed < 0.3


async def test_of_many_that_wait_each_gets_its_turn(fleet: Made) -> None:
    fleets = [fleet() for _ in range(4)]
    inside: list[int] = []
    most = 0

    async def hold(one: PostgresFleet) -> None:
        nonlocal most
        async with one.claim(KEY):
            inside.append(1)
            most = max(most, len(inside))
            await asyncio.sleep(0.005)
            inside.pop()

    async with asyncio.timeout(20):
        await asyncio.gather(*(hold(one) for one in fleets for _ in range(5)))
    assert most == 1


async def test_a_process_uses_three_connections_at_most(own_server: Server, path: Way, fleet: Made) -> None:
    one = fleet(path.dsn)
    most = 0

    async def hold(number: int) -> None:
        nonlocal most
        async with one.claim(Key(f"WAN-{number}", KEY.type)) as claim:
            await claim.sending(within=1)
            most = max(most, path.connections)

    await asyncio.gather(*(hold(number) for number in range(40)))
    assert 0 < most <= 3


async def test_a_claimed_order_costs_three_round_trips(path: Way, fleet: Made) -> None:
    one = fleet(path.dsn)
    await recalled(one)
    await asyncio.sleep(0.3)
    path.trips.clear()
    async with one.claim(KEY) as claim:
        await claim.sending(within=60)
        await claim.placed("3-1")
    assert sum(path.trips.values()) == 3, path.trips


# Holders that die, stall and wake


async def test_a_dead_holder_is_taken_over_and_its_order_is_in_doubt_by_the_databases_time(fleet: Made) -> None:
    async with stalled(fleet(lease=LEASE)) as dead:
        await dead.sending(within=0.1)
        await asyncio.sleep(1)
        async with asyncio.timeout(5), fleet().claim(KEY) as claim:
            assert claim.intent is not None
            assert claim.intent.in_doubt_for is not None
            assert 0.8 < claim.intent.in_doubt_for < 3


async def test_what_a_dead_holder_was_sending_may_be_on_its_way_until_its_call_has_run_out(fleet: Made) -> None:
    async with stalled(fleet(lease=LEASE)) as dead:
        await dead.sending(within=30)
        async with asyncio.timeout(5), fleet().claim(KEY) as claim:
            assert claim.intent is not None
            assert claim.intent.in_doubt_for is not None
            assert -30 < claim.intent.in_doubt_for < -20


async def test_a_holder_that_lives_is_not_taken_over_however_long_it_takes(fleet: Made) -> None:
    async with fleet(lease=LEASE).claim(KEY) as claim:
        waiting = asyncio.create_task(recalled(fleet()))
        await asyncio.sleep(3 * LEASE)
        assert not waiting.done()
        await claim.sending(within=1)
    assert await waiting is not None


async def test_a_stalled_holder_that_wakes_after_it_was_taken_over_does_not_send(fleet: Made) -> None:
    async with stalled(fleet(lease=LEASE)) as woken, fleet().claim(KEY) as claim:
        await claim.sending(within=60)
        with pytest.raises(ClaimLost, match="Nothing was sent: another member"):
            await woken.sending(within=60)
        await claim.placed("3-1")
    assert await recalled(fleet()) == Intent("3-1")


async def test_a_stalled_holder_that_nobody_took_over_goes_on(fleet: Made) -> None:
    async with stalled(fleet(lease=LEASE)) as woken:
        await asyncio.sleep(2 * LEASE)
        await woken.sending(within=60)
        await woken.placed("3-1")
    assert await recalled(fleet()) == Intent("3-1")


@pytest.mark.parametrize("is_sent_again", [False, True])
async def test_a_holder_that_was_taken_over_says_what_became_of_its_order_unless_it_was_sent_again(
    fleet: Made, is_sent_again: bool
) -> None:
    async with stalled(fleet(lease=LEASE)) as woken:
        await woken.sending(within=60)
        async with fleet().claim(KEY) as claim:
            if is_sent_again:
                await claim.sending(within=60)
            await woken.placed("3-1")
    intent = await recalled(fleet())
    assert intent is not None
    assert (intent.request_id is None) is is_sent_again


async def test_a_claim_whose_order_was_placed_is_over(fleet: Made) -> None:
    async with fleet().claim(KEY) as claim:
        await claim.placed("3-1")
        with pytest.raises(ClaimLost, match="this claim has ended"):
            await claim.sending(within=1)


async def test_a_process_that_leaves_need_not_be_waited_for(fleet: Made) -> None:
    leaving = fleet()
    async with leaving.claim(KEY) as claim:
        await claim.sending(within=60)
        await leaving.aclose()
        async with asyncio.timeout(3):
            assert await recalled(fleet()) is not None


# A database that is lost


async def test_without_the_database_nothing_is_sent_and_the_error_says_so(path: Way, fleet: Made) -> None:
    one = fleet(path.dsn, timeout=0.5)
    path.cut()
    with pytest.raises(
        FleetUnreachable, match=r"Nothing was sent\. The fleet's database could not be used within 0.5 s"
    ):
        await recalled(one)


async def test_a_database_lost_before_the_note_lets_nothing_be_sent(path: Way, fleet: Made) -> None:
    async with fleet(path.dsn, timeout=0.5).claim(KEY) as claim:
        path.cut()
        with pytest.raises(FleetUnreachable, match=r"Nothing was sent\."):
            await claim.sending(within=1)


async def test_a_database_that_is_silent_is_given_up_in_time(path: Way, fleet: Made) -> None:
    one = fleet(path.dsn, timeout=0.5)
    await recalled(one)
    path.silent = True
    async with asyncio.timeout(3):
        with pytest.raises(FleetUnreachable, match="it does not answer"):
            await recalled(one)
    path.silent = False


async def test_what_cannot_be_noted_is_in_doubt_for_everyone_until_it_is_noted_late(path: Way, fleet: Made) -> None:
    one = fleet(path.dsn, timeout=0.3, lease=LEASE)
    async with one.claim(KEY) as claim:
        await claim.sending(within=60)
        path.cut()
        with pytest.raises(FleetError):
            await claim.placed("3-1")
    direct = fleet(f"host={path.folder} user=postgres")
    intent = await recalled(direct)
    assert intent is not None
    assert intent.request_id is None
    path.open = True
    async with asyncio.timeout(5):
        while await recalled(direct) != Intent("3-1"):  # noqa: ASYNC110 -- another process changes it
            await asyncio.sleep(0.1)


async def test_a_claim_that_cannot_be_released_is_released_once_the_database_is_back(path: Way, fleet: Made) -> None:
    one = fleet(path.dsn, timeout=0.3, lease=2)
    async with one.claim(KEY):
        path.cut()
    path.open = True
    async with asyncio.timeout(5):
        assert await recalled(fleet(f"host={path.folder} user=postgres")) is None


async def test_a_restart_of_the_database_is_survived(own_server: Server, path: Way, fleet: Made) -> None:
    one = fleet(path.dsn, timeout=10)
    async with one.claim(KEY) as claim:
        own_server.restart()
        await claim.sending(within=60)
        own_server.restart()
        await claim.placed("3-1")
    own_server.restart()
    assert await recalled(one) == Intent("3-1")
