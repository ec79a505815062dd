"""The commands `sandbox` and `contract`, which run the sandbox and the contract checks of the SDK."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from orange_ordering_client.cli.failures import DONE, Failure, note
from orange_ordering_client.cli.options import AsJson, AsJsonLines, command, moment
from orange_ordering_client.cli.output import Output
from orange_ordering_client.cli.tables import Column

__all__ = ["register"]

_CHECKED = (Column("CHECKED", "name", rank=0), Column("FINDING", "finding", rank=0))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "sandbox", example="orange-ordering sandbox --requests 600 --fault 'POST /requests:drop-after:0.1'")(
        sandbox
    )
    command(app, "contract", example="orange-ordering contract exchanges\norange-ordering contract --live --json")(
        contract
    )


async def sandbox(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8787,
    requests: Annotated[int, typer.Option(help="Start with so many requests of the past.")] = 0,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="CALL:FAULT[:ARGUMENT][:PROBABILITY]; once without one, every time with 1. May be repeated."),
    ] = None,
    rate_limit: Annotated[str | None, typer.Option(help="PER_SECOND/BURST[:429|403].")] = None,
    completes_after: Annotated[float, typer.Option(metavar="SECONDS", help="From NEW to COMPLETED.")] = 60.0,
    token_lifetime: Annotated[float, typer.Option(metavar="SECONDS", help="Of access tokens.")] = 3600.0,
    seed: Annotated[int, typer.Option(help="Repeats ids, tokens, fates and faults.")] = 0,
    now: Annotated[str | None, typer.Option(help="Let the clock stand still at this moment, with its zone.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Serve /_sandbox/journal and so on, to whoever asks.")] = False,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Serve an Ordering API in memory until Ctrl-C, and print the variables that connect a client to it."""
    output = Output.of(as_json, as_lines)
    try:
        from orange_ordering_client.sandbox import Fault, RateLimit, Sandbox
    except ModuleNotFoundError as error:
        raise Failure(str(error)) from None
    try:
        made = Sandbox(
            seed=seed,
            now=None if now is None else moment("--now", now),
            completes_after=completes_after,
            token_lifetime=token_lifetime,
            journal_keeps=100_000,
        )
        made.faults.add(*(Fault.parse(text) for text in fault or ()))
        made.limit = None if rate_limit is None else RateLimit.parse(rate_limit)
    except ValueError as error:
        raise Failure(f"{error} docs/sandbox.md lists what can be written.") from None
    made.requests.seed(requests)
    made.app.admin = admin
    try:
        async with made.serve(host, port) as url:
            variables = made.environment(url)
            output.say(f"# An Ordering API in memory is at {url}; Ctrl-C ends it. Point a client at it:")
            for name, value in variables.items():
                output.say(f"export {name}={value}")
            if not output.for_people:
                output.one({"url": url, "environment": variables})
            sys.stdout.flush()
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        note("The sandbox has ended, and with it all its requests.")
    except OSError as error:
        raise Failure(f"{host}:{port} cannot be served: {error.strerror or error}. Choose another --port.") from None


async def contract(
    directory: Annotated[Path | None, typer.Argument(metavar="DIR", help="Of exchanges that Recorder wrote.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the API that the environment names; reads only.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Count findings as wrong, too.")] = False,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> int:
    """Check recorded exchanges, or the API itself, against description and models."""
    output = Output.of(as_json, as_lines)
    if (directory is None) != live:
        raise Failure("Give a directory of exchanges, or --live to ask the API itself.")
    from orange_ordering_client.contract.__main__ import main

    arguments = ["--json", *(["--live"] if directory is None else [str(directory)]), *(["--strict"] if strict else [])]
    said = io.StringIO()

    def check() -> int:
        with contextlib.redirect_stdout(said):
            return main(arguments)

    # main() runs its own event loop, which needs another thread.
    code = await asyncio.to_thread(check)
    report: dict[str, Any] = json.loads(said.getvalue())
    if output.form == "json":
        output.one(report)
    else:
        output.items(_rows(report, output), _CHECKED, none="")
    for sentence in report["trouble"]:
        note(sentence)
    return code or DONE


def _rows(report: dict[str, Any], output: Output) -> list[dict[str, Any]]:
    if not output.for_people:
        return list(report["checked"])
    rows: list[dict[str, Any]] = []
    for checked in report["checked"]:
        said = [f"{found['place']}: {found['text']}" for found in checked["findings"]] or ["ok"]
        rows += [{"name": checked["name"], "finding": text} for text in said]
    return rows
