"""Interleaved rounds: each round runs every contender once, so that other load slows all contenders equally."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

ROUNDS = 9

Medians = dict[str, float]


def interleave(contenders: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> Medians:
    """Return the median seconds of each contender; each runs once before the measurement."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            gc.collect()
            started = time.perf_counter()
            result = run()
            elapsed = time.perf_counter() - started
            # The result is released outside of the measured time, because only creating it is measured.
            del result
            if number:
                taken[name].append(elapsed)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


async def interleave_async(contenders: Mapping[str, Callable[[], Awaitable[object]]], rounds: int = ROUNDS) -> Medians:
    """Return the same for coroutine functions. A contender that returns a float has measured its own time."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            gc.collect()
            started = time.perf_counter()
            result = await run()
            elapsed = result if isinstance(result, float) else time.perf_counter() - started
            if number:
                taken[name].append(elapsed)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}
