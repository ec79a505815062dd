"""A clock that tests move: pauses pass at once and are remembered."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from orange_ordering_client.clock import Clock

START = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


class FakeTime:
    """Time stands still, except while somebody sleeps or a test moves it."""

    def __init__(self, random: float = 0.0) -> None:
        self.elapsed = 0.0
        self.slept: list[float] = []
        self.clock = Clock(monotonic=self.monotonic, now=self.now, sleep=self.sleep, random=lambda: random)

    def monotonic(self) -> float:
        return 1000.0 + self.elapsed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        until = self.elapsed + seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.elapsed = max(self.elapsed, until)


class StoppedTime(FakeTime):
    """Sleepers stay asleep until a test moves the clock past their time."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self.changed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        awake = asyncio.Event()
        self._sleepers.append((self.elapsed + seconds, awake))
        self.changed.set()
        await awake.wait()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        for moment, awake in self._sleepers:
            if moment <= self.elapsed + 1e-9:
                awake.set()

    async def asleep(self, count: int) -> None:
        """Wait until so many pauses have begun in all."""
        async with asyncio.timeout(10):
            while len(self.slept) < count:
                self.changed.clear()
                await self.changed.wait()
