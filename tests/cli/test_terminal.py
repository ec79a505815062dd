"""In a terminal: tables that fit it, colours, a progress bar, live tables, completion. In a pipe: none of it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Served
from tests.cli.killing import COMMAND

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*3\d(?:;\d+)*m")


def plain(text: str) -> list[str]:
    return ESCAPE.sub("", text).replace("\r", "").splitlines()


def test_a_table_fits_a_narrow_terminal_and_keeps_what_matters(terminal: Callable[..., Any]) -> None:
    with terminal("requests", "list", "--limit", "5", columns=44) as screen:
        code = screen.ended()
        rows = plain(screen.text)

    assert code == 0
    table = [row for row in rows if not row.startswith("5 of ")]
    assert max(map(len, table)) <= 44
    assert table[0].split()[0] == "ID"
    assert "STATUS" in table[0]
    assert "STEP" not in table[0]
    assert re.fullmatch(r"3-\d{8}", table[1].split()[0])


def test_colours_are_for_terminals_unless_nobody_wants_them(terminal: Callable[..., Any]) -> None:
    with terminal("requests", "list", "--limit", "5") as coloured:
        assert coloured.ended() == 0
        assert COLOUR.search(coloured.text)
    with terminal("requests", "list", "--limit", "5", NO_COLOR="1") as screen:
        assert screen.ended() == 0
        assert "COMPLETED" in screen.text
        assert not COLOUR.search(screen.text)


def test_in_a_pipe_there_is_no_escape_and_nothing_is_cut(served: Served) -> None:
    done = subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "requests", "list", "--all"], env={**os.environ, **served.environment, "COLUMNS": "40"},
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip

    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.splitlines()[0].split() == ["ID", "REFERENCE", "TYPE", "STATUS", "STEP", "WANTED", "UPDATED"]
    assert done.stderr == ""


def test_all_shows_a_bar_that_does_not_stay(terminal: Callable[..., Any]) -> None:
    with terminal("requests", "list", "--all", "--json") as screen:
        assert screen.ended() == 0
    assert "━" in screen.text
    assert "300/300" in screen.text


def test_watch_is_a_live_table(terminal: Callable[..., Any], served: Served) -> None:
    with terminal("requests", "watch", "--interval", "0.2", rows=12) as screen:
        screen.read_until(lambda text: "200 changes" in text)
        changed = next(request["id"] for request in served.sandbox.requests)
        served.sandbox.requests.change(changed, status="ON_HOLD")
        screen.read_until(lambda text: "ON_HOLD" in text)
        screen.interrupt()
        assert screen.ended() == 130
    assert "Traceback" not in screen.text


def test_submit_many_shows_its_counts(
    terminal: Callable[..., Any], order_file: Callable[..., Path], tmp_path: Path
) -> None:
    files = ("--intents", tmp_path / "intents", "--results", tmp_path / "results")
    orders = order_file(*(f"SCREEN-{number}" for number in range(4)))
    with terminal("requests", "submit-many", orders, *files, columns=140) as screen:
        assert screen.ended() == 0
    assert "4 placed, 0 already there, 0 unknown, 0 refused, 0 not placed" in ESCAPE.sub("", screen.text)


def completed(words: str, served: Served) -> list[str]:
    variables = {"_ORANGE_ORDERING_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(  # noqa: S603 -- our own command
        COMMAND, env={**os.environ, **served.environment, **variables}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_shell_completes_commands_options_and_types(served: Served) -> None:
    assert set(completed("orange-ordering requests s", served)) == {"show", "submit", "submit-many"}
    assert completed("orange-ordering earliest R", served) == ["R_BVPN_FR_1"]
