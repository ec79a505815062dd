"""`fleet migrate`, with a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orange_ordering_client.cli.fleet import DATABASE
from orange_ordering_client.fleet.schema import LATEST
from tests.cli.conftest import Cli
from tests.cli.killing import COMMAND
from tests.fleet.conftest import empty, postgres

__all__ = ["empty", "postgres"]

DONE = f"The tables of the fleet are of version {LATEST}.\n"
PASSWORD = "s3cr3t-of-the-database"


async def versions(dsn: str) -> list[int]:
    import psycopg

    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        found = await connection.execute("SELECT version FROM orange_ordering.migrations ORDER BY version")
        return [version for (version,) in await found.fetchall()]


def test_the_tables_are_made_by_a_process_that_has_the_dsn_in_its_environment_only(empty: str) -> None:
    done = subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "fleet", "migrate"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), DATABASE: empty},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, DONE, "")
    assert asyncio.run(versions(empty))[-1] == LATEST


def test_it_may_be_run_again(cli: Cli, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, empty)

    first, second = cli("fleet", "migrate"), cli("fleet", "migrate")

    assert (first.code, first.out) == (second.code, second.out) == (0, DONE)


def test_the_version_is_json_if_asked_for(cli: Cli, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, empty)

    assert cli("fleet", "migrate", "--json").json == {"version": LATEST}


@pytest.mark.parametrize("value", [None, "", " "])
def test_without_a_dsn_the_variable_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv(DATABASE, raising=False)
    else:
        monkeypatch.setenv(DATABASE, value)

    said = cli("fleet", "migrate")

    assert (said.code, said.out) == (2, "")
    assert (
        said.err == f"{DATABASE} is not set: set it to the DSN of the database, such as postgresql://user@host/name.\n"
    )


@pytest.mark.parametrize("dsn", [f"postgresql://u:{PASSWORD}@h/d", f"host=h password={PASSWORD}"])
def test_a_dsn_on_the_command_line_is_refused_and_not_repeated(cli: Cli, dsn: str) -> None:
    said = cli("fleet", "migrate", dsn)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("The DSN of a database is not taken from the command line")
    assert DATABASE in said.err
    assert PASSWORD not in said.err


def test_a_dsn_that_cannot_be_read_is_not_repeated(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, f"password={PASSWORD} nonsense")

    said = cli("fleet", "migrate")

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("The DSN of the fleet cannot be read")
    assert PASSWORD not in said.err


def test_a_database_that_cannot_be_reached_is_one_sentence(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, f"host={tmp_path} user=u dbname=d password={PASSWORD}")

    said = cli("fleet", "migrate")

    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert PASSWORD not in said.err


def test_without_psycopg_the_extra_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, "postgresql://u@h/d")
    monkeypatch.setattr("orange_ordering_client.fleet.database.find_spec", lambda name: None)

    said = cli("fleet", "migrate")

    assert said.code == 2
    assert said.err == "PostgresFleet needs psycopg: pip install 'orange-ordering-client[postgres]'.\n"
