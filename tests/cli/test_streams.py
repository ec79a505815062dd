"""Streams that are closed, full or broken: the exit code is that of what was done, and an order is placed once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orange_ordering_client.cli.failures import UNKNOWN, Failure, carry_out, note
from orange_ordering_client.cli.interrupts import quiet_interrupts
from orange_ordering_client.cli.output import Output
from orange_ordering_client.cli.streams import silence
from tests.cli.conftest import Served
from tests.cli.killing import COMMAND

PROGRAM = " ".join(f"'{part}'" for part in COMMAND)


def in_shell(line: str, served: Served, **variables: str) -> tuple[int, str, str]:
    """Run the command with redirections as a shell does them; exit code of the command, stdout and stderr."""
    environment = {**os.environ, **served.environment, "PYTHONUNBUFFERED": "", **variables}
    done = subprocess.run(  # noqa: S603 -- our own command
        ["/bin/bash", "-c", f"{PROGRAM} {line}; exit ${{PIPESTATUS[0]}}"],
        env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def count(served: Served, reference: str) -> int:
    return [made.reference for made in served.sandbox.journal.committed].count(reference)


FULL = "The output cannot be written: No space left on device. The exit code 0 tells what was done.\n"
CLOSED = "The output cannot be written: Bad file descriptor. The exit code 0 tells what was done.\n"


@pytest.mark.parametrize(
    ("reference", "form", "redirection", "unbuffered", "said"),
    [
        ("TABLE", "", "> /dev/full", "", FULL),
        ("LINES", "--jsonl", "> /dev/full", "", FULL),
        ("UNBUFFERED", "--json", "> /dev/full", "1", FULL),
        ("CLOSED", "--jsonl", ">&-", "", CLOSED),
        ("BROKEN", "--jsonl", "| true", "1", ""),
    ],
    ids=["table", "lines", "unbuffered", "closed", "broken pipe"],
)
def test_an_order_that_was_placed_has_exit_code_0_wherever_its_result_goes(
    reference: str,
    form: str,
    redirection: str,
    unbuffered: str,
    said: str,
    served: Served,
    order_file: Callable[..., Path],
) -> None:
    path = order_file(reference, name="order.json")

    code, _, err = in_shell(f"requests submit {path} {form} {redirection}", served, PYTHONUNBUFFERED=unbuffered)

    assert (code, err, count(served, reference)) == (0, said, 1)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("me > /dev/full", 2),
        ("requests list --all --jsonl > /dev/full", 2),
        ("--help > /dev/full", 2),
        ("me >&-", 2),
    ],
)
def test_a_command_that_only_shows_fails_with_one_sentence_if_it_cannot(line: str, code: int, served: Served) -> None:
    ended, out, err = in_shell(line, served)

    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert "Check the path, its permissions and the disk." in err


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "2>&1 | true"])
def test_an_unknown_outcome_has_exit_code_3_even_if_nobody_can_be_told(
    redirection: str, served: Served, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    reference = f"ERR-{redirection}".replace(" ", "")
    line = f"requests submit {order_file(reference, name='order.json')} --visible-within 0.1"

    code, _, _ = in_shell(f"{line} --intents {tmp_path / 'intents'} {redirection}", served)
    served.sandbox.faults.clear()

    assert code == 3


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_orders_are_placed_without_a_stderr(
    redirection: str, served: Served, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    reference = f"MANY-{redirection}".replace(" ", "")
    files = f"--intents {tmp_path / 'intents'} --results {tmp_path / 'results'}"

    code, _, _ = in_shell(
        f"requests submit-many {order_file(reference)} {files} {redirection}", served, ORANGE_ORDERING_LOG="debug"
    )

    assert (code, count(served, reference)) == (0, 1)


class Full:
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fileno(self) -> int:
        raise OSError

    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize("stream", [None, Full()], ids=["closed", "full"])
def test_a_message_that_cannot_be_written_raises_nothing(stream: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)

    note("a")


@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [(3, 3, "The exit code 3 tells what was done"), (0, 0, "The exit code 0"), (None, 2, "Check the path")],
    ids=["unknown", "done", "only shown"],
)
def test_the_code_of_the_work_is_kept_if_its_result_cannot_be_written(
    code: int | None, expected: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int | None:
        Output("json").one({})
        Output("json").items([], (), none="")
        return code

    monkeypatch.setattr(sys, "stdout", Full())

    assert carry_out(work) == expected
    assert said in capsys.readouterr().err


def test_a_broken_pipe_says_nothing_about_work_that_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(Full, "write", broken)
    monkeypatch.setattr(Full, "flush", broken)
    monkeypatch.setattr(sys, "stdout", Full())

    assert carry_out(lambda: UNKNOWN) == UNKNOWN
    assert carry_out(lambda: None) == 141
    assert capsys.readouterr().err == ""


def test_a_failure_keeps_its_code_if_neither_stream_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> int:
        raise Failure("x", UNKNOWN)

    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", Full())

    assert carry_out(work) == UNKNOWN


def test_streams_that_the_process_was_started_without_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    assert carry_out(lambda: print("a")) == 2  # noqa: T201 -- a result
    for stream in (sys.stdout, sys.stderr):
        silence(stream)
        stream.close()


PRESSED_AGAIN = """
import os, signal, sys, time
from orange_ordering_client.cli import failures

def press():
    os.kill(os.getpid(), signal.SIGINT)

def note(text):
    press()
    said(text)

def work():
    if PLACE == "while an error is reported":
        raise failures.Failure("Something is wrong.")
    press()
    time.sleep(5)

PLACE, said, failures.note = sys.argv[1], failures.note, note
code = failures.carry_out(work)
if PLACE == "while Python ends":
    press()
    time.sleep(5)
sys.exit(code)
"""


@pytest.mark.parametrize("place", ["while the first is reported", "while an error is reported", "while Python ends"])
def test_wherever_a_second_ctrl_c_comes_the_exit_code_and_the_message_are_those_of_the_first(place: str) -> None:
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", PRESSED_AGAIN, place], capture_output=True, text=True, timeout=20, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


class Undone:
    """An object that cannot be finalized without this exception."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error

    def __del__(self) -> None:
        raise self._error


def test_an_interrupt_that_python_cannot_raise_is_not_reported_but_other_errors_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[type[BaseException] | None] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: reported.append(found.exc_type))

    with quiet_interrupts():
        Undone(KeyboardInterrupt)
        Undone(ZeroDivisionError)
    Undone(KeyboardInterrupt)

    assert reported == [ZeroDivisionError, KeyboardInterrupt]


PRESSED_TWICE = """
import asyncio, os, signal, sys
from orange_ordering_client.cli.failures import Failure, carry_out

async def order():
    os.kill(os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise Failure("Interrupted: an order may have been sent.") from None

sys.exit(carry_out(lambda: asyncio.run(order())))
"""


def test_a_task_that_a_second_ctrl_c_abandons_is_not_reported_as_a_traceback() -> None:
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", PRESSED_TWICE], capture_output=True, text=True, timeout=20, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


def test_a_second_ctrl_c_ends_without_a_traceback(
    served: Served, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    served.sandbox.faults.add(*["POST /requests:stall:6"] * 6)
    orders = order_file(*(f"TWICE-{number}" for number in range(6)))
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [*COMMAND, "requests", "submit-many", str(orders), "--intents", str(tmp_path / "i"), "--results",
         str(tmp_path / "r")],
        env={**os.environ, **served.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    ends = time.monotonic() + 20
    while not count(served, "TWICE-0") and time.monotonic() < ends:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    time.sleep(0.002)
    process.send_signal(signal.SIGINT)

    _, err = process.communicate(timeout=20)
    served.sandbox.faults.clear()

    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.startswith("Interrupted")
    assert err.count("\n") == 1
