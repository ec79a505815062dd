"""The sandbox as a process of its own, with a journal of every call (the command line of the package keeps fewer)."""

from __future__ import annotations

import argparse
import asyncio
import sys

from orange_ordering_client.sandbox import Sandbox


async def run(options: argparse.Namespace) -> None:
    sandbox = Sandbox(seed=options.seed, completes_after=60.0)
    sandbox.faults.add(*options.fault)
    sandbox.app.admin = True
    async with sandbox.serve() as url:
        for name, value in sandbox.environment(url).items():
            sys.stdout.write(f"{name}={value}\n")
        sys.stdout.write("\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--fault", action="append", default=[])
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
