"""The commands `requests list`, `show`, `submit` and `wait`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from orange_ordering_client.cli.failures import DONE, REFUSED, UNKNOWN, Failure, note
from orange_ordering_client.cli.options import AsJson, AsJsonLines, Language, Timeout, client, command
from orange_ordering_client.cli.order_files import OrderLine, read_one
from orange_ordering_client.cli.output import Output, console_on
from orange_ordering_client.cli.tables import Column

if TYPE_CHECKING:
    from orange_ordering_client.orders.results import Submission
    from orange_ordering_client.pagination import Pager

__all__ = ["REQUEST_COLUMNS", "all_of", "register"]

REQUEST_COLUMNS: Final = (
    Column("ID", "id", rank=0),
    Column("REFERENCE", "customerReference", rank=1, flexible=True),
    Column("TYPE", "type", rank=4),
    Column("STATUS", "status", rank=0),
    Column("STEP", "step", rank=6),
    Column("WANTED", "keyDates.requestedAt", rank=5),
    Column("UPDATED", "updatedAt", rank=3),
)

_NEW_RUN: Final = (
    "A new run does not know of this one, and places the order twice if Orange does not list it by then. Submit the"
    " same order again only when an accepted order is certainly listed; or use --intents FILE from the first run on,"
    " with which it is looked for, and sent again only if you ask for that (--resend)."
)
"""Advice about an order that may have been sent without `--intents`."""

Intents = Annotated[
    Path | None,
    typer.Option(
        "--intents",
        help="File that remembers what was sent, so that a command that was killed, or whose outcome is unknown, can be"
        " run again at once; give it from the first run on.",
    ),
]
Resend = Annotated[
    bool,
    typer.Option(
        "--resend", help="Send again an order of unknown outcome that is not to be seen after --visible-within."
    ),
]
VisibleWithin = Annotated[
    float,
    typer.Option(
        "--visible-within", metavar="SECONDS", help="After which an order that was accepted is certainly listed."
    ),
]
OrderFile = Annotated[Path, typer.Argument(metavar="FILE", help="One order as JSON; - reads it from stdin.")]
RequestId = Annotated[str, typer.Argument(metavar="ID", help="Orange's id of the request.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list", example="orange-ordering requests list --status IN_PROGRESS --all --jsonl")(list_)
    command(app, "show", example="orange-ordering requests show 4f6a1c9e")(show)
    command(app, "submit", example="orange-ordering requests submit order.json --intents intents.jsonl")(submit)
    command(app, "wait", example="orange-ordering requests wait 4f6a1c9e --timeout 3600")(wait)


async def list_(
    status: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    request_type: Annotated[list[str] | None, typer.Option("--type", help="Only these; may be repeated.")] = None,
    reference: Annotated[
        list[str] | None, typer.Option(help="Only these references of yours; may be repeated.")
    ] = None,
    sort: Annotated[str | None, typer.Option(help="An attribute; a leading - sorts in descending order.")] = None,
    limit: Annotated[int, typer.Option(help="Requests on one page, 1 to 250.")] = 50,
    offset: Annotated[int, typer.Option(help="Requests to skip.")] = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="Read every page, with a progress bar on a terminal.")
    ] = False,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """List requests, one page unless told otherwise."""
    output = Output.of(as_json, as_lines)
    filters: dict[str, Any] = {"status": status, "type": request_type, "customer_reference": reference, "sort": sort}
    given = {name: value for name, value in filters.items() if value}
    async with client(language, timeout) as ordering:
        pager = ordering.requests.list(**given, offset=offset, limit=250 if everything else limit)
        await all_of(pager, output, REQUEST_COLUMNS, everything=everything, what="requests")


async def all_of(
    pager: Pager[Any], output: Output, columns: tuple[Column, ...], *, everything: bool, what: str
) -> None:
    """Write a page of a list, or the whole list.

    Args:
        pager: list of which no page was read yet.
        output: output for the items.
        columns: columns of the table.
        everything: whether to read every page.
        what: name of the items, for messages.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    none = f"There are no such {what}."
    if not everything:
        page = await pager
        output.items([item.to_dict() for item in page], columns, none=none)
        if output.for_people and page.has_next:
            following = page.offset + len(page)
            note(f"{len(page)} of {page.total or 'more'} {what}; --all lists them all, --offset {following} the next.")
        return
    items: list[dict[str, Any]] = []
    # On a terminal, lines and a progress bar would overwrite each other.
    watched = sys.stderr.isatty() and not (output.form == "jsonl" and sys.stdout.isatty())
    bar = Progress(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console_on(sys.stderr), transient=True, disable=not watched,
    )  # fmt: skip
    with bar:
        task = bar.add_task(what, total=None)
        async for page in pager.pages():
            bar.update(task, total=page.total, advance=len(page))
            for item in page:
                if output.form == "jsonl":
                    output.line(item.to_dict())
                else:
                    items.append(item.to_dict())
    if output.form != "jsonl":
        output.items(items, columns, none=none)


async def show(
    request_id: RequestId,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Show everything about one request."""
    output = Output.of(as_json, as_lines)
    async with client(language, timeout) as ordering:
        output.one((await ordering.requests.get(request_id)).to_dict())


async def submit(
    file: OrderFile,
    intents: Intents = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the order, and send nothing.")] = False,
    resend: Resend = False,
    visible_within: VisibleWithin = 30.0,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> int:
    """Place one order, once: with --intents, the same command run again looks for it instead of placing it twice.

    Without --intents, a new run does not know of an earlier one: if it runs before Orange lists the order, it places it
    twice. After an unknown outcome, Ctrl-C or a kill, wait until an accepted order is certainly listed.
    """
    from orange_ordering_client.orders.errors import OutcomeUnknown
    from orange_ordering_client.orders.intent_file import IntentFile

    output = Output.of(as_json, as_lines)
    line = read_one(file)
    async with client(language, timeout) as ordering:
        if dry_run:
            validation = await ordering.catalog.validate(line.order)
            if validation.violations:
                raise Failure(
                    "The order is not what the catalog asks for: " + " ".join(map(str, validation.violations))
                )
            output.one({"customerReference": line.reference, "type": line.type, "valid": True})
            for warning in validation.warnings:
                note(f"Not checked wholly: {warning}")
            return DONE
        store = None if intents is None else IntentFile(intents)
        try:
            submission = await ordering.requests.submit(
                line.order, resend=resend, visible_within=visible_within, intents=store
            )
        except OutcomeUnknown as error:
            if store is not None:
                raise
            # The SDK's advice is for the same client; the next command has another one.
            raise OutcomeUnknown(error.reference, error.tried, _NEW_RUN) from error
        except asyncio.CancelledError:
            advice = _NEW_RUN if store is None else "Run the same command again, which looks for it first."
            raise Failure(f"Interrupted: order {line.reference!r} may have been sent. {advice}", UNKNOWN) from None
        finally:
            if store is not None:
                store.close()
    output.one(submission_dict(line, submission))
    return DONE


def submission_dict(line: OrderLine, submission: Submission) -> dict[str, Any]:
    """Return the result for an order that exists, as a JSON object."""
    request = submission.request
    found: dict[str, Any] = {
        "customerReference": line.reference,
        "type": line.type,
        "status": "already_there" if submission.already_there else "placed",
        "id": request.id,
        "requestStatus": request.status,
        "recovered": submission.recovered,
    }
    if submission.changes:
        found["changes"] = [str(change) for change in submission.changes]
    return found


async def wait(
    request_id: RequestId,
    until: Annotated[
        list[str] | None, typer.Option(help="A status to wait for; may be repeated. Otherwise: the end.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="To wait in all; otherwise as long as it takes.")
    ] = None,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", help="Until the second look; pauses grow from there.")
    ] = 5.0,
    language: Language = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> int:
    """Wait until a request has ended; exit code 0 if it was completed, 1 if it ended otherwise, 3 if time ran out."""
    output = Output.of(as_json, as_lines)
    async with client(language, None) as ordering:
        with console_on(sys.stderr).status(f"Waiting for {request_id}"):
            outcome = await ordering.requests.wait(request_id, until=until or None, timeout=timeout, interval=interval)
        output.one(outcome.request.to_dict())
    return DONE if (outcome.reached if until else outcome.completed) else REFUSED
