"""The commands `status`, `me`, `doctor` and `earliest`, which need no order."""

from __future__ import annotations

from typing import Annotated

import typer

from orange_ordering_client.cli.options import AsJson, AsJsonLines, Language, Timeout, client, command
from orange_ordering_client.cli.output import Output
from orange_ordering_client.cli.tables import Column

__all__ = ["register"]

_CHECKS = (
    Column("CHECK", "name", rank=0),
    Column("STATE", "state", rank=0),
    Column("FOUND", "found", rank=1, flexible=True),
)
_KNOWN_TYPES = ["R_BVPN_FR_1"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "doctor", example="orange-ordering doctor")(doctor)
    command(app, "status", example="orange-ordering status")(status)
    command(app, "me", example="orange-ordering me --json")(me)
    command(app, "earliest", example="orange-ordering earliest R_BVPN_FR_1")(earliest)


async def doctor(
    language: Language = None, timeout: Timeout = 10.0, as_json: AsJson = False, as_lines: AsJsonLines = False
) -> int:
    """Check versions, settings, proxy, TLS, clock, token, key and API, each with its fix.

    Nothing is ordered or changed, and no secret is shown.
    """
    from orange_ordering_client.cli.doctor import examine

    output = Output.of(as_json, as_lines)
    checks = await examine(language, timeout)
    output.items([check.to_dict() for check in checks], _CHECKS, none="")
    for check in checks:
        if check.fix is not None:
            output.say(f"\n{check.name}: {check.found}\n  Fix: {check.fix}")
    return max(check.code for check in checks)


async def status(
    language: Language = None, timeout: Timeout = None, as_json: AsJson = False, as_lines: AsJsonLines = False
) -> None:
    """Show whether the API works, and its version."""
    output = Output.of(as_json, as_lines)
    async with client(language, timeout) as ordering:
        output.one((await ordering.service.status()).to_dict())


async def me(
    language: Language = None, timeout: Timeout = None, as_json: AsJson = False, as_lines: AsJsonLines = False
) -> None:
    """Show whom the API key belongs to."""
    output = Output.of(as_json, as_lines)
    async with client(language, timeout) as ordering:
        output.one((await ordering.service.me()).to_dict())


async def earliest(
    request_type: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="Of the order, an id of the catalog.", autocompletion=lambda: _KNOWN_TYPES),
    ],
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Show the first day that an order sent today may ask for. No call is made."""
    from orange_ordering_client.working_days import earliest_requested_at

    output = Output.of(as_json, as_lines)
    day = earliest_requested_at(request_type).isoformat()
    output.say(day)
    if not output.for_people:
        output.one({"type": request_type, "earliestRequestedAt": day})
