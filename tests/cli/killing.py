"""`submit-many` killed at random moments and run again; by hand: `python -m tests.cli.killing 2000 10`."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orange_ordering_client.sandbox import Sandbox

__all__ = ["COMMAND", "Tally", "killed_and_run_again", "write_orders"]

COMMAND = [sys.executable, "-m", "orange_ordering_client.cli"]
_PATIENCE = 120.0


@dataclass
class Tally:
    """What is there in the end.

    Attributes:
        kills: runs that were killed before their end.
        committed: how often the sandbox took each reference.
        results: records of the results file, in its order.
        code: exit code of the last run.
        summary: what the last run said.
    """

    kills: int
    committed: Counter[str]
    results: list[dict[str, Any]]
    code: int
    summary: dict[str, Any]


def write_orders(path: Path, sandbox: Sandbox, count: int) -> list[str]:
    """Write so many orders, one a line; their references."""
    references = [f"KILL-{number:05}" for number in range(count)]
    orders = (sandbox.example("R_BVPN_FR_1", reference) for reference in references)
    path.write_text("".join(f"{json.dumps(order)}\n" for order in orders), encoding="utf-8")
    return references


def killed_and_run_again(folder: Path, *, count: int, kills: int, seed: int) -> Tally:
    """Run it, kill it with SIGKILL whenever the results file has reached a random length, and run it to its end.

    Args:
        folder: an empty one.
        count: orders.
        kills: how often it is killed.
        seed: of the lengths.
    """
    sandbox = Sandbox(seed=seed)
    orders, results = folder / "orders.jsonl", folder / "results.jsonl"
    write_orders(orders, sandbox, count)
    files = [str(orders), "--intents", str(folder / "intents.jsonl"), "--results", str(results)]
    command = [*COMMAND, "requests", "submit-many", *files, "--resend", "--visible-within", "0.3", "--json"]
    lengths = sorted(random.Random(seed).sample(range(1, count - 10), kills))  # noqa: S311 -- repeats on purpose
    done = 0
    with sandbox.serve_in_thread() as url:
        environment = {**os.environ, **sandbox.environment(url)}
        for length in lengths:
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
            done += _killed(process, results, length)
        last = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 -- our own
    return Tally(
        kills=done,
        committed=Counter(str(order.reference) for order in sandbox.journal.committed),
        results=[json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()],
        code=last.returncode,
        summary=json.loads(last.stdout),
    )


def _killed(process: subprocess.Popen[bytes], results: Path, length: int) -> bool:
    ends = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < ends:
        if results.exists() and results.read_bytes().count(b"\n") >= length:
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _by_hand(count: int, kills: int) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = killed_and_run_again(Path(folder), count=count, kills=kills, seed=int(time.time()))
    print(  # noqa: T201 -- it reports on the terminal
        f"{count} lines, killed {tally.kills} times: {sum(tally.committed.values())} orders,"
        f" {sum(times > 1 for times in tally.committed.values())} twice; results file of {len(tally.results)} records,"
        f" {dict(Counter(record['status'] for record in tally.results))}; exit code {tally.code};"
        f" {time.monotonic() - begun:.0f} s"
    )


if __name__ == "__main__":
    _by_hand(int(sys.argv[1]), int(sys.argv[2]))
