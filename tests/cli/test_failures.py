"""What ends a command: exit codes, one sentence, never a traceback, never a secret."""

from __future__ import annotations

import io
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from orange_ordering_client import (
    BusinessRuleViolation,
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    IntentFileError,
    InvalidArgument,
    InvalidOrder,
    OrderingError,
    OutcomeUnknown,
    ReferenceAmbiguous,
    ReferenceUnchecked,
    TokenError,
    Unauthorized,
    Violation,
    WaitTimeout,
)
from orange_ordering_client import cli as package
from orange_ordering_client.cli import main
from orange_ordering_client.cli.failures import Failure, carry_out, code_of, note
from tests.cli.conftest import Served
from tests.cli.killing import COMMAND


def sent(error: OrderingError) -> OrderingError:
    error.may_have_been_accepted = True
    return error


def answered(kind: Any, status: int) -> OrderingError:
    found: OrderingError = kind(status=status, headers={}, body=b"")
    return found


CODES = [
    (answered(BusinessRuleViolation, 422), 1),
    (ConnectionFailed("x"), 1),
    (DeadlineExceeded("x"), 1),
    (ReferenceUnchecked("A", "x"), 1),
    (TokenError("x", status=503), 1),
    (TokenError("x", status=401, error="invalid_client"), 2),
    (answered(Unauthorized, 401), 2),
    (ConfigurationError("x"), 2),
    (InvalidArgument("x"), 2),
    (InvalidOrder((Violation("$", "x", "y"),)), 2),
    (IntentFileError("x"), 2),
    (OutcomeUnknown("A", (), "x"), 3),
    (ReferenceAmbiguous("A", ()), 3),
    (WaitTimeout("x"), 3),
    (sent(ConnectionBroken("x")), 3),
    (sent(IntentFileError("x")), 3),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=[f"{type(error).__name__}-{code}" for error, code in CODES])
def test_an_error_has_its_exit_code(error: OrderingError, code: int) -> None:
    assert code_of(error) == code


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Failure("Do this\x1b[2J."), 2, "Do this\\x1b[2J.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (PermissionError(13, "Permission denied", "a.txt"), 2, "a.txt: Permission denied. Check the path"),
        (OSError("odd"), 2, "OSError. Check the path"),
        (RuntimeError("s3cr3t"), 3, "The program itself failed: RuntimeError in test_failures.py"),
    ],
)
def test_whatever_happens_is_one_line(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(raising(error)) == code

    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert "s3cr3t" not in err


def test_a_ctrl_c_while_an_error_is_reported_is_said_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Stderr(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            if len(written) == 1:
                raise KeyboardInterrupt
            return len(text)

    monkeypatch.setattr(sys, "stderr", Stderr())

    assert carry_out(raising(Failure("Do this."))) == 130
    assert written == ["Do this.\n", "Interrupted.\n"]


def test_a_message_shows_control_characters_escaped_and_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    note("a\x1b]0;owned\x07\u202e\x9b2J\nb")

    assert capsys.readouterr().err == "a\\x1b]0;owned\\x07\\u202e\\x9b2J\nb\n"


def test_a_closed_pipe_ends_quietly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    silenced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "dup2", lambda *ends: silenced.append(ends))
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 99, raising=False)

    assert carry_out(raising(BrokenPipeError())) == carry_out(raising(OSError(32, "Broken pipe"))) == 141
    assert capsys.readouterr().err == ""
    assert [target for _, target in silenced] == [99, 99]


@pytest.mark.parametrize("arguments", [["requests", "list", "--all"], ["--help"]])
def test_a_reader_that_goes_away_gets_no_complaint(arguments: list[str], served: Served) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(  # noqa: S603 -- our own command
            [*COMMAND, *arguments], env={**os.environ, **served.environment}, stdout=closed, stderr=subprocess.PIPE,
            text=True, timeout=20, check=False,
        )  # fmt: skip

    assert (done.returncode, done.stderr) == (141, "")


def test_without_typer_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "orange_ordering_client.cli.app", raising=False)
    monkeypatch.setitem(sys.modules, "typer", None)

    assert main(["status"]) == 2
    assert capsys.readouterr().err == "The command line needs typer: pip install 'orange-ordering-client[cli]'.\n"


def test_another_module_that_is_missing_is_not_blamed_on_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orange_ordering_client.cli.app", None)

    with pytest.raises(ModuleNotFoundError, match=r"orange_ordering_client\.cli\.app"):
        main(["status"])


def test_a_terminal_that_lacks_a_character_ends_nothing(served: Served) -> None:
    done = subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "catalog", "list", "--language", "fr"],
        env={**os.environ, **served.environment, "PYTHONIOENCODING": "ascii"},
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe9" in done.stdout


def test_it_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["orange-ordering", "--version"])

    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(package.__file__).with_name("__main__.py")), run_name="__main__")

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("orange-ordering ")


@pytest.mark.parametrize(
    ("error", "code"), [(typer.Abort(), 130), (SystemExit(1), 141), (SystemExit(0), 0), (RuntimeError("x"), 3)]
)
def test_however_typer_ends_there_is_an_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending:
        def main(self, **_: object) -> None:
            raise error

    monkeypatch.setattr("orange_ordering_client.cli.app._command", Ending)

    assert main(["status"]) == code


def test_a_stream_that_is_no_file_is_written_to_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    assert main(["--version"]) == 0
    assert stream.getvalue().startswith("orange-ordering ")
