"""The demo's reading part against a sandbox; run in a copy of the project that has an edited description in place."""

from __future__ import annotations

import asyncio
import os

from docs.demo import read
from orange_ordering_client import OrderingClient
from orange_ordering_client.sandbox import Sandbox


async def main() -> None:
    """Read what the demo reads."""
    sandbox = Sandbox(seed=42)
    async with sandbox.serve() as url:
        os.environ.update(sandbox.environment(url))
        async with OrderingClient.from_env() as ordering:
            await read(ordering)


if __name__ == "__main__":
    asyncio.run(main())
