"""Is the API well? python monitor.py

Reads a little, and writes a line of figures for each operation; exit code 1 if a call failed. Hooks see every
attempt, so retries that a program never notices are counted, too.
"""

import asyncio
import sys
from collections import Counter, defaultdict

from orange_ordering_client import Hooks, OrderingClient, OrderingError, ResponseRecord, RetryRecord

answers: Counter[tuple[str, int]] = Counter()
retries: Counter[str] = Counter()
seconds: dict[str, list[float]] = defaultdict(list)


def answered(record: ResponseRecord) -> None:
    operation = record.request.operation
    answers[operation, record.status] += 1
    seconds[operation].append(record.elapsed)


def retried(record: RetryRecord) -> None:
    retries[f"{record.request.operation} {record.reason}"] += 1


async def main() -> int:
    hooks = Hooks(on_response=answered, on_retry=retried)
    async with OrderingClient.from_env(timeout=30, hooks=hooks) as ordering:
        calls = (ordering.service.version(), ordering.catalog.list(limit=1), ordering.requests.list(limit=1))
        failed = 0
        for call in calls:
            try:
                await call
            except OrderingError as error:
                failed += 1
                print(f"failed: {type(error).__name__}: {error}", file=sys.stderr)
    for (operation, status), count in sorted(answers.items()):
        print(f"{operation} {status} count={count} slowest={max(seconds[operation]):.3f}s")
    for reason, count in retries.items():
        print(f"retried {reason} count={count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
