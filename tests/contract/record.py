"""Records `tests/contract/exchanges` anew, from the sandbox: `python -m tests.contract.record`."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orange_ordering_client import NewRequest, OrderingClient, OrderingError
from orange_ordering_client.contract import Recorder
from orange_ordering_client.sandbox import Sandbox

EXCHANGES = Path(__file__).with_name("exchanges")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def credentials(sandbox: Sandbox, url: str) -> dict[str, str]:
    """What a client of the sandbox is made with."""
    known = sandbox.environment(url)
    return {
        "client_id": known["ORANGE_CLIENT_ID"],
        "client_secret": known["ORANGE_CLIENT_SECRET"],
        "api_key": known["ORANGE_API_KEY"],
        "base_url": known["ORANGE_ORDERING_BASE_URL"],
        "token_url": known["ORANGE_OAUTH_TOKEN_URL"],
    }


async def record(directory: Path) -> None:
    """Record every operation, and the errors that come easily."""
    sandbox = Sandbox(seed=4, now=MONDAY)
    async with sandbox.serve() as url:
        known: dict[str, Any] = credentials(sandbox, url)
        recorder = Recorder(directory, secrets=[known["client_secret"], known["api_key"]])
        async with OrderingClient(**known, retry=None, hooks=recorder.hooks) as ordering:
            await _story(ordering, sandbox)


async def _story(ordering: OrderingClient, sandbox: Sandbox) -> None:
    order = sandbox.example(reference="WAN-042")
    attachment = {"name": "plan.txt", "format": "txt", "body": "RGVtbw=="}
    reachable = {"email": "ada@lovelace.example", "phone": "+33123456789", "mobile": "0623456789"}
    contacts = {"primary": {"title": "MRS", "firstName": "Ada", "lastName": "Lovelace", **reachable}}
    placed = await ordering.requests.create(
        NewRequest.from_dict(
            {
                **order,
                "comment": "Call Ada Lovelace, +33 1 23 45 67 89.",
                "attachments": [attachment],
                "properties": {**order["properties"], "contacts": contacts},
            }
        )
    )
    await ordering.requests.create(NewRequest.from_dict(sandbox.example("C_GENERIC_FR_1", reference="WAN-043")))
    assert placed.id is not None
    await ordering.requests.get(placed.id)
    await ordering.requests.get(placed.id, fields=["id", "status"])
    await ordering.requests.get(placed.id, display_nulls=True, display_links=True)
    await ordering.requests.list(limit=10)
    await ordering.requests.list(limit=10, customer_reference="WAN-000")
    await ordering.catalog.list(limit=10)
    await ordering.catalog.get("R_BVPN_FR_1", includes="schemas")
    await ordering.service.status()
    await ordering.service.version()
    await ordering.service.me()
    await _refused(ordering.requests.get("no-such-request"))
    await _refused(ordering.requests.create(NewRequest.from_dict({**order, "requestedAt": "2026-11-24"})))
    for fault in ("error:503/5", "rate-limit:429/2", "rate-limit:403/2", "html:502", "empty:504", "revoke-token"):
        sandbox.faults.add(f"requests.get:{fault}")
        await _refused(ordering.requests.get(placed.id))
        sandbox.faults.clear()


async def _refused(call: Awaitable[object]) -> None:
    with contextlib.suppress(OrderingError):
        await call


if __name__ == "__main__":
    shutil.rmtree(EXCHANGES, ignore_errors=True)
    asyncio.run(record(EXCHANGES))
    sys.stdout.write(f"{len(list(EXCHANGES.iterdir()))} exchanges in {EXCHANGES}\n")
