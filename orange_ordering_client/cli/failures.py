"""Failures of commands: one sentence with the fix on stderr, and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Final

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
    """Write a message for the user to stderr, where it does not mix with results."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def carry_out(work: Callable[[], int | None]) -> int:
    """Run a command and return its exit code; an error is written as a sentence, never as a traceback.

    Args:
        work: function that returns an exit code; None means 0.
    """
    try:
        code = work() or DONE
        sys.stdout.flush()
    except Failure as failure:
        note(printable(str(failure)))
        return failure.code
    except OrderingError as error:
        note(sentence_of(error))
        return code_of(error)
    except KeyboardInterrupt:
        note("Interrupted.")
        return INTERRUPTED
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.errno == errno.EPIPE:
            _silence_stdout()
            return BROKEN_PIPE
        where = f"{error.filename}: " if error.filename else ""
        note(
            f"{printable(where)}{error.strerror or type(error).__name__}. Check the path, its permissions and the disk."
        )
        return USAGE
    except Exception as error:  # noqa: BLE001, RUF100 -- no error may show the user a traceback
        note(_unexpected(error))
        return UNKNOWN
    return code


def _unexpected(error: Exception) -> str:
    # The message is left out, because it may contain a secret.
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The program itself failed: {type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}."
        " Whether anything was ordered is not known: look with `orange-ordering requests list`, and report this."
    )


def _silence_stdout() -> None:
    """Redirect stdout to the null device, so that the last flush does not fail when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError):
        target = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, target)
        os.close(nowhere)
