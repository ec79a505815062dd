"""The program that is killed: what somebody would write who has many orders to place.

It keeps a file of results, which is its database, and starts over with whatever is not in there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from orange_ordering_client._generated.models import NewRequest, Request
from orange_ordering_client.client import OrderingClient
from orange_ordering_client.errors import OrderingError
from orange_ordering_client.hooks import Hooks, RequestRecord
from orange_ordering_client.orders.batch import Result
from orange_ordering_client.orders.errors import OutcomeUnknown, ReferenceAmbiguous
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.retry import RetryPolicy

__all__ = ["RESULTS", "read", "reference_of"]

RESULTS = "results.jsonl"
_PASSES = 40
_PLAIN_TRIES = 10
_AT_ONCE = 1000
"""Orders that are placed, and whose unknown outcomes are decided, before the next ones are begun."""


def read(folder: Path) -> list[dict[str, Any]]:
    """Results so far; a line that a kill tore is none."""
    path = folder / RESULTS
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


class Database:
    """What the program knows after a restart."""

    def __init__(self, folder: Path) -> None:
        self.looked: dict[str, str] = {}
        known = read(folder)
        self.placed = {entry["reference"] for entry in known if entry["event"] == "placed"}
        self.unknown = {entry["reference"] for entry in known if entry["event"] == "unknown"} - self.placed
        self._file = (folder / RESULTS).open("ab")
        # A torn line is ended, so that the next one is whole; `read` would stumble over it otherwise.
        whole = sum(len(json.dumps(entry)) + 1 for entry in known)
        self._file.truncate(whole)

    def requesting(self, record: RequestRecord) -> None:
        """Remember when a reference was last looked for; each look begins with a filtered list."""
        if record.operation == "requests.list":
            for reference in parse_qs(urlsplit(record.url).query).get("customerReference", ()):
                self.looked[reference] = datetime.now(UTC).isoformat()

    def note(self, event: str, reference: str, **more: object) -> None:
        entry = {"event": event, "reference": reference, "at": datetime.now(UTC).isoformat(), **more}
        self._file.write(json.dumps(entry).encode() + b"\n")
        self._file.flush()
        if event == "placed":
            self.placed.add(reference)
            self.unknown.discard(reference)
        elif event == "unknown":
            self.unknown.add(reference)


def reference_of(number: int) -> str:
    """A reference that upper case changes, and of which a cut to 20 characters leaves what a thousand orders share."""
    return f"Chaos-Lyon-branch-{number:05d}"


def order(number: int, wanted: date) -> NewRequest:
    return NewRequest(
        type="R_BVPN_FR_1",
        requested_at=wanted,
        customer_reference=reference_of(number),
        properties={
            "servicePoint": {"id": f"SP-{1000 + number % 100}"},
            "contacts": {
                "primary": {
                    "firstName": "Ada",
                    "lastName": "Martin",
                    "email": f"branch{number}@example.com",
                    "phone": "+331",
                }
            },
        },
    )


async def place(
    ordering: OrderingClient, database: Database, orders: Sequence[NewRequest], options: argparse.Namespace
) -> None:
    """Submit, note what became of each, and submit again what did not work out.

    An unknown outcome is somebody's decision. This somebody decides to send again, once it was looked for in vain.
    """
    with IntentFile(options.folder / "orders.intents") as intents:
        for first in range(0, len(orders), _AT_ONCE):
            for _ in range(_PASSES):
                left = [
                    item for item in orders[first : first + _AT_ONCE] if item.customer_reference not in database.placed
                ]
                if not left:
                    break
                for resend in (False, True):
                    batch = [item for item in left if (item.customer_reference in database.unknown) is resend]
                    results = ordering.requests.submit_many(
                        batch,
                        concurrency=options.tasks,
                        resend=resend,
                        visible_within=options.visible_within,
                        intents=intents,
                    )
                    async for result in results:
                        await note(ordering, database, result)


async def note(ordering: OrderingClient, database: Database, result: Result[NewRequest]) -> None:
    """Note what became of one order."""
    reference = str(result.order.customer_reference)
    if result.submission is not None:
        how = result.submission
        database.note("placed", reference, id=how.request.id, recovered=how.recovered, there=how.already_there)
        await read_back(ordering, how.request.id)
    elif isinstance(result.error, ReferenceAmbiguous) and (request := chosen(result.order, result.error)):
        database.note("placed", reference, id=request.id, chosen=True)
    elif isinstance(result.error, OutcomeUnknown):
        database.note("unknown", reference, tried=result.error.tried, looked=database.looked.get(reference))
    else:
        database.note("failed", reference, error=repr(result.error))


def chosen(item: NewRequest, ambiguous: ReferenceAmbiguous) -> Request | None:
    """Decide as somebody would who looks at the candidates: the one about the same site is this order."""
    wanted = item.to_dict()["properties"]
    same = [found for found in ambiguous.candidates if found.to_dict().get("properties") == wanted]
    return same[0] if len(same) == 1 else None


async def read_back(ordering: OrderingClient, request_id: str | None) -> None:
    """Read a request over kept-alive connections, so that the pool holds some that have a stray response on them.

    What comes back is not used: it may be such a response.
    """
    if request_id is not None:
        with suppress(OrderingError):
            await ordering.requests.get(request_id)


async def place_plainly(
    ordering: OrderingClient, database: Database, orders: Sequence[NewRequest], options: argparse.Namespace
) -> None:
    """What is written everywhere: try again until it works."""
    left = [item for item in orders if item.customer_reference not in database.placed]

    async def one(item: NewRequest) -> None:
        for attempt in range(_PLAIN_TRIES):
            try:
                request = await ordering.requests.create(item)
            except OrderingError:
                await asyncio.sleep(0.05 * 2**attempt)
            else:
                database.note("placed", str(item.customer_reference), id=request.id)
                return

    async def take() -> AsyncIterator[NewRequest]:
        while left:
            yield left.pop(0)

    async def work(source: AsyncIterator[NewRequest]) -> None:
        async for item in source:
            await one(item)

    await asyncio.gather(*(work(take()) for _ in range(options.tasks)))


async def run(options: argparse.Namespace) -> None:
    retry = RetryPolicy(max_attempts=6, first_delay=0.05, max_delay=0.2, attempt_timeout=options.timeout / 2)
    database = Database(options.folder)
    database.note("started", "")
    orders = [order(number, options.wanted) for number in range(options.count)]
    hooks = Hooks(on_request=database.requesting)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(OrderingClient.from_env(timeout=options.timeout, retry=retry, hooks=hooks))
            for _ in range(options.clients)
        ]
        work = place_plainly if options.plain else place
        await asyncio.gather(*(work(client, database, orders, options) for client in clients))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--wanted", type=date.fromisoformat, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--visible-within", type=float, required=True)
    parser.add_argument("--clients", type=int, default=1, help="each places all orders, by the same file of intents")
    parser.add_argument("--plain", action="store_true")
    logging.getLogger("orange_ordering_client").addHandler(logging.NullHandler())
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
