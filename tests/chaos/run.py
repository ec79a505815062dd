"""A sandbox and a program in processes of their own; the program is killed, started again, and judged."""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from orange_ordering_client.working_days import earliest_requested_at
from tests.chaos.program import RESULTS, read
from tests.chaos.weather import Weather

__all__ = ["Report", "chaos"]

_DEADLINE = 1800.0
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
    committed: int
    duplicates: int
    lost: tuple[str, ...]
    recovered: int
    unknown: int
    untrue: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.duplicates and not self.lost and not self.untrue

    def __str__(self) -> str:
        how = "a plain retry loop around create()" if self.plain else "submit()"
        return "\n".join(
            [
                f"seed {self.seed}: {self.submissions} orders by {how}, {self.kills} kills, {self.seconds:.0f} s",
                f"  calls received     {self.calls}, {self.faulted:.0%} of them faulted",
                f"  orders committed   {self.committed}",
                f"  duplicates         {self.duplicates}",
                f"  lost               {len(self.lost)} {' '.join(self.lost[:5])}",
                f"  recovered          {self.recovered}",
                f"  outcome unknown    {self.unknown}, of which untrue: {len(self.untrue)} {' '.join(self.untrue[:5])}",
            ]
        )


def chaos(*, submissions: int, kills: int, weather: Weather, seed: int, tasks: int = 64, plain: bool = False) -> Report:
    """Run it.

    Args:
        submissions: how many orders.
        kills: how often the program is killed on the way, and started again.
        weather: what goes wrong, and the times that belong to it.
        seed: decides which calls are struck and when the program is killed.
        tasks: orders under way at once.
        plain: by a plain retry loop instead.
    """
    draw = random.Random(seed)  # noqa: S311 -- repeats on purpose
    marks = sorted(draw.sample(range(submissions // 20 + 1, submissions * 19 // 20), kills))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, _sandbox(seed, weather) as environment:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.chaos.program", "--folder", name]
        command += ["--count", str(submissions), "--tasks", str(tasks), "--timeout", str(weather.timeout)]
        command += ["--visible-within", str(weather.visible_within)]
        command += ["--wanted", earliest_requested_at("R_BVPN_FR_1").isoformat()]
        command += ["--clients", str(weather.clients)]
        command += ["--plain"] if plain else []
        killed_at: list[float] = []
        for mark in [*marks, None]:
            _run(command, environment, folder, mark, started)
            if mark is not None:
                killed_at.append(time.time())
        journal = _get(environment, "journal")
        return _judge(
            journal, read(folder), seed=seed, plain=plain, submissions=submissions, kills=kills,
            weather=weather, killed_at=killed_at, seconds=time.monotonic() - started,
        )  # fmt: skip


def _run(command: list[str], environment: dict[str, str], folder: Path, mark: int | None, started: float) -> None:
    """Run the program to its end, or until it has noted so many orders."""
    program = subprocess.Popen(command, env=environment, cwd=_ROOT)  # noqa: S603 -- our own
    try:
        while program.poll() is None:
            if time.monotonic() - started > _DEADLINE:
                raise TimeoutError("The program does not come to an end.")
            if mark is not None and _placed(folder) >= mark:
                return
            time.sleep(0.05)
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
    if program.returncode != 0:
        raise RuntimeError(f"The program ended with {program.returncode}.")


def _placed(folder: Path) -> int:
    path = folder / RESULTS
    return path.read_bytes().count(b'"placed"') if path.exists() else 0


@contextmanager
def _sandbox(seed: int, weather: Weather) -> Iterator[dict[str, str]]:
    """A sandbox in its own process; the environment that points at it."""
    command = [sys.executable, "-m", "orange_ordering_client.sandbox", "--port", "0", "--admin", "--seed", str(seed)]
    for fault in weather.faults():
        command += ["--fault", fault]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT)  # noqa: S603 -- our own
    try:
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        if process.stdout is None:  # pragma: no cover  # it was asked for
            raise RuntimeError
        for line in process.stdout:
            if line.startswith("export "):
                name, _, value = shlex.split(line)[1].partition("=")
                environment[name] = value
            if len([name for name in environment if name.startswith("ORANGE_")]) == 5:
                break
        yield environment
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _get(environment: dict[str, str], what: str) -> Any:
    base = environment["ORANGE_ORDERING_BASE_URL"].partition("/ordering/")[0]
    with urllib.request.urlopen(f"{base}/_sandbox/{what}", timeout=120) as answer:  # noqa: S310 -- this machine
        return json.load(answer)


def _judge(
    journal: dict[str, Any], results: list[dict[str, Any]], *, weather: Weather, killed_at: list[float], **about: Any
) -> Report:
    received: list[dict[str, Any]] = journal["received"]
    committed: dict[str, list[dict[str, Any]]] = {}
    sent: dict[str, list[dict[str, Any]]] = {}
    for entry in received:
        if entry["operation"] == "requests.create":
            sent.setdefault(entry["reference"], []).append(entry)
    for entry in journal["committed"]:
        committed.setdefault(entry["reference"], []).append(entry)
    expected = {f"CHAOS-{number:05d}" for number in range(about["submissions"])}
    by_number = {entry["number"]: entry for entry in received}
    unknown = [entry for entry in results if entry["event"] == "unknown"]
    untrue = [
        entry["reference"]
        for entry in unknown
        if not _is_true(entry, sent.get(entry["reference"], []), committed.get(entry["reference"], []),
                        by_number, weather, killed_at)
    ]  # fmt: skip
    return Report(
        calls=len(received),
        faulted=sum(1 for entry in received if entry["faults"]) / max(1, len(received)),
        committed=len(journal["committed"]),
        duplicates=sum(len(orders) - 1 for orders in committed.values()),
        lost=tuple(sorted(expected - set(committed))),
        recovered=sum(1 for entry in results if entry["event"] == "placed" and entry.get("recovered")),
        unknown=len(unknown),
        untrue=tuple(untrue),
        **about,
    )


def _is_true(
    entry: dict[str, Any],
    sent: list[dict[str, Any]],
    committed: list[dict[str, Any]],
    by_number: dict[int, dict[str, Any]],
    weather: Weather,
    killed_at: list[float],
) -> bool:
    """Whether nobody could know: no clear answer to what was sent, and nothing to be seen when it was looked for."""
    said = datetime.fromisoformat(entry["at"])
    before = [call for call in sent if datetime.fromisoformat(call["at"]) < said]
    unclear = [
        call
        for call in before
        # A slow answer is written to a caller that has given up.
        if not call["delivered"]
        or call["status"] not in (201, 403, 422, 429)
        or {"latency", "stall"} & {*call["faults"]}
    ]
    # An order of a process that was killed may never have reached the sandbox.
    if not unclear and not any(moment < said.timestamp() for moment in killed_at):
        return False
    for order in committed:
        hidden = weather.hidden if "delayed-visibility" in by_number[order["call"]]["faults"] else 0.0
        visible = datetime.fromisoformat(order["at"]) + timedelta(seconds=hidden)
        if visible < said - timedelta(seconds=weather.timeout):
            return False
    return True
