"""The command `requests watch`: a live table on a terminal, JSON lines otherwise, and a cursor in a file."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.options import AsJson, AsJsonLines, Language, Timeout, client, command, moment
from orange_ordering_client.cli.output import Output, console_on
from orange_ordering_client.cli.requests import REQUEST_COLUMNS
from orange_ordering_client.cli.tables import table
from orange_ordering_client.errors import InvalidArgument

if TYPE_CHECKING:
    from rich.table import Table

    from orange_ordering_client.orders.watching import Change

__all__ = ["CursorFile", "register"]

_SAVE_AFTER: Final = 0.2
"""Seconds between two writes of the cursor while changes arrive; after a kill, only changes since then are repeated."""
_FRAMES: Final = 5
"""Updates of the table per second."""
_FRAME: Final = 3
"""Lines of a terminal that are not rows of the table."""
# Not every system has all of these flags. O_NONBLOCK refuses a pipe that nobody reads, instead of waiting for a reader.
_FLAGS: Final = (
    os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "watch", example="orange-ordering requests watch --cursor cursor.txt | while read -r line; do ...; done"
    )(watch)


async def watch(
    cursor: Annotated[
        Path | None, typer.Option(help="File that keeps how far it came; the next watch goes on there.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="`now`, or a moment such as 2026-01-31T09:00:00Z, where there is no cursor yet.")
    ] = None,
    interval: Annotated[float, typer.Option(metavar="SECONDS", help="Between two looks.")] = 30.0,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many changes; otherwise only with Ctrl-C.")
    ] = None,
    language: Language = None,
    timeout: Timeout = None,
    as_json: AsJson = False,
    as_lines: AsJsonLines = False,
) -> None:
    """Follow all requests: every change once.

    A live table on a terminal, a JSON line for each change elsewhere (and with --json or --jsonl).
    """
    from orange_ordering_client.orders.cursor import Cursor

    output = Output.of(as_json, as_lines)
    kept = None if cursor is None else CursorFile(cursor)
    saved = kept.read() if kept is not None else None
    try:
        start = Cursor.parse(saved or _begin(since))
    except InvalidArgument as error:
        raise Failure(f"{cursor} holds no cursor: delete it to begin anew, or give another --cursor.") from error
    async with client(language, timeout) as ordering:
        changes = ordering.requests.watch(str(start), interval=interval)
        if kept is not None and saved is None:
            # If it ends before the first change, the next watch has to begin at the same moment.
            kept.write(str(start))
        if output.for_people and sys.stdout.isatty():
            from rich.live import Live

            rows: deque[dict[str, Any]] = deque(maxlen=200)
            # The table is drawn a few times per second, even if many changes arrive at once.
            with Live(console=console_on(sys.stdout), refresh_per_second=_FRAMES, get_renderable=lambda: _drawn(rows)):
                await _follow(changes, lambda change: rows.appendleft(change.request.to_dict()), kept, count)
        else:
            await _follow(changes, lambda change: output.line(change.request.to_dict()), kept, count)


def _no_cursor() -> None:
    """Do nothing, because no file was given."""


async def _follow(
    changes: AsyncIterator[Change], give: Callable[[Change], None], kept: CursorFile | None, count: int | None
) -> None:
    """Pass each change to `give`, then save its cursor: after `_SAVE_AFTER`, or at once when changes pause or end."""
    given = 0
    save = _no_cursor if kept is None else kept.save
    with kept or nullcontext():
        coming = asyncio.ensure_future(anext(changes))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=_SAVE_AFTER)
                if not done:
                    save()
                    await asyncio.wait({coming})
                change = coming.result()
                give(change)
                given += 1
                if kept is not None:
                    kept.after(change)
                if count is not None and given >= count:
                    return
                coming = asyncio.ensure_future(anext(changes))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


class CursorFile:
    """A cursor in a file that is replaced atomically.

    Args:
        path: path of the file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pending: Change | None = None
        self._saved_at = float("-inf")

    def __enter__(self) -> CursorFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.save()

    def read(self) -> str | None:
        """Return the cursor, or None if there is none.

        Raises:
            Failure: the file cannot be read.
        """
        try:
            return self._path.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise Failure(f"{self._path} cannot be read as a cursor: give --cursor another file.") from None

    def after(self, change: Change) -> None:
        """Record that a change was processed; its cursor is written now or by the next `save`."""
        self._pending = change
        if time.monotonic() - self._saved_at >= _SAVE_AFTER:
            self.save()

    def save(self) -> None:
        """Write the recorded cursor, and make it durable.

        Raises:
            Failure: as for `write`.
            OSError: the file cannot be written.
        """
        if self._pending is not None:
            self.write(self._pending.cursor)

    def write(self, cursor: str) -> None:
        """Write a cursor, and make it durable.

        Raises:
            Failure: the file beside it, which replaces it, is a link or no regular file.
            OSError: the file cannot be written.
        """
        new = self._path.with_name(f"{self._path.name}.new")
        with _regular(new) as file:
            file.write(f"{cursor}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)
        self._pending, self._saved_at = None, time.monotonic()


def _regular(path: Path) -> BinaryIO:
    """Open a file to replace its content, without following a link to a file of somebody else."""
    try:
        descriptor = os.open(path, _FLAGS, 0o666)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        raise _not_regular(path) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_regular(path)
    os.ftruncate(descriptor, 0)
    return os.fdopen(descriptor, "wb")


def _not_regular(path: Path) -> Failure:
    return Failure(f"{path} is a link or no regular file: remove it, or give --cursor another file.")


def _begin(since: str | None) -> datetime | None:
    if since is None:
        return None
    return datetime.now(UTC) if since == "now" else moment("--since", since)


def _drawn(rows: deque[dict[str, Any]]) -> Table:
    console = console_on(sys.stdout)
    fitting = list(rows)[: max(1, console.height - _FRAME)]
    drawn = table(REQUEST_COLUMNS, fitting, console.width)
    drawn.caption = f"{len(rows)} changes; Ctrl-C ends" if rows else "no change yet; Ctrl-C ends"
    return drawn
