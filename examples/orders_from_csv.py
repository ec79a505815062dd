"""Disconnect the sites of a file, each once: python orders_from_csv.py sites.csv

Killed in the middle, run it again: intents.jsonl knows what was sent, and what exists is not placed twice.
"""

import asyncio
import csv
import sys
from collections.abc import Iterator

from orange_ordering_client import IntentFile, NewRequest, OrderingClient, earliest_requested_at


def orders(path: str) -> Iterator[NewRequest]:
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            contact = {
                "title": row["title"],
                "firstName": row["first_name"],
                "lastName": row["last_name"],
                "email": row["email"],
                "phone": row["phone"],
                "mobile": row["mobile"],
            }
            yield NewRequest(
                type="R_BVPN_FR_1",
                requested_at=earliest_requested_at("R_BVPN_FR_1"),
                customer_reference=row["reference"],
                properties={"servicePoint": {"customerReference": row["site"]}, "contacts": {"primary": contact}},
            )


async def main(path: str) -> int:
    failed = 0
    async with OrderingClient.from_env() as ordering:
        with IntentFile("intents.jsonl") as intents:
            async for result in ordering.requests.submit_many(orders(path), concurrency=8, intents=intents):
                if result.submission is None:
                    failed += 1
                    print(result.order.customer_reference, "FAILED:", result.error)
                else:
                    known = "was there already" if result.submission.already_there else "is placed"
                    print(result.order.customer_reference, known, result.submission.request.id)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(sys.argv[1])))
