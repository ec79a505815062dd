"""The command `fleet migrate`."""

from __future__ import annotations

import os
from typing import Final

import typer

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.options import AsJson, AsJsonLines, command
from orange_ordering_client.cli.output import Output

__all__ = ["DATABASE", "register"]

DATABASE: Final = "ORANGE_ORDERING_DATABASE"
"""Name of the environment variable with the DSN of the fleet's database."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "migrate", example=f"export {DATABASE}=...\norange-ordering fleet migrate")(migrate)


async def migrate(as_json: AsJson = False, as_lines: AsJsonLines = False) -> None:
    """Make the tables of a fleet, or bring them up to date; safe to run twice, and by several at once.

    The DSN comes from ORANGE_ORDERING_DATABASE, because it may hold a password: postgresql://user@host/database.
    """
    from orange_ordering_client.fleet import PostgresFleet

    output = Output.of(as_json, as_lines)
    dsn = os.environ.get(DATABASE, "").strip()
    if not dsn:
        raise Failure(f"{DATABASE} is not set: set it to the DSN of the database, such as postgresql://user@host/name.")
    async with PostgresFleet(dsn) as fleet:
        version = await fleet.migrate()
    output.say(f"The tables of the fleet are of version {version}.")
    if not output.for_people:
        output.one({"version": version})
