"""Tickets of one process: what the database grants too late is released, and what is in use is not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import psycopg
import pytest

from orange_ordering_client.fleet import FleetError, FleetUnreachable, PostgresFleet
from orange_ordering_client.fleet.claims import FleetIntents, release_stray_claims
from orange_ordering_client.fleet.database import Database
from orange_ordering_client.fleet.groups import FleetGroups, release_stray_groups
from orange_ordering_client.fleet.member import Member
from orange_ordering_client.orders.key import Key
from tests.fleet.conftest import KEY
from tests.fleet.servers import Way

LEASE = 0.8
SINCE = "2026-11-23T12:00:00Z"
_FORKED = """
import asyncio, os, sys
from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.orders.key import Key

dsn, account, lease = sys.argv[1:]
fleet = PostgresFleet(dsn, account=account, lease=float(lease))

async def place(reference):
    async with fleet, fleet.claim(Key(reference, "R_BVPN_FR_1")) as claim:
        await asyncio.sleep(2 * float(lease))
        await claim.sending(within=1)

child = os.fork()
asyncio.run(place("in the child" if child == 0 else "in the parent"))
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
_HOLDERS = """
SELECT member FROM orange_ordering.claims WHERE account = %(account)s
UNION ALL
SELECT member FROM orange_ordering.groups WHERE account = %(account)s AND member IS NOT NULL
"""


@pytest.fixture
async def member(dsn: str) -> AsyncIterator[Member]:
    made = Member(Database(dsn, timeout=5), lease=LEASE, release_strays=(release_stray_claims, release_stray_groups))
    yield made
    await made.aclose()
    await made.database.aclose()


def held(dsn: str, account: str) -> int:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return len(connection.execute(_HOLDERS, {"account": account}).fetchall())


async def test_a_claim_that_is_granted_after_its_release_is_released(dsn: str, account: str, member: Member) -> None:
    async with FleetIntents(member, account).claim(KEY) as claim:
        pass
    # As a statement that was cancelled while the database was silent.
    assert await claim.acquire()
    async with asyncio.timeout(4 * LEASE):
        while held(dsn, account):  # noqa: ASYNC110 -- the database sets no event
            await asyncio.sleep(0.02)


async def test_a_group_that_is_granted_after_its_release_is_released(dsn: str, account: str, member: Member) -> None:
    async with FleetGroups(member, account).follow("billing", SINCE) as following:
        pass
    assert await following.acquire(SINCE)
    async with asyncio.timeout(4 * LEASE):
        while held(dsn, account):  # noqa: ASYNC110 -- the database sets no event
            await asyncio.sleep(0.02)


async def test_what_is_in_use_is_not_released(dsn: str, account: str, member: Member) -> None:
    async with FleetIntents(member, account).claim(KEY), FleetGroups(member, account).follow("billing", SINCE):
        await asyncio.sleep(2 * LEASE)
        assert held(dsn, account) == 2


def test_processes_that_are_forked_with_one_fleet_do_not_release_each_others_claims(dsn: str, account: str) -> None:
    command = [sys.executable, "-c", _FORKED, dsn, account, str(LEASE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # our own
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("request_id", ["3-\x00", "3-\ud800"], ids=["NUL", "lone surrogate"])
async def test_an_id_that_the_database_cannot_hold_does_not_keep_the_claim(
    dsn: str, account: str, member: Member, request_id: str
) -> None:
    async with FleetIntents(member, account).claim(KEY) as claim:
        await claim.sending(within=60)
        with pytest.raises(FleetError, match="refused"):
            await claim.placed(request_id)
    async with asyncio.timeout(4 * LEASE):
        while held(dsn, account):  # noqa: ASYNC110 -- the database sets no event
            await asyncio.sleep(0.02)


async def test_what_is_refused_after_an_outage_does_not_hold_up_what_comes_after_it(
    path: Way, account: str, caplog: pytest.LogCaptureFixture
) -> None:
    member = Member(Database(path.dsn, timeout=0.3), lease=LEASE, release_strays=(release_stray_claims,))
    async with FleetIntents(member, account).claim(KEY) as refused:
        async with FleetIntents(member, account).claim(Key("WAN-043", KEY.type)):
            path.cut()
        with pytest.raises(FleetUnreachable):
            await refused.placed("3-\x00")
    path.open = True
    async with asyncio.timeout(8 * LEASE):
        while held(f"host={path.folder} user=postgres", account):  # noqa: ASYNC110 -- the database sets no event
            await asyncio.sleep(0.02)
    assert any(text.startswith("the end of a claim could not be noted") for text in caplog.messages)
    await member.aclose()
    await member.database.aclose()


async def test_the_lease_is_renewed_after_any_error(dsn: str, account: str) -> None:
    async def fail(_: Member) -> None:
        raise ZeroDivisionError

    member = Member(Database(dsn, timeout=5), lease=LEASE, release_strays=[fail])
    async with FleetIntents(member, account).claim(KEY):
        await asyncio.sleep(2 * LEASE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), PostgresFleet(dsn, account=account) as other, other.claim(KEY):
                pass
    await member.aclose()
    await member.database.aclose()


async def test_a_claim_that_begins_while_the_process_leaves_is_held_as_any_other(dsn: str, account: str) -> None:
    async with PostgresFleet(dsn, account=account, lease=LEASE) as fleet:
        async with fleet.claim(KEY):
            pass
        leaving = asyncio.create_task(fleet.aclose())
        await asyncio.sleep(0)
        async with fleet.claim(KEY) as claim:
            await leaving
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(2 * LEASE), PostgresFleet(dsn, account=account) as other, other.claim(KEY):
                    pass
            await claim.sending(within=1)


async def test_who_leaves_is_who_was_there_even_if_the_process_joins_again_meanwhile(dsn: str, member: Member) -> None:
    member.start()
    await member.database.one("SELECT orange_ordering.beat(%(id)s, 'me', 60)", {"id": member.id})
    before = member.id
    leaving = asyncio.create_task(member.aclose())
    await asyncio.sleep(0)
    member.start()
    await leaving
    with psycopg.connect(dsn) as connection:
        query = "SELECT FROM orange_ordering.members WHERE id = %s"
        assert connection.execute(query, [before]).fetchone() is None


async def test_of_too_many_ends_of_tickets_that_wait_for_the_database_the_oldest_is_discarded(dsn: str) -> None:
    member = Member(Database(dsn, timeout=5), lease=LEASE)

    async def end() -> None:
        raise AssertionError

    tickets = [member.issue_ticket() for _ in range(10_001)]
    for ticket in tickets:
        member.defer(ticket, end)
    # Its claim is a stray from now on.
    assert not member.uses(tickets[0])
    assert all(member.uses(ticket) for ticket in tickets[1:])
