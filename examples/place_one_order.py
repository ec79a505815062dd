"""Disconnect one site, once: python place_one_order.py REFERENCE SITE

Run it again whenever you are in doubt: an order that exists is found, not placed twice.
"""

import asyncio
import sys

from orange_ordering_client import (
    IntentFile,
    InvalidOrder,
    NewRequest,
    OrderingClient,
    OrderingError,
    OutcomeUnknown,
    ReferenceConflict,
    earliest_requested_at,
)

CONTACT = {
    "title": "Mrs",
    "firstName": "Ada",
    "lastName": "Martin",
    "email": "ada@example.com",
    "phone": "+33100000000",
    "mobile": "+33600000000",
}


async def main(reference: str, site: str) -> str:
    order = NewRequest(
        type="R_BVPN_FR_1",
        requested_at=earliest_requested_at("R_BVPN_FR_1"),
        customer_reference=reference,
        properties={"servicePoint": {"customerReference": site}, "contacts": {"primary": CONTACT}},
    )
    async with OrderingClient.from_env() as ordering:
        try:
            with IntentFile("intents.jsonl") as intents:
                placed = await ordering.requests.submit(order, intents=intents)
        except InvalidOrder as invalid:
            return "\n".join(["Correct the order:", *map(str, invalid.violations)])
        except ReferenceConflict as conflict:
            return f"{reference} is another order: {'; '.join(map(str, conflict.differences))}"
        except OutcomeUnknown as unknown:
            return f"It may exist. {unknown.hint}"
        except OrderingError as error:
            return f"Not placed: {error}"
        print(placed.request.id, "was there already" if placed.already_there else "is placed")
        done = await ordering.requests.wait(placed, until=["IN_PROGRESS", "COMPLETED"], timeout=60)
        print(done.request.status)
    return ""


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2])) or 0)
