"""Write the catalog to a file: python export_catalog.py catalog.json

Names in both languages, and the JSON Schema of the orders of each item.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from orange_ordering_client import OrderingClient


async def export() -> list[dict[str, Any]]:
    async with OrderingClient.from_env() as ordering:
        french = ordering.with_options(language="fr")
        ids = [item.id async for item in ordering.catalog.list() if item.id is not None]
        slots = asyncio.Semaphore(4)

        async def one(item_id: str) -> dict[str, Any]:
            async with slots:
                item = await ordering.catalog.get(item_id, includes="schemas")
                name = (await french.catalog.get(item_id)).name
            return {**item.to_dict(), "name": {"en": item.name, "fr": name}}

        return await asyncio.gather(*map(one, ids))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    items = asyncio.run(export())
    Path(sys.argv[1]).write_text(json.dumps(items, ensure_ascii=False, indent=2) + "\n")
    print(len(items), "items are in", sys.argv[1])
