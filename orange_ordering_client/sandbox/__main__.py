"""`python -m orange_ordering_client.sandbox`: serves a sandbox in its own process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
from collections.abc import Sequence
from datetime import datetime

from orange_ordering_client.sandbox import Fault, RateLimit, Sandbox
from orange_ordering_client.sandbox.faults.fault import KINDS
from orange_ordering_client.sandbox.http.server import SandboxServer, listen

__all__ = ["main"]

_KEPT = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 after Ctrl-C, 1 if it cannot serve, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    try:
        listener, url = listen(options.host, options.port)
    except OSError as error:
        reason = error.strerror or error
        sys.stderr.write(f"Cannot serve at {options.host}:{options.port}: {reason}. Choose another --port.\n")
        return 1
    sandbox = _sandbox(options)
    _introduce(sandbox, url)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sandbox, listener))
    sys.stdout.write("\n# The sandbox has stopped; its requests are deleted.\n")
    return 0


async def _serve(sandbox: Sandbox, listener: socket.socket) -> None:
    await SandboxServer(sandbox.app, signals=True).serve([listener])


def _sandbox(options: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(
        seed=options.seed,
        now=options.now,
        completes_after=options.completes_after,
        token_lifetime=options.token_lifetime,
        journal_keeps=_KEPT,
    )
    sandbox.limit = options.rate_limit
    sandbox.faults.add(*options.fault)
    sandbox.requests.seed(options.requests)
    sandbox.app.admin = options.admin
    return sandbox


def _introduce(sandbox: Sandbox, url: str) -> None:
    lines = [
        f"# The sandbox is at {url}; Ctrl-C stops it. Variables for a client:",
        *(f"export {name}={value}" for name, value in sandbox.environment(url).items()),
        *(f"# fault: {fault}" for fault in sandbox.faults),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m orange_ordering_client.sandbox",
        description="Serve an Ordering API in memory.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n" + "\n".join(f"  {name:<20}{text}" for name, text in KINDS.items()),
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8787, help="0 chooses a free port (default: %(default)s)")
    add(
        "--seed",
        type=int,
        default=0,
        help="repeats ids, tokens, progress and faults (default: %(default)s)",
    )
    add("--requests", type=int, default=0, metavar="N", help="start with N requests that were created in the past")
    add("--completes-after", type=float, default=60.0, metavar="SECONDS", help="from NEW to COMPLETED (default: 60)")
    add("--token-lifetime", type=float, default=3600.0, metavar="SECONDS", help="(default: 3600)")
    add("--now", type=_moment, metavar="ISO", help="stop the clock at this time, which has a UTC offset")
    add("--fault", type=_fault, action="append", default=[], metavar="FAULT",
        help="CALL:FAULT[:ARGUMENT][:PROBABILITY], "
        "such as 'POST /requests:drop-after:0.1', '*:error:503/5:0.05', 'token:latency:2'; "
        "once without a probability, every time with 1; repeatable")  # fmt: skip
    add("--rate-limit", type=_limit, metavar="PER_SECOND/BURST[:429|403[:seconds|date|absent]]")
    add(
        "--admin",
        action="store_true",
        help="serve /_sandbox/journal, /_sandbox/faults etc. without authentication",
    )
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no UTC offset; write {text}Z")
    return moment


def _fault(text: str) -> Fault:
    try:
        return Fault.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _limit(text: str) -> RateLimit:
    try:
        return RateLimit.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":  # pragma: no cover  # the tests run it as a process
    sys.exit(main())
