"""The command `requests submit-many`: it places each order of a file once, even if it is killed and run again."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

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
from orange_ordering_client.cli.results import Api, ResultsFile
from orange_ordering_client.errors import (
    BusinessRuleViolation,
    ConnectionFailed,
    DeadlineExceeded,
    OrderingError,
    RateLimited,
    ServerError,
    TokenError,
    Unauthorized,
)
from orange_ordering_client.orders.errors import ReferenceConflict, ReferenceUnchecked
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

_STOPPING: Final = (IntentFileError, TokenError, Unauthorized)
"""Errors after which no other order can be placed either."""

_AFTER_A_LOOK: Final = (BusinessRuleViolation, ReferenceConflict)
"""Errors that are raised only after a look-up of the order, so that they say what became of it in earlier runs, too."""

_BESIDE: Final = {"--intents": (".lock", ".new", ".claims"), "--results": (".lock", ".new")}
"""Endings of the names of the files that are made beside a file."""

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
        intents, results = _required(intents, results)
    _check_names(file, intents, results)
    kept = _opened(results, dry_run)
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
                run = _Run(ordering, kept, store, lines, todo, concurrency)
                await run.through(resend=resend, visible_within=visible_within)
        untidy = _tidied(kept, lines)
        output.one({"orders": len(lines), **run.counts(), "results": str(results)})
        if untidy is not None:
            note(
                f"{results} has every result, but could not be sorted ({untidy}); the last record of an order counts."
                " Correct that, and run the same command again to sort it."
            )
        return run.code()
    finally:
        if kept is not None:
            kept.close()


def _required(intents: Path | None, results: Path | None) -> tuple[Path, Path]:
    for name, path, why in (
        ("--intents", intents, "without it, a command that is killed and run again could place orders twice"),
        ("--results", results, "it tells what became of each order"),
    ):
        if path is None:
            raise Failure(f"{name} is missing: give it a file of its own; {why}.")
    assert intents is not None  # noqa: S101 -- checked above; for the type checkers
    assert results is not None  # noqa: S101 -- the same
    return intents, results


def _check_names(file: Path, intents: Path | None, results: Path | None) -> None:
    given = {"the file of orders": file, "--intents": intents, "--results": results}
    places = {name: os.path.normcase(os.path.realpath(path)) for name, path in given.items() if path is not None}
    if len(set(places.values())) < len(places):
        raise Failure("The orders, --intents and --results are not three files: give each its own.")
    owners = {place: name for name, place in places.items()}
    for name, place in places.items():
        for ending in _BESIDE.get(name, ()):
            other = owners.setdefault(f"{place}{ending}", name)
            if other != name:
                raise Failure(
                    f"{given[name]}{ending} is made beside {name}, and is also needed for {other}: give {name} or"
                    f" {other} another name."
                )
    # It could be the results of another run, which the run with the shorter name replaces.
    if results is not None and results.suffix == ".new":
        raise Failure(f"--results {results} ends in .new, as files that submit-many replaces: give it another name.")


def _opened(results: Path | None, dry_run: bool) -> ResultsFile | None:
    if results is None or (dry_run and not results.exists()):
        return None
    return ResultsFile(results, Api.of_environment())


def _tidied(kept: ResultsFile, lines: list[OrderLine]) -> str | None:
    """Tidy the results, and return what failed, or None."""
    try:
        kept.tidy(lines)
    except OSError as error:
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    except IntentFileError as error:
        return str(error).rstrip(".")
    return None


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
        store: IntentFile,
        lines: list[OrderLine],
        todo: list[OrderLine],
        concurrency: int,
    ) -> None:
        self._ordering = ordering
        self._kept = kept
        self._store = store
        self._lines = lines
        self._todo = todo
        self._concurrency = concurrency
        self._status = Counter(status for line in lines if (status := kept.status(line)) is not None)
        self._in_a_row = 0
        self._unwritable: OSError | None = None
        self._obstacle: OrderingError | None = None

    async def through(self, *, resend: bool, visible_within: float) -> None:
        """Submit the orders, and write the result of each.

        Raises:
            Failure: it was interrupted, the results cannot be written, or nothing gets through.
        """
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        results = self._ordering.requests.submit_many(
            self._until_it_stops(), concurrency=self._concurrency, validate=False, resend=resend,
            visible_within=visible_within, intents=self._store,
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
        self._raise_why_it_stopped()

    def counts(self) -> dict[str, int]:
        """Return the number of orders of the file for each outcome, including those of earlier runs."""
        return {name: self._status[key] for key, name in zip(_WORDS, _COUNTS, strict=True)}

    def code(self) -> int:
        """Return the exit code of the worst outcome."""
        if self._status["unknown"]:
            return UNKNOWN
        return REFUSED if self._status["refused"] or self._status["not_placed"] else DONE

    def _until_it_stops(self) -> Iterator[OrderLine]:
        # Orders under way are not cancelled when it stops: Orange may have accepted them, and then nobody would know.
        for line in self._todo:
            if self._unwritable is not None or self._obstacle is not None:
                return
            yield line

    def _keep(self, result: Result[OrderLine]) -> None:
        line, record = result.order, _record(result)
        gets_through = record["status"] != "not_placed"
        before = self._kept.status(line)
        if record["status"] in ("refused", "not_placed") and self._is_in_doubt(line, before, result.error):
            record["status"] = "unknown"
            record["error"] += " Whether an earlier run placed this order is unknown."
        self._write(record)
        if before is not None:
            self._status[before] -= 1
        self._status[record["status"]] += 1
        self._in_a_row = 0 if gets_through else self._in_a_row + 1
        too_many = self._in_a_row >= _STOPS_AFTER * self._concurrency
        if isinstance(result.error, _STOPPING) or (too_many and isinstance(result.error, OrderingError)):
            self._obstacle = self._obstacle or result.error

    def _is_in_doubt(self, line: OrderLine, before: str | None, error: Exception | None) -> bool:
        """Whether an earlier run may have placed an order that this run did not place."""
        if isinstance(error, _AFTER_A_LOOK):
            return False
        # The intents know of orders that a kill caught before their result was written.
        return before == "unknown" or self._store.recall(line.key) is not None

    def _write(self, record: dict[str, Any]) -> None:
        # Behind a record that is incomplete, no other can be read.
        if self._unwritable is not None:
            return
        try:
            self._kept.append(record)
        except OSError as error:
            self._unwritable = error

    def _raise_why_it_stopped(self) -> None:
        if self._unwritable is not None:
            raise Failure(
                f"The results cannot be written: {self._unwritable.strerror}. What was sent is in the file of"
                " --intents: make room, and run the same command again.",
                UNKNOWN,
            )
        if self._obstacle is not None:
            raise Failure(
                f"Stopped, as nothing gets through: {sentence_of(self._obstacle)} ({self._said()} of"
                f" {len(self._lines)} orders. Run the same command again to go on.)",
                UNKNOWN if self._status["unknown"] else code_of(self._obstacle),
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
