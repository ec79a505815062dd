"""Several programs, killed at random, and their database restarted and cut off; judged by the sandbox's journal."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import attrs

from orange_ordering_client.working_days import earliest_requested_at
from tests.chaos.judging import by_reference, untrue
from tests.chaos.program import RESULTS, read, reference_of
from tests.chaos.weather import CUT, Weather
from tests.fleet.chaos.parts import ROOT, Postgres, asked, postgres, sandbox

__all__ = ["Plan", "Report", "chaos"]

_DEADLINE = 3600.0
_CUT_FOR = 2.5


@attrs.frozen(kw_only=True)
class Plan:
    """How much of it.

    Attributes:
        orders: each is submitted by two processes at once.
        processes: how many programs there are.
        kills, restarts, cuts: how often a program is killed, and the database restarted and cut off, on the way.
        tasks: orders under way at once in each process.
        lease: seconds.
        weather: what goes wrong with calls.
        fleet: whether the programs share one.
    """

    orders: int
    processes: int
    kills: int
    restarts: int
    cuts: int
    seed: int
    weather: Weather
    tasks: int = 8
    lease: float = 2.0
    fleet: bool = True

    def faults(self) -> list[str]:
        # A reference that is cut short is the same for a thousand of these orders, and nobody could tell them apart.
        return [fault for fault in self.weather.faults() if f"change-reference:{CUT}" not in fault]


@attrs.frozen(kw_only=True)
class Report:
    """What became of it all, by the sandbox's journal."""

    plan: Plan
    kills: int
    calls: int
    faulted: float
    tokens: int
    committed: int
    duplicates: int
    lost: tuple[str, ...]
    recovered: int
    unreached: int
    unknown: int
    untrue: tuple[str, ...]
    misnamed: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.duplicates and not self.lost and not self.untrue and not self.misnamed

    def __str__(self) -> str:
        plan = self.plan
        how = "one fleet" if plan.fleet else "no fleet"
        disturbed = f"{self.kills} kills, {plan.restarts} restarts and {plan.cuts} cuts of the database"
        return "\n".join(
            [
                f"seed {plan.seed}: {plan.orders} orders, each by 2 of {plan.processes} processes, {how}",
                f"  {disturbed}, {self.seconds:.0f} s",
                f"  calls received     {self.calls}, {self.faulted:.0%} of them faulted; {self.tokens} for tokens",
                f"  orders committed   {self.committed}",
                f"  duplicates         {self.duplicates}",
                f"  lost               {len(self.lost)} {' '.join(self.lost[:5])}",
                f"  recovered          {self.recovered}",
                f"  refused unsent     {self.unreached}, without the database",
                f"  outcome unknown    {self.unknown}, of which untrue: {len(self.untrue)} {' '.join(self.untrue[:5])}",
                f"  id of another      {len(self.misnamed)} {' '.join(self.misnamed[:5])}",
            ]
        )


def chaos(plan: Plan) -> Report:
    """Run it."""
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-fleet-")))
        url, environment = stack.enter_context(sandbox(plan.seed, plan.faults()))
        database = stack.enter_context(postgres()) if plan.fleet else None
        programs = Programs(plan, folder, environment, database)
        stack.callback(programs.end)
        disturbed_at = _disturb(plan, programs, database, started)
        programs.wait(started)
        return _judge(plan, asked(url, "journal"), programs, disturbed_at, time.monotonic() - started)


class Programs:
    """The processes, and their folders."""

    def __init__(self, plan: Plan, folder: Path, environment: dict[str, str], database: Postgres | None) -> None:
        self.folders = [folder / str(number) for number in range(plan.processes)]
        self._environment = environment
        self._commands: list[list[str]] = []
        wanted = earliest_requested_at("R_BVPN_FR_1").isoformat()
        for number, own in enumerate(self.folders):
            own.mkdir()
            command = [sys.executable, "-m", "tests.fleet.chaos.program", "--folder", str(own), "--wanted", wanted]
            command += ["--process", str(number), "--processes", str(plan.processes), "--count", str(plan.orders)]
            command += ["--tasks", str(plan.tasks), "--seed", str(plan.seed), "--timeout", str(plan.weather.timeout)]
            command += ["--lease", str(plan.lease), "--visible-within", str(plan.weather.visible_within)]
            command += ["--dsn", database.dsn] if database else []
            self._commands.append(command)
        self._running = [self._start(number) for number in range(plan.processes)]

    def placed(self) -> int:
        """How many results all of them have noted."""
        return sum(_count(own) for own in self.folders)

    def kill(self, number: int) -> bool:
        """Kill one and start it again, unless it has ended; whether it was killed."""
        if self._running[number].poll() is not None:
            return False
        self._running[number].kill()
        self._running[number].wait()
        self._running[number] = self._start(number)
        return True

    @property
    def are_over(self) -> bool:
        return all(program.poll() is not None for program in self._running)

    def wait(self, started: float) -> None:
        """Wait until all have ended by themselves."""
        for program in self._running:
            if program.wait(max(1.0, _DEADLINE - (time.monotonic() - started))) != 0:
                raise RuntimeError(f"A program ended with {program.returncode}.")

    def end(self) -> None:
        """End those that run."""
        for program in self._running:
            with suppress(ProcessLookupError):
                program.kill()
            program.wait()

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._commands[number], env=self._environment, cwd=ROOT)  # noqa: S603 -- our own


def _count(folder: Path) -> int:
    path = folder / RESULTS
    return path.read_bytes().count(b'"placed"') if path.exists() else 0


def _disturb(plan: Plan, programs: Programs, database: Postgres | None, started: float) -> list[float]:
    """Kill, restart and cut at random marks of progress; when that was."""
    draw = random.Random(plan.seed)  # noqa: S311 -- repeats on purpose
    events = ["kill"] * plan.kills
    events += (["restart"] * plan.restarts + ["cut"] * plan.cuts) if database is not None else []
    draw.shuffle(events)
    marks = sorted(draw.sample(range(plan.orders // 20, plan.orders * 2 * 8 // 10), len(events)))
    at: list[float] = []
    for event, mark in zip(events, marks, strict=True):
        while programs.placed() < mark and not programs.are_over:
            if time.monotonic() - started > _DEADLINE:
                raise TimeoutError("The programs do not come to an end.")
            time.sleep(0.02)
        at.append(time.time())
        if event == "kill":
            first = draw.randrange(plan.processes)
            any(programs.kill((first + number) % plan.processes) for number in range(plan.processes))
        elif database is not None and event == "restart":
            database.restart()
        elif database is not None:
            database.cut()
            time.sleep(_CUT_FOR)
            database.open()
    return at


def _judge(
    plan: Plan, journal: dict[str, Any], programs: Programs, disturbed_at: list[float], seconds: float
) -> Report:
    received: list[dict[str, Any]] = journal["received"]
    committed = by_reference(journal["committed"])
    results = [entry for own in programs.folders for entry in read(own)]
    events = Counter(entry["event"] for entry in results)
    ids = {entry["id"]: entry["reference"] for entry in journal["committed"]}
    placed = [entry for entry in results if entry["event"] == "placed"]
    return Report(
        plan=plan,
        # Each process starts once without having been killed.
        kills=events["started"] - plan.processes,
        calls=len(received),
        faulted=sum(1 for entry in received if {*entry["faults"]} - {"cap-pages"}) / max(1, len(received)),
        tokens=sum(1 for entry in received if entry["operation"] == "token"),
        committed=len(journal["committed"]),
        duplicates=sum(len(orders) - 1 for orders in committed.values()),
        lost=tuple(sorted({reference_of(number) for number in range(plan.orders)} - set(committed))),
        recovered=sum(1 for entry in placed if entry.get("recovered")),
        unreached=events["unreached"],
        unknown=events["unknown"],
        untrue=untrue(journal, results, weather=plan.weather, disturbed_at=disturbed_at),
        misnamed=tuple(entry["reference"] for entry in placed if ids.get(entry["id"]) != entry["reference"]),
        seconds=seconds,
    )
