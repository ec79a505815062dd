"""Print every change of every request: python follow_changes.py CURSOR_FILE [HOW_MANY]

It goes on where it was: the cursor is kept after each change was dealt with. Ctrl-C ends it, or HOW_MANY changes.
"""

import asyncio
import contextlib
import sys
from pathlib import Path

from orange_ordering_client import Change, OrderingClient


def deal_with(change: Change) -> None:
    """Your work. After a crash in here the change comes again."""
    request = change.request
    print(request.updated_at, request.id, request.customer_reference, request.status, request.step, flush=True)


def keep(cursor: str, file: Path) -> None:
    """Whole or not at all: a cursor cut in half would be of no use."""
    new = file.with_suffix(".new")
    new.write_text(cursor)
    new.replace(file)


async def main(file: Path, since: str | None, how_many: int | None) -> None:
    async with OrderingClient.from_env() as ordering:
        count = 0
        async for change in ordering.requests.watch(since, interval=30):
            deal_with(change)
            keep(change.cursor, file)
            count += 1
            if count == how_many:
                break


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    kept = Path(sys.argv[1])
    begin = kept.read_text() if kept.exists() else None
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(kept, begin, int(sys.argv[2]) if len(sys.argv) == 3 else None))
