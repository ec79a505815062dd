"""One of several programs that place orders from one list; each order is on the list of two of them."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from orange_ordering_client._generated.models import NewRequest
from orange_ordering_client.client import OrderingClient
from orange_ordering_client.fleet import FleetError, PostgresFleet
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.orders.batch import Result
from orange_ordering_client.orders.errors import OutcomeUnknown, ReferenceAmbiguous
from orange_ordering_client.retry import RetryPolicy
from tests.chaos.program import Database, chosen, order

__all__ = ["numbers_of"]

_PASSES = 60
_PAUSE = 0.3
_AT_ONCE = 150
"""Orders that are placed, and whose unknown outcomes are decided, before the next ones are begun.

Before an order is sent again, everything that was created since is read: the sooner, the less."""


def numbers_of(process: int, *, processes: int, count: int, seed: int) -> list[int]:
    """Which orders a process places; each falls to two of them, who come to it at about the same time."""
    draw = random.Random(seed)  # noqa: S311 -- repeats on purpose
    return [number for number in range(count) if process in draw.sample(range(processes), 2)]


async def place(
    ordering: OrderingClient, database: Database, orders: Sequence[NewRequest], options: argparse.Namespace
) -> None:
    """Submit, note what became of each, and submit again what did not work out.

    An unknown outcome is somebody's decision. This somebody decides to send again, once it was looked for in vain.
    """
    for first in range(0, len(orders), _AT_ONCE):
        portion = orders[first : first + _AT_ONCE]
        for _ in range(_PASSES):
            left = [item for item in portion if item.customer_reference not in database.placed]
            if not left:
                break
            for resend in (False, True):
                batch = [item for item in left if (item.customer_reference in database.unknown) is resend]
                results = ordering.requests.submit_many(
                    batch, concurrency=options.tasks, resend=resend, visible_within=options.visible_within
                )
                async for result in results:
                    note(database, result)
            await asyncio.sleep(_PAUSE)


def note(database: Database, result: Result[NewRequest]) -> None:
    """Note what became of one order."""
    reference = str(result.order.customer_reference)
    if result.submission is not None:
        how = result.submission
        database.note("placed", reference, id=how.request.id, recovered=how.recovered)
    elif isinstance(result.error, ReferenceAmbiguous) and (request := chosen(result.order, result.error)):
        database.note("placed", reference, id=request.id, chosen=True)
    elif isinstance(result.error, OutcomeUnknown):
        database.note("unknown", reference, tried=result.error.tried, looked=database.looked.get(reference))
    elif isinstance(result.error, FleetError):
        database.note("unreached", reference, error=repr(result.error))
    else:
        database.note("failed", reference, error=repr(result.error))


async def run(options: argparse.Namespace) -> None:
    retry = RetryPolicy(max_attempts=6, first_delay=0.05, max_delay=0.2, attempt_timeout=options.timeout / 2)
    database = Database(options.folder)
    database.note("started", "")
    numbers = numbers_of(options.process, processes=options.processes, count=options.count, seed=options.seed)
    fleet = PostgresFleet(options.dsn, lease=options.lease, timeout=options.timeout) if options.dsn else None
    hooks = Hooks(on_request=database.requesting)
    async with OrderingClient.from_env(timeout=options.timeout, retry=retry, fleet=fleet, hooks=hooks) as ordering:
        await place(ordering, database, [order(number, options.wanted) for number in numbers], options)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--dsn", default="")
    parser.add_argument("--process", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--wanted", type=date.fromisoformat, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--lease", type=float, required=True)
    parser.add_argument("--visible-within", type=float, required=True)
    logging.getLogger("orange_ordering_client").addHandler(logging.NullHandler())
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
