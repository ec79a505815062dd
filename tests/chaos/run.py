"""A sandbox and a program in processes of their own; the program is killed, started again, and judged."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from orange_ordering_client.working_days import earliest_requested_at
from tests.chaos.judging import by_reference, untrue
from tests.chaos.program import RESULTS, read, reference_of
from tests.chaos.proxy import Proxy, proxy_in_thread
from tests.chaos.weather import Weather

__all__ = ["Report", "chaos"]

_DEADLINE = 4 * 3600.0
_LONGEST_LIFE = 1.5
_ROOT = Path(__file__).parents[2]


@attrs.frozen(kw_only=True)
class Report:
    """What became of it all, by the sandbox's journal."""

    seed: int
    plain: bool
    submissions: int
    kills: int
    calls: int
    faulted: float
    strays: int
    closed: int
    changed: int
    capped: int
    committed: int
    duplicates: int
    lost: tuple[str, ...]
    recovered: int
    chosen: int
    unknown: int
    untrue: tuple[str, ...]
    misnamed: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.duplicates and not self.lost and not self.untrue and not self.misnamed

    def __str__(self) -> str:
        how = "a plain retry loop around create()" if self.plain else "submit()"
        return "\n".join(
            [
                f"seed {self.seed}: {self.submissions} orders by {how}, {self.kills} kills, {self.seconds:.0f} s",
                f"  calls received     {self.calls}, {self.faulted:.0%} of them faulted",
                f"  stray responses    {self.strays}",
                f"  closed unannounced {self.closed}",
                f"  capped pages       {self.capped}",
                f"  orders committed   {self.committed}, {self.changed} of them under a changed reference",
                f"  duplicates         {self.duplicates}",
                f"  lost               {len(self.lost)} {' '.join(self.lost[:5])}",
                f"  recovered          {self.recovered}",
                f"  ambiguous, chosen  {self.chosen}",
                f"  outcome unknown    {self.unknown}, of which untrue: {len(self.untrue)} {' '.join(self.untrue[:5])}",
                f"  id of another      {len(self.misnamed)} {' '.join(self.misnamed[:5])}",
            ]
        )


def chaos(
    *,
    submissions: int,
    kills: int,
    weather: Weather,
    seed: int,
    tasks: int = 64,
    plain: bool = False,
    by_time: bool = False,
) -> Report:
    """Run it.

    Args:
        submissions: how many orders.
        kills: how often the program is killed on the way, and started again.
        weather: what goes wrong, and the times that belong to it.
        seed: decides which calls are struck and when the program is killed.
        tasks: orders under way at once.
        plain: by a plain retry loop instead.
        by_time: kill a random time after each start, however little was done by then, instead of after a random number
            of orders. If all orders are placed before the last kill, the report counts the kills there were.
    """
    draw = random.Random(seed)  # noqa: S311 -- repeats on purpose
    marks = [0] * kills if by_time else sorted(draw.sample(range(submissions // 20, submissions * 9 // 10), kills))
    lives = [_LONGEST_LIFE * draw.random() for _ in marks]
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as name,
        _sandbox(seed, weather) as (url, direct),
        _behind_a_proxy(url, direct, seed, weather) as (proxy, environment),
    ):
        folder = Path(name)
        command = [sys.executable, "-m", "tests.chaos.program", "--folder", name]
        command += ["--count", str(submissions), "--tasks", str(tasks), "--timeout", str(weather.timeout)]
        command += ["--visible-within", str(weather.visible_within)]
        command += ["--wanted", earliest_requested_at("R_BVPN_FR_1").isoformat()]
        command += ["--clients", str(weather.clients)]
        command += ["--plain"] if plain else []
        killed_at: list[float] = []
        for mark, life in zip(marks, lives, strict=True):
            if not _run(command, environment, folder, started, mark=mark, life=life):
                break
            killed_at.append(time.time())
        else:
            _run(command, environment, folder, started)
        journal = _get(url, "journal")
        return _judge(
            journal,
            read(folder),
            seed=seed,
            plain=plain,
            submissions=submissions,
            kills=len(killed_at),
            strays=proxy.counts["stray"],
            closed=proxy.counts["stale"],
            weather=weather,
            killed_at=killed_at,
            seconds=time.monotonic() - started,
        )


def _run(
    command: list[str],
    environment: dict[str, str],
    folder: Path,
    started: float,
    *,
    mark: int | None = None,
    life: float = 0.0,
) -> bool:
    """Run the program to its end, or kill it some time after it has begun and noted so many orders; whether it was."""
    begun = _noted(folder, "started")
    program = subprocess.Popen(command, env=environment, cwd=_ROOT)  # noqa: S603 -- our own
    try:
        while program.poll() is None:
            if time.monotonic() - started > _DEADLINE:
                raise TimeoutError("The program does not come to an end.")
            if mark is not None and _noted(folder, "started") > begun and _noted(folder, "placed") >= mark:
                time.sleep(life)
                program.kill()
                return program.wait() != 0
            time.sleep(0.05)
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
    if program.returncode != 0:
        raise RuntimeError(f"The program ended with {program.returncode}.")
    return False


def _noted(folder: Path, event: str) -> int:
    path = folder / RESULTS
    return path.read_bytes().count(f'"{event}"'.encode()) if path.exists() else 0


@contextmanager
def _sandbox(seed: int, weather: Weather) -> Iterator[tuple[str, dict[str, str]]]:
    """A sandbox in its own process; its URL, and the variables that point a client at it."""
    command = [sys.executable, "-m", "tests.chaos.server", "--seed", str(seed)]
    for fault in weather.faults():
        command += ["--fault", fault]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT)  # noqa: S603 -- our own
    try:
        if process.stdout is None:  # pragma: no cover  # it was asked for
            raise RuntimeError
        variables: dict[str, str] = {}
        while (line := process.stdout.readline().strip()) != "":
            name, _, value = line.partition("=")
            variables[name] = value
        yield variables["ORANGE_ORDERING_BASE_URL"].partition("/ordering/")[0], variables
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def _behind_a_proxy(
    url: str, variables: dict[str, str], seed: int, weather: Weather
) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """A proxy in front of the sandbox, and the environment of a program that calls it."""
    proxy = Proxy(int(url.rpartition(":")[2]), stray=weather.stray, stale=weather.stale, seed=seed)
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with proxy_in_thread(proxy) as port:
        proxied = {name: value.replace(url, f"http://127.0.0.1:{port}") for name, value in variables.items()}
        yield proxy, environment | proxied


def _get(url: str, what: str) -> Any:
    with urllib.request.urlopen(f"{url}/_sandbox/{what}", timeout=600) as answer:  # noqa: S310 -- this machine
        return json.load(answer)


def _judge(
    journal: dict[str, Any], results: list[dict[str, Any]], *, weather: Weather, killed_at: list[float], **about: Any
) -> Report:
    received: list[dict[str, Any]] = journal["received"]
    committed = by_reference(journal["committed"])
    expected = {reference_of(number) for number in range(about["submissions"])}
    by_number = {entry["number"]: entry for entry in received}
    ids = {entry["id"]: entry["reference"] for entry in journal["committed"]}
    placed = [entry for entry in results if entry["event"] == "placed"]
    return Report(
        calls=len(received),
        # Every page is capped; that alone makes no call a faulted one.
        faulted=sum(1 for entry in received if {*entry["faults"]} - {"cap-pages"}) / max(1, len(received)),
        capped=sum(1 for entry in received if "cap-pages" in entry["faults"] and entry["status"] == 200),
        changed=sum(1 for entry in journal["committed"] if "change-reference" in by_number[entry["call"]]["faults"]),
        committed=len(journal["committed"]),
        duplicates=sum(len(orders) - 1 for orders in committed.values()),
        lost=tuple(sorted(expected - set(committed))),
        recovered=sum(1 for entry in placed if entry.get("recovered")),
        chosen=sum(1 for entry in placed if entry.get("chosen")),
        misnamed=tuple(entry["reference"] for entry in placed if ids.get(entry["id"]) != entry["reference"]),
        unknown=sum(1 for entry in results if entry["event"] == "unknown"),
        untrue=untrue(journal, results, weather=weather, disturbed_at=killed_at),
        **about,
    )
