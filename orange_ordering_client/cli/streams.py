"""stdout and stderr that are closed, full or broken; they must not change what a command does, nor its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

__all__ = ["STDOUT", "Stdout", "open_missing", "silence"]


def open_missing() -> None:
    """Open stdout and stderr if the process was started without them; Python has None in their place then."""
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  # the type leaves out closed streams
        # Opened for reading, so that writing fails: results must not vanish without a word.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison]  # the same
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- it is open as long as the process


def silence(stream: TextIO) -> None:
    """Redirect a stream that cannot be written to the null device.

    Python writes the rest of its buffer when the process ends; if that fails, it replaces the exit code by 120.

    Args:
        stream: stdout or stderr.
    """
    with suppress(OSError, ValueError):
        target = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, target)
        os.close(nowhere)


class Stdout:
    """The failure to write a result, until the exit code of the command is known."""

    def __init__(self) -> None:
        self._failure: OSError | None = None

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Keep a failure of the block for `settle`: the command has done its work, and its code must not be lost."""
        try:
            yield
        except OSError as error:
            self._failure = self._failure or error

    def settle(self) -> OSError | None:
        """Write what is in the buffers, and return the first failure to write stdout. A stream that fails is silenced.

        Returns:
            The failure; None if everything was written.
        """
        failure, self._failure = self._failure, None
        try:
            sys.stdout.flush()
        except OSError as error:
            failure = failure or error
        if failure is not None:
            silence(sys.stdout)
        try:
            sys.stderr.flush()
        except OSError:
            silence(sys.stderr)
        return failure


STDOUT: Final = Stdout()
"""The stdout of this process."""
