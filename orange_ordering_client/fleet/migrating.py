"""Creation and update of the tables of a fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orange_ordering_client.fleet.errors import FleetError
from orange_ordering_client.fleet.schema import LATEST, MIGRATIONS

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from orange_ordering_client.fleet.database import Database

__all__ = ["migrate"]

_LOCK = 6_027_051_841
"""Key of pg_advisory_xact_lock; any number that other programs are unlikely to use."""


async def migrate(database: Database) -> int:
    """Create or update the tables in one transaction. Repeated and concurrent calls are safe.

    Returns:
        The version of the tables.

    Raises:
        FleetError: the database cannot be reached, refuses a statement, or has tables of a later version.
    """

    async def work(connection: AsyncConnection[Any]) -> int:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            row = await (
                await connection.execute("SELECT to_regclass('orange_ordering.migrations') IS NOT NULL")
            ).fetchone()
            if row == (False,):
                # Not IF NOT EXISTS, which needs the right to create schemas even if the schema exists.
                row = await (
                    await connection.execute("SELECT to_regnamespace('orange_ordering') IS NOT NULL")
                ).fetchone()
                if row == (False,):
                    await connection.execute("CREATE SCHEMA orange_ordering")
                await connection.execute(
                    "CREATE TABLE orange_ordering.migrations ("
                    "version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())"
                )
            row = await (
                await connection.execute("SELECT coalesce(max(version), 0) FROM orange_ordering.migrations")
            ).fetchone()
            found: int = row[0] if row else 0
            for version, statements in MIGRATIONS:
                if version > found:
                    await connection.execute(statements)
                    await connection.execute("INSERT INTO orange_ordering.migrations (version) VALUES (%s)", [version])
            return max(found, LATEST)

    version = await database.run(work)
    if version > LATEST:
        raise FleetError(
            f"The fleet's tables have version {version}, and this package supports {LATEST}: update the package."
        )
    return version
