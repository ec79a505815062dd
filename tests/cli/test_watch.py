"""`requests watch`: every change once, and a cursor from which the next watch goes on."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.watch import CursorFile
from orange_ordering_client.orders.cursor import Cursor
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
    assert Cursor.parse(cursor.read_text().strip()).given == ()


@pytest.mark.timeout(30)
def test_what_changes_between_two_runs_is_not_lost_if_the_first_saw_no_change(
    cli: Cli, served: Served, tmp_path: Path
) -> None:
    cursor = tmp_path / "cursor.txt"
    arguments = ("requests", "watch", "--since", "now", "--cursor", cursor, "--interval", "0.1")
    enough = len(served.sandbox.journal.received) + 4
    with interrupted_when(lambda: len(served.sandbox.journal.received) >= enough):
        assert cli(*arguments).out == ""
    changed = next(request["id"] for request in served.sandbox.requests)
    served.sandbox.requests.change(changed, status="ON_HOLD")

    assert [line["id"] for line in cli(*arguments, "--count", "1").lines] == [changed]


def test_a_usage_error_writes_no_cursor(cli: Cli, tmp_path: Path) -> None:
    cli("requests", "watch", "--cursor", tmp_path / "cursor.txt", "--interval", "0")

    assert not list(tmp_path.iterdir())


def test_a_link_beside_the_cursor_is_refused_and_its_target_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "cursor.txt.new").symlink_to(tmp_path / "victim")

    with pytest.raises(Failure, match=r"cursor\.txt\.new is a link or no regular file: remove it"):
        CursorFile(tmp_path / "cursor.txt").write("1;;;;")

    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "cursor.txt").exists()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("is_read", [False, True], ids=["nobody reads it", "somebody reads it"])
def test_a_pipe_beside_the_cursor_is_refused(is_read: bool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cursor.txt.new")
    with ExitStack() as stack:
        if is_read:
            reader = os.open(tmp_path / "cursor.txt.new", os.O_RDONLY | os.O_NONBLOCK)
            stack.callback(os.close, reader)
        with pytest.raises(Failure, match="is a link or no regular file"):
            CursorFile(tmp_path / "cursor.txt").write("1;;;;")


def test_a_cursor_that_cannot_be_written_is_said_before_anything_is_followed(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "cursor.txt.new").mkdir()

    said = cli("requests", "watch", "--cursor", tmp_path / "cursor.txt")

    assert (said.code, said.out) == (2, "")
    assert "cursor.txt.new: Is a directory" in said.err


def test_what_a_killed_watch_left_beside_the_cursor_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "cursor.txt.new").write_text("half of a cursor that is longer than the new one")

    CursorFile(tmp_path / "cursor.txt").write("1;;;;")

    assert (tmp_path / "cursor.txt").read_text() == "1;;;;\n"
    assert not (tmp_path / "cursor.txt.new").exists()


@pytest.mark.parametrize("kept", ["", "1;;;;"], ids=["no cursor yet", "a cursor"])
def test_a_wrong_interval_is_not_blamed_on_the_cursor(kept: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "cursor.txt").write_text(kept)

    said = cli("requests", "watch", "--cursor", tmp_path / "cursor.txt", "--interval", "0")

    assert said.err.startswith("interval is 0")


def test_ctrl_c_saves_the_cursor_behind_the_last_change(cli: Cli, served: Served, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor.txt"

    def has_changes() -> bool:
        return cursor.exists() and bool(Cursor.parse(cursor.read_text().strip()).newest)

    with interrupted_when(has_changes):
        said = cli("requests", "watch", "--cursor", cursor, "--interval", "60")
    served.sandbox.requests.change(said.lines[0]["id"], status="ON_HOLD")
    left = 301 - len(said.lines)
    rest = cli("requests", "watch", "--cursor", cursor, "--interval", "0.1", "--count", str(left))

    assert (said.code, said.err) == (130, "Interrupted.\n")
    assert sorted(line["id"] for line in (*said.lines, *rest.lines)) == sorted(
        [said.lines[0]["id"], *(request["id"] for request in served.sandbox.requests)]
    )
