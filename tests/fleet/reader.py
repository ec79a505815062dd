"""A program that reads when it is told to: `tasks N` reads once in each of so many tasks, `seconds S` for so long."""

from __future__ import annotations

import asyncio
import logging
import sys

from orange_ordering_client import OrderingClient, RetryPolicy
from orange_ordering_client.fleet import PostgresFleet

_TASKS = 5
_PATIENT = RetryPolicy(attempt_timeout=200)
_PAUSE = 1.0
"""Seconds between two reads of a task: six programs then ask for 30 calls a second."""


async def run(dsn: str) -> None:
    fleet = PostgresFleet(dsn) if dsn else None
    loop = asyncio.get_running_loop()
    async with OrderingClient.from_env(fleet=fleet, timeout=500, retry=_PATIENT) as ordering:
        await ordering.requests.list(limit=1)

        async def read_until(end: float) -> None:
            while loop.time() < end:
                await ordering.requests.list(limit=1)
                await asyncio.sleep(_PAUSE)

        _say("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, number = line.split()
            if what == "tasks":
                await asyncio.gather(*(ordering.requests.list(limit=1) for _ in range(int(number))))
            else:
                end = loop.time() + float(number)
                await asyncio.gather(*(read_until(end) for _ in range(_TASKS)))
            _say("done")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.getLogger("orange_ordering_client").addHandler(logging.NullHandler())
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    asyncio.run(run(sys.argv[1] if len(sys.argv) > 1 else ""))
