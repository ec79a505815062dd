"""Groups: one member follows at a time, and each change is handled once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import psycopg
import pytest

from orange_ordering_client import ConfigurationError, InvalidArgument, OrderingClient
from orange_ordering_client.fleet import FleetUnreachable
from tests.fleet.clients import World, world
from tests.fleet.servers import Server, Way

LEASE = 0.8


class Worker:
    """A program that watches as a group, and notes what it has dealt with."""

    def __init__(self, client: OrderingClient, group: str = "billing") -> None:
        self.given: list[str] = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.changes = client.requests.watch(group=group, interval=0.05, visible_within=0)
        self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        async for change in self.changes:
            self.given.append(str(change.request.id))
            await self.slow.wait()

    async def stop(self) -> None:
        """Be cancelled, as at a shutdown."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    async def until_given(self, request_id: str) -> None:
        async with asyncio.timeout(8):
            while request_id not in self.given:  # noqa: ASYNC110 -- the sandbox changes it
                await asyncio.sleep(0.01)

    async def until(self, count: int, within: float = 8) -> None:
        async with asyncio.timeout(within):
            while len(self.given) < count:  # noqa: ASYNC110 -- the sandbox changes it
                await asyncio.sleep(0.01)


@pytest.fixture
async def here(dsn: str) -> AsyncIterator[World]:
    async with world(dsn) as made:
        yield made


async def placed(here: World, count: int, prefix: str) -> list[str]:
    client = await here.client()
    return [str((await client.requests.create(here.order(f"{prefix}-{n}"))).id) for n in range(count)]


async def test_one_member_of_a_group_is_given_changes_at_a_time(here: World) -> None:
    workers = [Worker(await here.client()) for _ in range(3)]
    ids = await placed(here, 6, "WAN")
    async with asyncio.timeout(8):
        while sum(len(worker.given) for worker in workers) < 6:  # noqa: ASYNC110 -- the sandbox changes it
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert sorted(given for worker in workers for given in worker.given) == sorted(ids)
    assert sorted(len(worker.given) for worker in workers) == [0, 0, 6]
    for worker in workers:
        await worker.stop()


async def test_each_group_is_given_all_changes(here: World) -> None:
    ids = await placed(here, 3, "WAN")
    workers = [Worker(await here.client(), group) for group in ("billing", "stock")]
    for worker in workers:
        await worker.until(3)
        assert sorted(worker.given) == sorted(ids)
        await worker.stop()


async def test_another_member_goes_on_at_once_when_one_leaves(here: World) -> None:
    first = Worker(await here.client())
    ids = await placed(here, 3, "WAN")
    await first.until(3)
    second = Worker(await here.client())
    await first.stop()
    more = await placed(here, 2, "MORE")
    await second.until_given(more[-1])
    # The last one again, if the first member was stopped before it had stored that it asked for the next.
    assert second.given in (more, [first.given[-1], *more])
    assert sorted(first.given) == sorted(ids)
    await second.stop()


async def test_the_cursor_moves_when_the_loop_asks_for_the_next_change(here: World) -> None:
    ids = await placed(here, 2, "WAN")
    client = await here.client()
    changes = client.requests.watch(group="billing", interval=0.05, visible_within=0)
    first = await anext(aiter(changes))
    await changes.aclose()  # type: ignore[attr-defined]  # it is a generator
    again = client.requests.watch(group="billing", interval=0.05, visible_within=0)
    assert (await anext(aiter(again))).request.id == first.request.id
    assert (await anext(aiter(again))).request.id in ids
    await again.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_another_member_goes_on_within_seconds_of_a_death(here: World) -> None:
    dying = Worker(await here.client(here.fleet(lease=LEASE)))
    dying.slow.clear()
    (in_hand,) = await placed(here, 1, "WAN")
    await dying.until(1)
    second = Worker(await here.client(here.fleet(lease=LEASE)))
    await asyncio.sleep(0.2)
    for task in asyncio.all_tasks():
        if task.get_name() == "orange-ordering-fleet-lease":
            task.cancel()
    # The second says that it lives whenever it asks for its turn.
    more = await placed(here, 2, "MORE")
    await second.until(3, within=6)
    assert second.given == [in_hand, *more]
    # It has dealt with its change after all, and may not move the cursor of the other.
    dying.slow.set()
    await asyncio.sleep(0.5)
    assert dying.given == [in_hand]
    await dying.stop()
    await second.stop()


async def test_a_member_that_was_out_of_touch_gives_nothing_that_another_gives(own_server: Server, path: Way) -> None:
    async with world(path.dsn) as here:
        away = Worker(await here.client(here.fleet(lease=LEASE, timeout=0.4)))
        ids = await placed(here, 2, "WAN")
        await away.until(2)
        path.cut()
        direct = f"host={path.folder} user=postgres"
        await asyncio.sleep(LEASE + 0.2)
        second = Worker(await here.client(here.fleet(direct, lease=LEASE)))
        client = await here.client(here.fleet(direct))
        more = [str((await client.requests.create(here.order(f"MORE-{n}"))).id) for n in range(2)]
        await second.until(2)
        await asyncio.sleep(0.3)
        path.open = True
        await asyncio.sleep(1.5)
        assert sorted(away.given) == sorted(ids)
        # The last one may still have been in hand when the way was cut.
        assert [given for given in second.given if given != away.given[1]] == more
        # It waits for its turn, and its turn comes.
        await second.stop()
        more = [str((await client.requests.create(here.order("LAST"))).id)]
        await away.until(3)
        assert away.given[2:] == more
        await away.stop()


async def test_an_outage_of_the_database_is_waited_out(path: Way, caplog: pytest.LogCaptureFixture) -> None:
    async with world(path.dsn) as here:
        client = await here.client(here.fleet(timeout=0.4, lease=60))
        worker = Worker(client)
        await asyncio.sleep(0.5)
        path.cut()
        ids = [str((await client.requests.create(here.order(f"WAN-{n}"))).id) for n in range(3)]
        await worker.until(1)
        await asyncio.sleep(0.8)
        assert len(worker.given) == 1
        path.open = True
        await worker.until(3)
        assert sorted(worker.given) == sorted(ids)
        await worker.stop()
    assert "following waits for the fleet's database" in caplog.text


async def test_a_fleet_that_cannot_be_reached_when_the_loop_begins_is_an_error(path: Way) -> None:
    async with world(path.dsn) as here:
        path.cut()
        client = await here.client(here.fleet(timeout=0.3))
        with pytest.raises(FleetUnreachable):
            await anext(aiter(client.requests.watch(group="billing")))


async def test_a_member_that_waits_for_its_turn_waits_out_an_outage(path: Way) -> None:
    async with world(path.dsn) as here:
        first = Worker(await here.client(here.fleet(f"host={path.folder} user=postgres", lease=60)))
        await asyncio.sleep(0.3)
        second = Worker(await here.client(here.fleet(timeout=0.3)))
        await asyncio.sleep(0.5)
        path.cut()
        await asyncio.sleep(1)
        path.open = True
        await first.stop()
        client = await here.client(here.fleet())
        await client.requests.create(here.order())
        await second.until(1)
        await second.stop()


async def test_a_group_begins_where_since_says(here: World) -> None:
    await placed(here, 2, "OLD")
    client = await here.client()
    async for change in client.requests.watch(interval=0.05, visible_within=0):
        cursor = change.cursor
        if str(change.request.customer_reference) == "OLD-1":
            break
    (new,) = await placed(here, 1, "NEW")
    changes = client.requests.watch(cursor, group="billing", interval=0.05, visible_within=0)
    assert (await anext(aiter(changes))).request.id == new
    await changes.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_the_cursor_is_kept_with_the_fleet(here: World, dsn: str) -> None:
    worker = Worker(await here.client(), group="kept")
    await placed(here, 2, "WAN")
    await worker.until(2)
    await worker.stop()
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT cursor, ticket, member FROM orange_ordering.groups WHERE name = 'kept'"
        ).fetchone()
    assert row is not None
    assert row[0].startswith("1;")
    assert row[1:] == (None, None)


async def test_a_group_needs_a_fleet(here: World) -> None:
    client = await here.client()
    async with OrderingClient(client_id="a", client_secret="b", api_key="c") as lonely:
        with pytest.raises(ConfigurationError, match="give the client a fleet="):
            lonely.requests.watch(group="billing")
    for group in ("", "a\x00b", 1):
        with pytest.raises(InvalidArgument, match="group must be a name"):
            client.requests.watch(group=group)  # type: ignore[arg-type]  # that is the point
