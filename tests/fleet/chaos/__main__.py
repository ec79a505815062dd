"""`make chaos-fleet`: 3,000 orders by six processes with a fleet; then without one, for comparison."""

from __future__ import annotations

import argparse
import random
import sys

import attrs

from tests.chaos.weather import Weather
from tests.fleet.chaos.run import Plan, chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet.chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=3_000)
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--cuts", type=int, default=2)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run's draws; without it, new ones each time")
    parser.add_argument("--alone", action="store_true", help="only without a fleet")
    options = parser.parse_args()
    plan = Plan(
        orders=options.orders,
        processes=options.processes,
        kills=options.kills,
        restarts=options.restarts,
        cuts=options.cuts,
        seed=options.seed if options.seed is not None else random.SystemRandom().randrange(10**6),
        weather=Weather(timeout=4.0, late=1.0, hidden=2.0, visible_within=6.0),
    )
    passed = True
    if not options.alone:
        report = chaos(plan)
        passed = report.passed
        sys.stdout.write(f"{report}\n\n")
        sys.stdout.flush()
    sys.stdout.write(f"{chaos(attrs.evolve(plan, fleet=False, restarts=0, cuts=0))}\n")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
