"""One sandbox a module, and the command line called in process or as people call it."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest
import trustme

from orange_ordering_client.cli import main
from orange_ordering_client.sandbox import Sandbox
from tests.cli.killing import COMMAND

__all__ = [
    "Cli",
    "Said",
    "Served",
    "Terminal",
    "authority",
    "believe_in_a_terminal",
    "cli",
    "interrupted_when",
    "many",
    "order_file",
    "records",
    "served",
    "terminal",
]

_PATIENCE = 20.0


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Served:
    """A sandbox over HTTP."""

    sandbox: Sandbox
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return self.sandbox.environment(self.url)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    sandbox = Sandbox(seed=14)
    sandbox.requests.seed(300)
    with sandbox.serve_in_thread() as url:
        yield Served(sandbox, url)


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """A command that was interrupted in this process lets the next Ctrl-C end it: not that of the next test."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


Cli = Callable[..., Said]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one certificate authority there is: reading those of the world takes most of the time of a call."""
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(autouse=True)
def _one_authority(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))


@pytest.fixture
def cli(served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Call a command in this process, with the sandbox in the environment."""
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield call  # type: ignore[misc]  # a fixture, not a generator
    served.sandbox.faults.clear()
    served.sandbox.limit = None


@contextmanager
def interrupted_when(reached: Callable[[], bool]) -> Iterator[None]:
    """Press Ctrl-C in this process once it has come so far; the block must last until then."""

    def press() -> None:
        ends = time.monotonic() + _PATIENCE
        while not reached() and time.monotonic() < ends:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    yield
    thread.join()


def believe_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process take what it writes to for a terminal of 60 columns."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)


@pytest.fixture
def order_file(served: Served, tmp_path: Path) -> Callable[..., Path]:
    """Write orders into a file: one as .json, some as .jsonl."""

    def write(*references: str, name: str = "orders.jsonl", **changes: Any) -> Path:
        orders = [served.sandbox.example("R_BVPN_FR_1", reference) | changes for reference in references]
        path = tmp_path / name
        path.write_text("".join(f"{json.dumps(order)}\n" for order in orders), encoding="utf-8")
        return path

    return write


class Terminal:
    """A process in a pseudo terminal, and what it has drawn so far."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.text = ""
        self._master = master

    def read_until(self, done: Callable[[str], bool]) -> str:
        ends = time.monotonic() + _PATIENCE
        while not done(self.text) and time.monotonic() < ends:
            if not self._read():
                break
        assert done(self.text), self.text
        return self.text

    def ended(self) -> int:
        while self._read():
            pass
        return self.process.wait(_PATIENCE)

    def interrupt(self) -> None:
        os.write(self._master, b"\x03")

    def _read(self) -> bool:
        if not select.select([self._master], [], [], _PATIENCE)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has closed the terminal
            return False
        self.text += data.decode()
        return bool(data)


@pytest.fixture
def terminal(served: Served) -> Callable[..., Any]:
    """Start a command in a terminal of so many columns."""

    @contextmanager
    def start(*arguments: str | Path, columns: int = 100, rows: int = 30, **variables: str) -> Iterator[Terminal]:
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, **served.environment, "TERM": "xterm-256color", **variables}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            if name not in variables:
                environment.pop(name, None)
        process = subprocess.Popen(  # noqa: S603 -- our own command
            [*COMMAND, *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True, preexec_fn=_controls_its_terminal,
        )  # fmt: skip
        os.close(slave)
        try:
            yield Terminal(process, master)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
            os.close(master)

    return start


def _controls_its_terminal() -> None:
    ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def many(cli: Cli, tmp_path: Path) -> Callable[..., Said]:
    """Submit a file with an intents file and a results file beside it."""

    def run(orders: Path, *more: str) -> Said:
        files = ("--intents", tmp_path / "intents.jsonl", "--results", tmp_path / "results.jsonl")
        return cli("requests", "submit-many", orders, *files, *more)

    return run


def records(folder: Path) -> list[dict[str, Any]]:
    """The records of the results file, in its order."""
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
