"""Ctrl-C pressed again, while a command ends because of the first time."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["end_at_once_if_interrupted", "ignore_interrupts", "quiet_interrupts"]

_NOWHERE: Final = logging.NullHandler()


@contextmanager
def quiet_interrupts() -> Generator[None, None, None]:
    """Let a second Ctrl-C in the block write no traceback.

    It raises `KeyboardInterrupt` wherever Python is. Where that cannot be raised further, as in a destructor, Python
    reports it and goes on. asyncio reports the tasks that had not ended.
    """
    # Without a handler, Python writes the reports of asyncio to stderr. It stays, for those made when the process ends.
    logging.getLogger("asyncio").addHandler(_NOWHERE)
    before = sys.unraisablehook

    def report(found: UnraisableHookArgs) -> None:
        if not issubclass(found.exc_type, KeyboardInterrupt):
            before(found)

    sys.unraisablehook = report
    try:
        yield
    finally:
        sys.unraisablehook = before


def ignore_interrupts() -> None:
    """Ignore Ctrl-C from now on."""
    # Only the main thread may set a handler, and only that thread is interrupted.
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def end_at_once_if_interrupted(code: int) -> None:
    """Let the next Ctrl-C end the process, also while Python itself ends, where `KeyboardInterrupt` gives a traceback.

    Args:
        code: exit code.
    """

    def end(_: int, __: object) -> None:  # pragma: no cover  # it ends the process, which is not measured then
        os._exit(code)

    with suppress(ValueError):
        signal.signal(signal.SIGINT, end)
