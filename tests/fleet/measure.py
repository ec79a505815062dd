"""Measures what a fleet of processes shares: tokens, and the pause after a rate limit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import attrs

from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.sandbox.api.limits import RateLimit
from orange_ordering_client.sandbox.domain.journal import Received
from tests.fleet.chaos.parts import ROOT, postgres

__all__ = ["Limited", "limited", "paused", "tokens"]


class Readers:
    """Programs of tests.fleet.reader, that all do the same at once."""

    def __init__(self, programs: list[subprocess.Popen[str]]) -> None:
        self._programs = programs
        self._wait("ready")

    def tell(self, line: str) -> None:
        """Have all do it, and wait until they have."""
        for program in self._programs:
            assert program.stdin is not None
            program.stdin.write(f"{line}\n")
            program.stdin.flush()
        self._wait("done")

    def _wait(self, word: str) -> None:
        for program in self._programs:
            assert program.stdout is not None
            said = program.stdout.readline().strip()
            if said != word:
                raise RuntimeError(f"A reader said {said!r} instead of {word!r}.")


@contextmanager
def readers(sandbox: Sandbox, url: str, count: int, dsn: str) -> Generator[Readers]:
    """So many programs that read from a sandbox, with a fleet if there is a DSN."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command = [sys.executable, "-m", "tests.fleet.reader", *([dsn] if dsn else [])]
    with ExitStack() as stack:
        programs: list[subprocess.Popen[str]] = []
        for _ in range(count):
            program = subprocess.Popen(  # noqa: S603 -- our own
                command,
                env=environment | sandbox.environment(url),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(program)
            stack.callback(program.kill)
            programs.append(program)
        yield Readers(programs)


def tokens(processes: int, tasks: int) -> tuple[int, int, int]:
    """Token requests: of all programs' first calls, after the token has expired, and after it was revoked."""
    sandbox = Sandbox()
    with ExitStack() as stack:
        dsn = stack.enter_context(postgres()).dsn
        url = stack.enter_context(sandbox.serve_in_thread())
        programs = stack.enter_context(readers(sandbox, url, processes, dsn))
        first = sandbox.access.issued
        sandbox.access.expire_all()
        programs.tell(f"tasks {tasks}")
        second = sandbox.access.issued
        sandbox.access.revoke_all()
        programs.tell(f"tasks {tasks}")
        return first, second - first, sandbox.access.issued - second


@attrs.frozen
class Limited:
    """What became of the calls under a rate limit.

    Attributes:
        calls: that arrived.
        rejected: of these.
        pauses: how many began; one that is in force is not begun again.
        late: calls that arrived, or were rejected, more than a second after a pause had begun, and within it.
    """

    calls: int
    rejected: int
    pauses: int
    late: int


def limited(processes: int, seconds: float, *, per_second: float, fleet: bool) -> Limited:
    """Have programs read under a rate limit that they share; of `late` are those that were rejected."""
    sandbox = Sandbox()
    sandbox.limit = RateLimit(per_second, int(per_second))
    return _counted(_received(sandbox, processes, seconds, fleet=fleet), pause=1.0, is_late_if_rejected=True)


def paused(processes: int, seconds: float, *, pause: int, share: float, fleet: bool) -> Limited:
    """Have programs read from a server that now and then asks for a pause; of `late` are all that arrive in it."""
    sandbox = Sandbox()
    sandbox.faults.add(f"GET /requests:rate-limit:429/{pause}:{share}")
    return _counted(_received(sandbox, processes, seconds, fleet=fleet), pause=pause, is_late_if_rejected=False)


def _received(sandbox: Sandbox, processes: int, seconds: float, *, fleet: bool) -> list[Received]:
    with ExitStack() as stack:
        dsn = stack.enter_context(postgres()).dsn if fleet else ""
        url = stack.enter_context(sandbox.serve_in_thread())
        programs = stack.enter_context(readers(sandbox, url, processes, dsn))
        begun = len(sandbox.journal.received)
        programs.tell(f"seconds {seconds}")
        return [entry for entry in list(sandbox.journal.received)[begun:] if entry.operation != "token"]


def _counted(received: list[Received], pause: float, *, is_late_if_rejected: bool) -> Limited:
    began = float("-inf")
    pauses = late = rejected = 0
    for entry in received:
        at = datetime.fromisoformat(entry.at).timestamp()
        is_rejected = entry.status == 429
        rejected += is_rejected
        in_force = at < began + pause
        if is_late_if_rejected:
            # The strictest reading: a rejection that begins the next pause counts, too.
            late += is_rejected and at > began + 1 and pauses > 0
        else:
            late += in_force and at > began + 1
        if is_rejected and not in_force:
            began = at
            pauses += 1
    return Limited(len(received), rejected, pauses, late)


def main() -> None:
    say = sys.stdout.write
    first, expired, revoked = tokens(8, 200)
    say(f"8 processes x 200 tasks: {first} token request at first, {expired} once expired, {revoked} once revoked\n")
    for fleet in (True, False):
        how = "one fleet" if fleet else "no fleet"
        seen = limited(6, 20, per_second=20, fleet=fleet)
        say(
            f"20 calls a second for 6 processes, {how}: {seen.calls} calls, {seen.rejected} rejected in {seen.pauses}"
            f" pauses, {seen.late} ({seen.late / seen.calls:.1%}) of them after the first second of a pause\n"
        )
        seen = paused(6, 20, pause=3, share=0.02, fleet=fleet)
        say(
            f"pauses of 3 s for 6 processes, {how}: {seen.calls} calls, {seen.pauses} pauses,"
            f" {seen.late} ({seen.late / seen.calls:.1%}) calls after the first second of a pause\n"
        )


if __name__ == "__main__":
    main()
