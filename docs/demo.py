"""`make demo`: the whole story over real HTTP on this machine; `LIVE=1`: its reading part against the real API."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections import Counter
from itertools import count
from typing import Any

from orange_ordering_client import (
    Hooks,
    NewRequest,
    OrderingClient,
    OrderingError,
    RetryPolicy,
    RetryRecord,
    earliest_requested_at,
)

_steps = count(1)


def say(headline: str) -> None:
    print(f"\n{next(_steps):2}. {headline}")


def show(*parts: object) -> None:
    print("   ", *parts)


def told_of_retry(record: RetryRecord) -> None:
    show(f"attempt {record.request.attempt} met {record.reason}; the next one in {record.delay:.2f} s")


async def read(ordering: OrderingClient) -> None:
    """What both versions of the story share: it only reads."""
    say("Who am I? The first call also fetches a token.")
    # A description can leave these calls out; then the client has no such methods.
    if who := getattr(ordering.service, "me", None):
        me = await who()
        show(f"{me.name} ({me.type}), scopes: {me.scopes}")
    if state := getattr(ordering.service, "status", None):
        status = await state()
        show(f"{status.name} {status.version}: {status.status}")

    say("The catalog, in English and in French: one client, two views.")
    french = ordering.with_options(language="fr")
    page = await ordering.catalog.list(limit=5)
    for item in page:
        if item.id is not None:
            show(f"{item.id:16} {item.name} | {(await french.catalog.get(item.id)).name}")


async def sandbox_story() -> None:
    from orange_ordering_client.sandbox import Fault, Sandbox

    sandbox = Sandbox(seed=42, completes_after=4.0)
    sandbox.requests.seed(600)
    async with sandbox.serve() as url:
        print(f"A sandbox of the Ordering API listens on {url}. Nothing here reaches Orange.")
        settings: dict[str, Any] = sandbox.environment(url)
        os.environ.update(settings)
        hooks = Hooks(on_retry=told_of_retry)
        async with OrderingClient.from_env(hooks=hooks, retry=RetryPolicy(first_delay=0.2)) as ordering:
            await read(ordering)

            say("A rate limit (429, Retry-After: 1) and an overloaded API (503): survived.")
            sandbox.faults.add(Fault("rate-limit:429/1"), Fault("error:503/6"))
            version = (await ordering.service.version()).version
            show(f"then the answer came: version {version.major if version else '?'}")

            say("The token expires behind our back: refreshed, the call never notices.")
            before = sandbox.access.issued
            sandbox.access.expire_all()
            await ordering.catalog.list(limit=1)
            show(f"tokens fetched so far: {before} before, {sandbox.access.issued} now")

            say("A disconnection is ordered. Its answer is lost on the way, and it is still placed once.")
            sandbox.faults.add(Fault("drop-after", on="requests.create"))
            order = NewRequest(
                type="R_BVPN_FR_1",
                requested_at=earliest_requested_at("R_BVPN_FR_1", today=sandbox.clock.today()),
                customer_reference="DEMO-1",
                properties={
                    "servicePoint": {"customerReference": "SITE-007"},
                    "contacts": {
                        "primary": {
                            "title": "Mrs",
                            "firstName": "Ada",
                            "lastName": "Martin",
                            "email": "ada.martin@example.com",
                            "phone": "+33100000000",
                            "mobile": "+33600000000",
                        }
                    },
                },
            )
            placed = await ordering.requests.submit(order)
            show(f"request {placed.request.id}, recovered: {placed.recovered}")
            show(f"orders that the sandbox committed: {len(sandbox.journal.committed)}")
            again = await ordering.requests.submit(order)
            show(f"the same program run again: request {again.request.id}, already there: {again.already_there}")

            say("Every request, page by page.")
            statuses = Counter[str]()
            async for page in ordering.requests.list(limit=250).pages():
                statuses.update(str(request.status) for request in page)
                show(f"offset {page.offset}: {len(page)} of {page.total}")
            show(", ".join(f"{count} {status}" for status, count in statuses.most_common()))

            say("The order is followed to its end (in the sandbox that takes seconds, not weeks).")
            done = await ordering.requests.wait(placed.request.id or "", timeout=60)
            show(f"request {done.request.id}: {done.request.status}")
            show(f"duplicates: {len(sandbox.journal.duplicates())}")
    print("\nDone. The same program runs against Orange: set ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET, ORANGE_API_KEY.")


async def live_story() -> None:
    async with OrderingClient.from_env() as ordering:
        print("Reading from the real API. Nothing is ordered.")
        await read(ordering)
        say("One page of requests.")
        page = await ordering.requests.list(limit=10)
        for request in page:
            show(request.id, request.type, request.status)
        show(f"{len(page)} of {page.total}")


def main() -> None:
    logging.basicConfig(format="    log: %(message)s", stream=sys.stdout)
    try:
        asyncio.run(live_story() if os.environ.get("LIVE") == "1" else sandbox_story())
    except OrderingError as error:
        sys.exit(f"\n{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
