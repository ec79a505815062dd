"""`make chaos`: 10,000 orders, five kills; then the same by a plain retry loop, for comparison."""

from __future__ import annotations

import argparse
import random
import sys

from tests.chaos.run import chaos
from tests.chaos.weather import Weather

WEATHER = Weather(timeout=4.0, late=1.0, hidden=2.0, visible_within=6.0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=64)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run; without it, a new one each time")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--plain", action="store_true", help="only the plain retry loop")
    only.add_argument("--submit", action="store_true", help="only submit()")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}: repeat with `python -m tests.chaos --seed {seed}`\n")
    passed = True
    for plain in (False, True):
        if (plain and options.submit) or (not plain and options.plain):
            continue
        report = chaos(
            submissions=options.submissions,
            kills=options.kills,
            tasks=options.tasks,
            seed=seed,
            weather=WEATHER,
            plain=plain,
        )
        sys.stdout.write(f"{report}\n")
        sys.stdout.flush()
        passed = passed and (plain or report.passed)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
