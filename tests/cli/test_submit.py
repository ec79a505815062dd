"""`requests submit`: one order, from a file or stdin, and what to do when its outcome is unknown."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orange_ordering_client.cli import order_files
from tests.cli.conftest import Cli, Served, interrupted_when
from tests.cli.killing import COMMAND


def submitted_by_stdin(data: bytes, served: Served, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "requests", "submit", "-", "--json"], input=data, capture_output=True, timeout=20, check=False,
        env={**os.environ, **served.environment, **variables},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("cp1252", b""), ("ascii", b"\xef\xbb\xbf")],
    ids=["cp1252", "ascii and a byte order mark"],
)
def test_stdin_gives_the_same_order_as_a_file_whatever_the_locale(
    encoding: str, mark: bytes, cli: Cli, served: Served, tmp_path: Path
) -> None:
    reference = f"Été-{encoding}"
    order = served.sandbox.example("R_BVPN_FR_1", reference)
    data = mark + json.dumps(order, ensure_ascii=False).encode()
    (tmp_path / "order.json").write_bytes(data)
    placed = cli("requests", "submit", tmp_path / "order.json", "--json").json

    done = submitted_by_stdin(data, served, PYTHONIOENCODING=f"{encoding}:backslashreplace")

    assert (done.returncode, placed["customerReference"]) == (0, reference)
    assert b'"already_there"' in done.stdout
    assert [made.reference for made in served.sandbox.journal.committed].count(reference) == 1


def test_stdin_that_is_not_utf_8_is_refused(served: Served) -> None:
    done = submitted_by_stdin(b"{}\n\xff\xfe{", served)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"stdin is not UTF-8 in line 2: save it as UTF-8.\n"


def test_stdin_without_bounds_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_files, "LARGEST", 10)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" " * 1000)))

    said = cli("requests", "submit", "-")

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("stdin is larger than")


def test_stdin_that_is_closed_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    said = cli("requests", "submit", "-")

    assert (said.code, said.err) == (2, "stdin is closed: give the order by a pipe, or by the path of a file.\n")


def test_ctrl_c_while_an_order_is_on_its_way_is_an_unknown_outcome_that_intents_make_safe(
    cli: Cli, served: Served, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:latency:5:1")

    with interrupted_when(lambda: bool(served.sandbox.journal.of("CTRL-C"))):
        said = cli("requests", "submit", order_file("CTRL-C", name="order.json"), "--intents", tmp_path / "intents")

    assert said.code == 3
    assert said.err == (
        "Interrupted: order 'CTRL-C' may have been sent. Run the same command again, which looks for it first.\n"
    )


def warns_of_a_second_run(error: str) -> None:
    assert "A new run does not know of this one, and places the order twice" in error
    assert "only when an accepted order is certainly listed" in error
    assert "use --intents FILE from the first run on" in error
    assert "it is looked for, not repeated" not in error
    assert "looks for it first" not in error


def test_ctrl_c_without_intents_says_that_a_new_run_knows_nothing(
    cli: Cli, served: Served, order_file: Callable[..., Path]
) -> None:
    served.sandbox.faults.add("POST /requests:latency:5:1")

    with interrupted_when(lambda: bool(served.sandbox.journal.of("CTRL-C-2"))):
        said = cli("requests", "submit", order_file("CTRL-C-2", name="order.json"))

    assert said.code == 3
    assert said.err.startswith("Interrupted: order 'CTRL-C-2' may have been sent. ")
    warns_of_a_second_run(said.err)


def test_an_unknown_outcome_without_intents_says_that_a_new_run_knows_nothing(
    cli: Cli, served: Served, order_file: Callable[..., Path]
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")

    said = cli("requests", "submit", order_file("LOST-2", name="order.json"), "--visible-within", "0.1")

    assert said.code == 3
    assert said.err.startswith("Whether order 'LOST-2' exists is unknown. Sent: ConnectionBroken")
    warns_of_a_second_run(said.err)


def test_an_unknown_outcome_with_intents_says_that_the_same_order_is_looked_for(
    cli: Cli, served: Served, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    arguments = ("--visible-within", "0.1", "--intents", tmp_path / "intents")

    said = cli("requests", "submit", order_file("LOST-3", name="order.json"), *arguments)

    assert said.code == 3
    assert "it is looked for, not repeated" in said.err


def test_the_help_says_what_a_run_without_intents_does_not_know(cli: Cli) -> None:
    text = " ".join(cli("requests", "submit", "--help").out.split())

    assert "Without --intents, a new run does not know of an earlier one" in text
    assert "wait until an accepted order is certainly listed" in text
