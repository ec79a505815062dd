"""The command `requests submit-many`: it places each order of a file once, even if it is killed and run again."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from orange_ordering_client.cli.failures import (
    DONE,
    INTERRUPTED,
    REFUSED,
    UNKNOWN,
    USAGE,
    Failure,
    code_of,
    note,
    sentence_of,
)
from orange_ordering_client.cli.options import AsJson, AsJsonLines, Language, Timeout, client, command
from orange_ordering_client.cli.order_files import FAULT_COLUMNS, Fault, OrderLine, read_orders
from orange_ordering_client.cli.output import Output, console_on
from orange_ordering_client.cli.requests import Resend, VisibleWithin, submission_dict
from orange_ordering_client.cli.results import ResultsFile
from orange_ordering_client.errors import (
    ConnectionFailed,
    DeadlineExceeded,
    OrderingError,
    RateLimited,
    ServerError,
    TokenError,
    Unauthorized,
)
from orange_ordering_client.orders.errors import ReferenceUnchecked
from orange_ordering_client.orders.file_locks import IntentFileError

if TYPE_CHECKING:
    from orange_ordering_client.client import OrderingClient
    from orange_ordering_client.orders.batch import Result
    from orange_ordering_client.orders.intent_file import IntentFile

__all__ = ["register"]

_PASSING: Final = (
    ConnectionFailed, DeadlineExceeded, IntentFileError, RateLimited, ReferenceUnchecked, ServerError, TokenError,
    Unauthorized,
)  # fmt: skip
"""Errors after which an order was certainly not placed, for a reason outside the order."""

_WORDS: Final = {
    "placed": "placed",
    "already_there": "already there",
    "unknown": "unknown",
    "refused": "refused",
    "not_placed": "not placed",
}
_STOPS_AFTER: Final = 3
"""The run stops after this many times `concurrency` consecutive failures for temporary reasons."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    example = "orange-ordering requests submit-many orders.csv --intents intents.jsonl --results results.jsonl"
    command(app, "submit-many", example=f"{example} --dry-run\n{example}")(submit_many)


async def submit_many(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Orders: .jsonl, one a line; or .csv, columns named by paths.")
    ],
    intents: Annotated[Path | None, typer.Option(help="File that remembers what was sent; keep it. Required.")] = None,
    results: Annotated[Path | None, typer.Option(help="File that tells what became of each order. Required.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every order, and send nothing.")] = False,
    concurrency: Annotated[int, typer.Option(help="Orders under way at once.")] = 8,
    resend: Resend = False,
    visible_within: VisibleWithin = 30.0,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> int:
    """Place the orders of a file, each once.

    The whole file is checked first; if it has a fault, nothing is sent. If the command is interrupted or killed, run it
    again: it continues where it stopped, and tries orders again that were refused or whose outcome is unknown.
    """
    from orange_ordering_client.orders.intent_file import IntentFile

    output = Output.of(as_json, as_lines)
    lines, faults = read_orders(file)
    if not dry_run:
        intents, results = _files(file, intents, results)
    kept = ResultsFile(results) if results is not None and (not dry_run or results.exists()) else None
    try:
        todo = [line for line in lines if kept is None or kept.placed(line) is None]
        async with client(language, timeout) as ordering:
            faults = sorted([*faults, *await _unfit(ordering, todo, bool(faults))], key=lambda fault: fault.line)
            if faults:
                return _report(output, file, faults)
            if dry_run or kept is None or intents is None:
                output.one({"orders": len(lines), "faults": 0, "toBeSent": len(todo), "sent": 0})
                return DONE
            with IntentFile(intents) as store:
                run = _Run(ordering, kept, lines, todo, concurrency)
                await run.through(store, resend=resend, visible_within=visible_within)
        kept.tidy(lines)
        output.one({"orders": len(lines), **run.counts(), "results": str(results)})
        return run.code()
    finally:
        if kept is not None:
            kept.close()


def _files(file: Path, intents: Path | None, results: Path | None) -> tuple[Path, Path]:
    for name, path, why in (
        ("--intents", intents, "without it, a command that is killed and run again could place orders twice"),
        ("--results", results, "it tells what became of each order"),
    ):
        if path is None:
            raise Failure(f"{name} is missing: give it a file of its own; {why}.")
    assert intents is not None  # noqa: S101 -- checked above; for the type checkers
    assert results is not None  # noqa: S101 -- the same
    if len({path.resolve() for path in (file, intents, results)}) < 3:
        raise Failure("The orders, --intents and --results are not three files: give each its own.")
    return intents, results


async def _unfit(ordering: OrderingClient, lines: list[OrderLine], faulty: bool) -> list[Fault]:
    """Return the faults that the schemas find; if the catalog cannot be read, other faults of the file are reported."""
    from orange_ordering_client.cli.checking import check_schemas

    try:
        found, warnings = await check_schemas(ordering, lines)
    except OrderingError as error:
        if not faulty:
            raise
        found, warnings = [], [sentence_of(error)]
    for warning in warnings:
        note(f"Not checked wholly: {warning}")
    return found


def _report(output: Output, file: Path, faults: list[Fault]) -> int:
    output.items([fault.to_dict() for fault in faults], FAULT_COLUMNS, none="")
    many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    note(f"Nothing was sent: {file} has {many}. Correct them and run again.")
    return USAGE


class _Run:
    """One run over the orders that are not known to exist."""

    def __init__(
        self,
        ordering: OrderingClient,
        kept: ResultsFile,
        lines: list[OrderLine],
        todo: list[OrderLine],
        concurrency: int,
    ) -> None:
        self._ordering = ordering
        self._kept = kept
        self._lines = lines
        self._todo = todo
        self._concurrency = concurrency
        self._status = Counter(str(record["status"]) for line in lines if (record := kept.placed(line)) is not None)
        self._in_a_row = 0

    async def through(self, store: IntentFile, *, resend: bool, visible_within: float) -> None:
        """Submit the orders, and write the result of each."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        results = self._ordering.requests.submit_many(
            self._todo, concurrency=self._concurrency, validate=False, resend=resend, visible_within=visible_within,
            intents=store,
        )  # fmt: skip
        bar = Progress(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
            console=console_on(sys.stderr), disable=not sys.stderr.isatty(),
        )  # fmt: skip
        with bar:
            task = bar.add_task(self._said(), total=len(self._lines), completed=len(self._lines) - len(self._todo))
            try:
                async with aclosing(results):
                    async for result in results:
                        self._keep(result)
                        bar.update(task, advance=1, description=self._said())
            except asyncio.CancelledError:
                raise Failure(
                    f"Interrupted: {self._said()} of {len(self._lines)} orders. Run the same command again to go on.",
                    INTERRUPTED,
                ) from None

    def counts(self) -> dict[str, int]:
        """Return the number of orders of the file for each outcome, including those of earlier runs."""
        return {name: self._status[key] for key, name in zip(_WORDS, _COUNTS, strict=True)}

    def code(self) -> int:
        """Return the exit code of the worst outcome."""
        if self._status["unknown"]:
            return UNKNOWN
        return REFUSED if self._status["refused"] or self._status["not_placed"] else DONE

    def _keep(self, result: Result[OrderLine]) -> None:
        record = _record(result)
        try:
            self._kept.append(record)
        except OSError as error:
            raise Failure(
                f"The results cannot be written: {error.strerror}. What was sent is in the file of --intents:"
                " make room, and run the same command again.",
                UNKNOWN,
            ) from None
        status = record["status"]
        self._status[status] += 1
        self._in_a_row = self._in_a_row + 1 if status == "not_placed" else 0
        stops = isinstance(result.error, (IntentFileError, TokenError, Unauthorized))
        if stops or self._in_a_row >= _STOPS_AFTER * self._concurrency:
            raise Failure(
                f"Stopped, as nothing gets through: {record['error']} ({self._said()} of {len(self._lines)} orders."
                " Run the same command again to go on.)",
                UNKNOWN if self._status["unknown"] else code_of(cast("OrderingError", result.error)),
            )

    def _said(self) -> str:
        return ", ".join(f"{self._status[key]} {words}" for key, words in _WORDS.items())


_COUNTS: Final = ("placed", "alreadyThere", "unknown", "refused", "notPlaced")


def _record(result: Result[OrderLine]) -> dict[str, Any]:
    line, error = result.order, result.error
    record: dict[str, Any] = {"line": line.line}
    if result.submission is not None:
        record |= submission_dict(line, result.submission)
    else:
        record |= {"customerReference": line.reference, "type": line.type, "status": _failed(error)}
        record["error"] = sentence_of(error) if isinstance(error, OrderingError) else type(error).__name__
        record["errorType"] = type(error).__name__
    return {**record, "digest": line.digest, "at": datetime.now(UTC).isoformat(timespec="seconds")}


def _failed(error: Exception | None) -> str:
    if not isinstance(error, OrderingError) or code_of(error) == UNKNOWN:
        return "unknown"
    return "not_placed" if isinstance(error, _PASSING) else "refused"
