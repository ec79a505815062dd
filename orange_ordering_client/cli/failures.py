"""Failures of commands: one sentence with the fix on stderr, and an exit code."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Final

from orange_ordering_client.cli.interrupts import end_at_once_if_interrupted, ignore_interrupts, quiet_interrupts
from orange_ordering_client.cli.streams import STDOUT, open_missing, silence
from orange_ordering_client.errors import (
    ConfigurationError,
    DeadlineExceeded,
    InvalidArgument,
    NotFound,
    OrderingError,
    TokenError,
    Unauthorized,
)
from orange_ordering_client.orders.errors import InvalidOrder, ReferenceAmbiguous
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.text import printable

__all__ = [
    "BROKEN_PIPE",
    "DONE",
    "INTERRUPTED",
    "REFUSED",
    "UNKNOWN",
    "USAGE",
    "Failure",
    "carry_out",
    "code_of",
    "note",
    "sentence_of",
]

DONE: Final = 0
REFUSED: Final = 1
"""Orange refused the request, or could not be reached."""
USAGE: Final = 2
"""The command line, a file or the configuration must be corrected."""
UNKNOWN: Final = 3
"""An order may exist, or a request has not ended in time: check before doing anything else."""
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

_USAGE_ERRORS = (ConfigurationError, InvalidArgument, InvalidOrder, IntentFileError)

# Messages of the SDK name parts of its Python API; these are their replacements on the command line.
_SPOKEN: Final = tuple(
    (re.compile(pattern), spoken)
    for pattern, spoken in (
        (r", or pass [a-z_]+=(, [a-z_]+=)*\.", "."),
        (r", or pass http_client=\.", "."),
        (r" They are set in the environment: .* does not\.", ""),
        (r"earliest_requested_at\(\) gives", "`orange-ordering earliest TYPE` gives"),
        (r" \(requests\.submit does\)", " (running the same command again does)"),
        (r"\(resend=True\)", "(--resend)"),
        (r", or use create\(\), which cannot recover", ""),
        (r" Use unicodedata\.normalize\('NFC', \.\.\.\), which gives ", " Write it as "),
        (r"; it is kept on `\.body`", ""),
        (r" \(limit=, fields=\), or raise max_response_size=", " (a smaller --limit)"),
        (r"\bcustomer_reference\b", "customerReference"),
        (r"\.\.(?= |$)", "."),
    )
)


class Failure(Exception):
    """An error that ends a command; the message is one sentence with the fix.

    Args:
        message: what is wrong, and what to do.
        code: exit code.
    """

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def code_of(error: OrderingError) -> int:
    """Return the exit code for an error that the SDK raised."""
    if error.may_have_been_accepted or isinstance(error, ReferenceAmbiguous) or _is_wait_timeout(error):
        return UNKNOWN
    if isinstance(error, _USAGE_ERRORS):
        return USAGE
    if isinstance(error, Unauthorized) or (isinstance(error, TokenError) and error.error is not None):
        return USAGE
    return REFUSED


def _is_wait_timeout(error: OrderingError) -> bool:
    if not isinstance(error, DeadlineExceeded):
        return False
    # Importing the models takes time, and a usage error does not need them.
    from orange_ordering_client.orders.following import WaitTimeout

    return isinstance(error, WaitTimeout)


def sentence_of(error: OrderingError) -> str:
    """Return the message in terms of the command line, with the fix."""
    text = str(error)
    for pattern, spoken in _SPOKEN:
        text = pattern.sub(spoken, text)
    if isinstance(error, NotFound):
        text += " `orange-ordering requests list` and `orange-ordering catalog list` show the ids that you may see."
    return text


def note(text: str) -> None:
    """Write a message for the user to stderr, where it does not mix with results; control characters are escaped.

    It raises nothing, because a message that nobody can read must not change the exit code.

    Args:
        text: message of one or more lines.
    """
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison]  # Python's value for a closed stream
        return
    try:
        sys.stderr.write("".join(f"{printable(line)}\n" for line in text.split("\n")))
        sys.stderr.flush()
    except (OSError, ValueError):
        silence(sys.stderr)


def carry_out(work: Callable[[], int | None]) -> int:
    """Run a command and return its exit code; an error is written as a sentence, never as a traceback.

    If stdout cannot be written, the code of the work is kept, since an order may have been placed.

    Args:
        work: function that returns an exit code. None means 0; the output is then all that the work is for, so that it
            is a failure if it cannot be written.
    """
    open_missing()
    try:
        with quiet_interrupts():
            return _settled(work)
    except KeyboardInterrupt:
        # While an error was reported, or just before an earlier Ctrl-C was.
        return _interrupted()


def _settled(work: Callable[[], int | None]) -> int:
    try:
        code = work()
    except Exception as error:  # noqa: BLE001, RUF100 -- no error may show the user a traceback
        code = _reported(error)
        STDOUT.settle()
        return code
    except KeyboardInterrupt:
        return _interrupted()
    lost = STDOUT.settle()
    if lost is None:
        return code or DONE
    if code is None:
        return _reported(lost)
    if not _is_broken_pipe(lost):
        note(f"The output cannot be written: {_reason(lost)}. The exit code {code} tells what was done.")
    return code


def _interrupted() -> int:
    ignore_interrupts()
    note("Interrupted.")
    end_at_once_if_interrupted(INTERRUPTED)
    STDOUT.settle()
    return INTERRUPTED


def _reported(error: Exception) -> int:
    """Write a sentence about an error, and return its exit code."""
    if isinstance(error, Failure):
        note(printable(str(error)))
        return error.code
    if isinstance(error, OrderingError):
        note(sentence_of(error))
        return code_of(error)
    if not isinstance(error, OSError):
        note(_unexpected(error))
        return UNKNOWN
    if _is_broken_pipe(error):
        silence(sys.stdout)
        return BROKEN_PIPE
    where = f"{error.filename}: " if error.filename else ""
    note(f"{printable(where)}{_reason(error)}. Check the path, its permissions and the disk.")
    return USAGE


def _is_broken_pipe(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or error.errno == errno.EPIPE


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _unexpected(error: Exception) -> str:
    # The message is left out, because it may contain a secret.
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The program itself failed: {type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}."
        " Whether anything was ordered is not known: look with `orange-ordering requests list`, and report this."
    )
