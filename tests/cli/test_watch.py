"""`requests watch`: every change once, and a cursor from which the next watch goes on."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from orange_ordering_client.cli.watch import CursorFile
from tests.cli.conftest import Cli, Served, believe_in_a_terminal, interrupted_when
from tests.cli.killing import COMMAND


def test_it_gives_a_json_line_for_each_change_and_goes_on_from_its_cursor(
    cli: Cli, served: Served, tmp_path: Path
) -> None:
    cursor = tmp_path / "cursor.txt"
    first = cli("requests", "watch", "--count", "200", "--interval", "0.1", "--cursor", cursor)
    second = cli("requests", "watch", "--count", "100", "--interval", "0.1", "--cursor", cursor, "--since", "now")

    assert (first.code, first.err) == (0, "")
    ids = [line["id"] for line in (*first.lines, *second.lines)]
    assert sorted(ids) == sorted(request["id"] for request in served.sandbox.requests)


def test_since_now_gives_only_what_changes_from_here_on(cli: Cli, served: Served) -> None:
    environment = {**os.environ, **served.environment}
    command = [*COMMAND, "requests", "watch", "--since", "now", "--interval", "0.1", "--count", "1", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own
    assert process.stdout is not None
    before = len(served.sandbox.journal.received)
    while process.poll() is None and len(served.sandbox.journal.received) < before + 3:
        time.sleep(0.01)
    changed = next(request["id"] for request in served.sandbox.requests)
    served.sandbox.requests.change(changed, status="IN_PROGRESS")

    out, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == [changed]


def test_whoever_stops_reading_ends_it_quietly(served: Served) -> None:
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [*COMMAND, "requests", "watch", "--interval", "60"], env={**os.environ, **served.environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(20) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_cursor_that_is_no_text_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cursor.txt"
    path.write_bytes(b"\xff")

    said = cli("requests", "watch", "--cursor", path)

    assert (said.code, said.err) == (2, f"{path} cannot be read as a cursor: give --cursor another file.\n")


def test_nothing_is_written_where_nothing_was_given(tmp_path: Path) -> None:
    with CursorFile(tmp_path / "cursor.txt") as cursor:
        assert cursor.read() is None

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", ["0", "-1"])
def test_a_count_below_one_is_refused(cli: Cli, count: str) -> None:
    said = cli("requests", "watch", "--count", count)

    assert said.code == 2
    assert "'--count'" in said.err


def test_on_a_terminal_it_is_one_table_of_the_newest(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    believe_in_a_terminal(monkeypatch)

    said = cli("requests", "watch", "--count", "250", "--interval", "0.1")

    assert said.code == 0
    assert "200 changes; Ctrl-C ends" in said.out
    assert "{" not in said.out


def test_while_nothing_changes_it_goes_on_looking(cli: Cli, served: Served, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor.txt"
    enough = len(served.sandbox.journal.received) + 8

    with interrupted_when(lambda: len(served.sandbox.journal.received) >= enough):
        said = cli("requests", "watch", "--since", "now", "--cursor", cursor, "--interval", "0.1")

    assert (said.code, said.out) == (130, "")
    assert not cursor.exists()


def test_a_wrong_interval_is_not_blamed_on_the_cursor(cli: Cli, tmp_path: Path) -> None:
    said = cli("requests", "watch", "--cursor", tmp_path / "cursor.txt", "--interval", "0")

    assert said.err.startswith("interval is 0")


def test_ctrl_c_saves_the_cursor_behind_the_last_change(cli: Cli, served: Served, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor.txt"

    with interrupted_when(cursor.exists):
        said = cli("requests", "watch", "--cursor", cursor, "--interval", "60")
    served.sandbox.requests.change(said.lines[0]["id"], status="ON_HOLD")
    left = 301 - len(said.lines)
    rest = cli("requests", "watch", "--cursor", cursor, "--interval", "0.1", "--count", str(left))

    assert (said.code, said.err) == (130, "Interrupted.\n")
    assert sorted(line["id"] for line in (*said.lines, *rest.lines)) == sorted(
        [said.lines[0]["id"], *(request["id"] for request in served.sandbox.requests)]
    )
