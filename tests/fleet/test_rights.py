"""The rights that docs/fleet.md lists are enough, and no more than needed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orange_ordering_client.fleet import FleetError
from tests.fleet.clients import world

PAGE = Path(__file__).parents[2] / "docs" / "fleet.md"


@pytest.fixture
def role(dsn: str) -> Iterator[str]:
    name = f"ordering_{uuid.uuid4().hex[:8]}"
    statements = re.search(r"```sql\n(CREATE ROLE.*?)```", PAGE.read_text(), re.DOTALL)
    assert statements is not None
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(re.sub(r"\bordering\b", name, statements[1]).encode())
    yield name
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


async def test_the_rights_of_the_documentation_are_enough(dsn: str, role: str) -> None:
    async with world(psycopg.conninfo.make_conninfo(dsn, user=role)) as here:
        client = await here.client()
        submission = await client.requests.submit(here.order())
        changes = client.requests.watch(group="billing", interval=0.05, visible_within=0)
        change = await anext(aiter(changes))
        await changes.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert change.request.id == submission.request.id


async def test_the_role_of_the_processes_cannot_change_the_tables(dsn: str, role: str) -> None:
    with (
        psycopg.connect(psycopg.conninfo.make_conninfo(dsn, user=role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE orange_ordering.mine ()")


async def test_migrating_with_it_says_so(dsn: str, role: str) -> None:
    async with world(psycopg.conninfo.make_conninfo(dsn, user=role)) as here, here.fleet() as fleet:
        with pytest.raises(FleetError, match=r"docs/fleet\.md"):
            await fleet.migrate()


@pytest.mark.parametrize("query", re.findall(r"^(SELECT .*?;)", PAGE.read_text(), re.DOTALL | re.MULTILINE))
def test_the_queries_to_watch_it_by_work(dsn: str, query: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(query.encode())
