"""The commands `catalog list`, `show`, `schema` and `validate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, cast

import typer

from orange_ordering_client.cli.failures import DONE, REFUSED, USAGE, Failure, note
from orange_ordering_client.cli.options import AsJson, AsJsonLines, Language, Timeout, client, command
from orange_ordering_client.cli.order_files import FAULT_COLUMNS, read_orders
from orange_ordering_client.cli.output import Output
from orange_ordering_client.cli.requests import all_of
from orange_ordering_client.cli.tables import Column

__all__ = ["register"]

_COLUMNS: Final = (
    Column("ID", "id", rank=0),
    Column("NAME", "name", rank=1, flexible=True),
    Column("CATALOG", "catalog.name", rank=2, flexible=True),
    Column("UPDATED", "updatedAt", rank=3),
)

ItemId = Annotated[str, typer.Argument(metavar="ID", help="Of the catalog item; it is the type of its orders.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list", example="orange-ordering catalog list --language fr")(list_)
    command(app, "show", example="orange-ordering catalog show R_BVPN_FR_1")(show)
    command(app, "schema", example="orange-ordering catalog schema R_BVPN_FR_1 > schema.json")(schema)
    command(app, "validate", example="orange-ordering catalog validate orders.csv")(validate)


async def list_(
    limit: Annotated[int, typer.Option(help="Items on one page, 1 to 250.")] = 50,
    offset: Annotated[int, typer.Option(help="Items to skip.")] = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="Read every page, with a progress bar on a terminal.")
    ] = False,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """List what can be ordered."""
    output = Output.of(as_json, as_lines)
    async with client(language, timeout) as ordering:
        pager = ordering.catalog.list(offset=offset, limit=250 if everything else limit)
        await all_of(pager, output, _COLUMNS, everything=everything, what="catalog items")


async def show(
    item_id: ItemId,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Show one catalog item, without its schema."""
    output = Output.of(as_json, as_lines)
    async with client(language, timeout) as ordering:
        output.one((await ordering.catalog.get(item_id)).to_dict())


async def schema(
    item_id: ItemId,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Write the JSON Schema of an item's orders; always JSON."""
    output = Output.of(as_json or not as_lines, as_lines)
    async with client(language, timeout) as ordering:
        item = await ordering.catalog.get(item_id, includes="schemas")
    found: Any = item.schema
    try:
        found = json.loads(found) if isinstance(found, str) else found
    except (ValueError, RecursionError):
        raise Failure(f"The schema of {item_id} is not JSON: Orange has to correct it.", REFUSED) from None
    if not isinstance(found, dict):
        raise Failure(f"The catalog has no schema for {item_id}; its orders can be sent without.", REFUSED)
    output.one(cast("dict[str, Any]", found))


async def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Orders: .json (one), .jsonl or .csv (many).")],
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> int:
    """Check orders against the schemas of the catalog; nothing is ordered."""
    from orange_ordering_client.cli.checking import check_schemas

    output = Output.of(as_json, as_lines)
    lines, faults = read_orders(file)
    if lines:
        async with client(language, timeout) as ordering:
            found, warnings = await check_schemas(ordering, lines)
        faults = sorted([*faults, *found], key=lambda fault: fault.line)
        for warning in warnings:
            note(f"Not checked wholly: {warning}")
    if output.for_people and not faults:
        output.say(f"{len(lines)} {'order is' if len(lines) == 1 else 'orders are'} what the catalog asks for.")
    else:
        output.items([fault.to_dict() for fault in faults], FAULT_COLUMNS, none="")
    return USAGE if faults else DONE
