"""`make chaos`: 10,000 orders, five kills; then by a plain retry loop, for comparison; then 200 kills at random."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator

import attrs

from tests.chaos.run import Report, chaos
from tests.chaos.weather import Weather

WEATHER = Weather(timeout=4.0, late=1.0, hidden=2.0, visible_within=6.0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--random-kills", type=int, default=200, help="of the run over a list that shows orders late")
    parser.add_argument("--tasks", type=int, default=64)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run; without it, a new one each time")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--plain", action="store_true", help="only the plain retry loop")
    only.add_argument("--submit", action="store_true", help="only submit()")
    only.add_argument(
        "--late", action="store_true", help="only the kills at random, over a list that shows orders late"
    )
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}: repeat with `python -m tests.chaos --seed {seed}`\n")
    passed = True
    for report in _runs(options, seed):
        sys.stdout.write(f"{report}\n")
        sys.stdout.flush()
        passed = passed and (report.plain or report.passed)
    return 0 if passed else 1


def _runs(options: argparse.Namespace, seed: int) -> Iterator[Report]:
    everything = not (options.plain or options.submit or options.late)
    for plain, wanted in ((False, options.submit), (True, options.plain)):
        if everything or wanted:
            yield chaos(
                submissions=options.submissions,
                kills=options.kills,
                tasks=options.tasks,
                seed=seed,
                weather=WEATHER,
                plain=plain,
            )
    if everything or options.late:
        yield chaos(
            submissions=options.submissions,
            kills=options.random_kills,
            tasks=options.tasks,
            seed=seed,
            weather=attrs.evolve(WEATHER, hidden_share=1.0),
            by_time=True,
        )


if __name__ == "__main__":
    sys.exit(main())
