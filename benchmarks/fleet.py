"""Benchmark of a fleet: round trips to its PostgreSQL, and the time of claiming an order in such round trips."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import attrs
import psycopg

from benchmarks.rounds import Medians, interleave_async
from orange_ordering_client import NewRequest, OrderingClient
from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.orders.key import Key
from orange_ordering_client.sandbox import Sandbox
from tests.fleet.servers import server, way

_ORDERS = 50
_TRIPS = 3
_SETTLED = 0.5
"""Seconds after which a member has announced itself and stored its token."""


@attrs.frozen
class Cost:
    """The results of the benchmark.

    Attributes:
        of_order: round trips that `submit` adds.
        of_read: round trips that `get` adds.
        seconds: seconds of claiming an order, recording that it is sent, and recording its id; and of three plain
            statements.
    """

    of_order: int
    of_read: int
    seconds: Medians


def measure() -> Cost:
    """Run the benchmark on a separate PostgreSQL server, and return the results."""
    with server() as postgres:
        return asyncio.run(_measured(postgres.dsn))


async def _measured(dsn: str) -> Cost:
    async with PostgresFleet(dsn) as fleet:
        await fleet.migrate()
    async with way(dsn) as path:
        of_order, of_read = await _trips(path.dsn, path.trips)
    async with PostgresFleet(dsn, account="bench") as fleet, await _connected(dsn) as connection:
        numbers = itertools.count()

        async def claimed() -> None:
            for _ in range(_ORDERS):
                async with fleet.claim(Key(f"WAN-{next(numbers)}", "R_BVPN_FR_1")) as claim:
                    await claim.sending(within=60)
                    await claim.placed("3-1")

        async def plain() -> None:
            for _ in range(_ORDERS * _TRIPS):
                await connection.execute("SELECT 1")

        measured = await interleave_async({"three plain statements": plain, "a claimed order": claimed})
    return Cost(of_order, of_read, {name: seconds / _ORDERS for name, seconds in measured.items()})


def _connected(dsn: str) -> Awaitable[psycopg.AsyncConnection]:
    return psycopg.AsyncConnection.connect(dsn, autocommit=True)


async def _trips(dsn: str, trips: dict[str, int]) -> tuple[int, int]:
    sandbox = Sandbox()
    with sandbox.serve_in_thread() as url:
        given = sandbox.environment(url)
        async with OrderingClient(
            client_id=given["ORANGE_CLIENT_ID"],
            client_secret=given["ORANGE_CLIENT_SECRET"],
            api_key=given["ORANGE_API_KEY"],
            base_url=given["ORANGE_ORDERING_BASE_URL"],
            token_url=given["ORANGE_OAUTH_TOKEN_URL"],
            fleet=PostgresFleet(dsn),
        ) as ordering:

            async def submit(reference: str) -> str:
                order = NewRequest.from_dict(sandbox.example("R_BVPN_FR_1", reference))
                return str((await ordering.requests.submit(order)).request.id)

            async def counted(call: Callable[[], Awaitable[object]]) -> int:
                await asyncio.sleep(_SETTLED)
                trips.clear()
                await call()
                return sum(trips.values())

            known = await submit("WAN-1")
            of_order = await counted(lambda: submit("WAN-2"))
            return of_order, await counted(lambda: ordering.requests.get(known))
