"""A store of sent orders in a file, shared by tasks, clients and processes of one machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar
from weakref import WeakSet

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.file_locks import (
    HeldLock,
    IntentFileError,
    LockIsTaken,
    checked_path,
    failing,
    in_forked_processes,
    is_still_at,
    lock,
    make_private,
    open_private,
    replacing,
    require,
    sync_folder,
    try_lock_new,
)
from orange_ordering_client.orders.intent_lines import LONGEST_LINE, Header, Orders, is_torn, joined, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

__all__ = ["IntentFile"]

T = TypeVar("T")

LOCK_WITHIN = 30.0
"""Seconds to wait for the lock of the file. Most holders need a millisecond; opening a million lines takes seconds."""

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.1
_LOCK_PAUSE = 0.002
_LONGEST_LOCK_PAUSE = 0.05
_WORTH_COMPACTING = 1000
"""Obsolete lines that are kept: reading so few costs less than rewriting the file."""


class IntentFile:
    """Intents in a file of JSON lines, shared by all tasks, clients and processes that open it.

    Without it, a program that is killed and started again does not know the orders that it sent shortly before and that
    Orange does not list yet. With it, the program knows them, and only one holder at a time places an order. Next to
    the file there are `<name>.lock` and, during submissions, `<name>.claims/`. Needs the extra `[intents]`.

    Args:
        path: on a local disk, because locks on network disks are not reliable. It is created with mode 0600 if it does
            not exist.

    Raises:
        ConfigurationError: the extra `[intents]` is not installed, or the path cannot name a file.
        IntentFileError: the file cannot be opened, read or written, or is of another kind; it is not changed then. Or
            another process holds its lock and does not release it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        require()
        with failing(f"{path!r} cannot be opened"):
            self._path = checked_path(path)
        self._lock_path = self._path.with_name(self._path.name + ".lock")
        self._claims = self._path.with_name(self._path.name + ".claims")
        self._renew_mutex()
        _files.add(self)
        self._descriptor = -1
        # Monotonic times of the lock: when this process had it last, and before when taking it is not worth trying.
        self._taken_at = self._worth_trying_at = 0.0
        with failing(f"{self._path} cannot be opened"):
            self._descriptor = open_private(self._path)
            try:
                with lock(self._lock_path, within=LOCK_WITHIN):
                    if not is_still_at(self._path, self._descriptor):
                        # Another process compacted it in this moment.
                        self._use(open_private(self._path, create=False))
                    self._load()
                    self._settle_in()
            except BaseException:
                self.close()
                raise

    def _renew_mutex(self) -> None:
        """Make the mutex free: in a forked process, the thread that held it does not exist."""
        self._mutex = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._mutex:
            return len(self._orders)

    def close(self) -> None:
        """Close the file. Claims that are held end with their orders."""
        with self._mutex:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1
        with suppress(OSError):
            self._claims.rmdir()

    def recall(self, key: Key) -> Intent | None:
        """The intent of an order as last read; None if there is none."""
        with self._mutex:
            return self._orders.get(key)

    @asynccontextmanager
    async def claim(self, key: Key) -> AsyncGenerator[_FileClaim, None]:
        """Wait until no other task, client or process holds the key, and hold it.

        Raises:
            InvalidArgument: the key has characters that cannot be sent.
            IntentFileError: the file was closed, deleted or replaced, or cannot be read. Or another process holds its
                lock and does not release it.
        """
        self._check_open()
        _check_text(key)
        # All spellings of a reference share a claim: a server may treat them as one.
        path = self._claims / hashlib.sha256("\n".join(key.folded).encode()).hexdigest()[:40]
        pause = _FIRST_PAUSE
        while (held := self._try(path)) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        try:
            yield _FileClaim(self, key, held, await self._with_lock(lambda: self._refresh(key)))
        finally:
            held.release(delete=True)

    def _try(self, path: Path) -> HeldLock | None:
        # Not in a thread: it does not block, and cancellation between a thread and its caller would lose the lock.
        with failing(f"The claims of {self._path} cannot be used"):
            try:
                return try_lock_new(path)
            except FileNotFoundError:
                if not self._path.parent.is_dir():
                    raise
                # Another process has just closed its file, and removed the folder of claims.
                return None

    async def append(self, line: bytes, *, durably: bool) -> None:
        """Append one line.

        Raises:
            IntentFileError: it cannot be written. No part of it stays in the file, unless only fsync() failed.
        """
        await self._with_lock(lambda: self._append(line, durably))

    async def _with_lock(self, work: Callable[[], T]) -> T:
        """Run what takes the lock of the file in a thread, again and again while another process holds that lock.

        Raises:
            LockIsTaken: this process did not get it in `LOCK_WITHIN` seconds.
        """
        start, pause = time.monotonic(), _LOCK_PAUSE
        while True:
            now = time.monotonic()
            # If other tasks had the lock meanwhile, it is merely in much use.
            last = now >= max(start, self._taken_at) + LOCK_WITHIN
            if last or now >= self._worth_trying_at:
                if self._worth_trying_at > 0:
                    # Of the tasks that wait, one tries at a time: hundreds would take the whole processor.
                    self._worth_trying_at = now + pause
                try:
                    result = await _in_thread(work)
                except LockIsTaken:
                    if last:
                        raise
                    self._worth_trying_at = now + pause
                else:
                    self._taken_at, self._worth_trying_at = time.monotonic(), 0.0
                    return result
            # Not in the thread: there it could not be cancelled, and would take the place of other work.
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOCK_PAUSE)

    def _append(self, line: bytes, durably: bool) -> None:
        with failing(f"{self._path} cannot be written"):
            with self._mutex:
                self._check_open()
                with lock(self._lock_path):
                    self._catch_up()
                    self._write(line)
                self._size += len(line)
                self._orders.take(line[:-1])
                copy = os.dup(self._descriptor) if durably else None
            if copy is not None:
                # After the lock is released, so that others can write; on a copy, because they may close the original.
                try:
                    os.fsync(copy)
                finally:
                    os.close(copy)

    def _refresh(self, key: Key) -> Intent | None:
        with failing(f"{self._path} cannot be read"), self._mutex:
            self._check_open()
            with lock(self._lock_path):
                self._catch_up()
            return self.recall(key)

    def _check_open(self) -> None:
        if self._descriptor < 0:
            raise IntentFileError(f"{self._path} is closed.")

    def _write(self, line: bytes) -> None:
        try:
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            if os.write(self._descriptor, line) != len(line):
                raise IntentFileError(f"{self._path} cannot be written: the disk is full.")
        except BaseException:
            os.ftruncate(self._descriptor, self._size)
            raise

    def _catch_up(self) -> None:
        """Read the lines of other processes; the lock is held."""
        if not is_still_at(self._path, self._descriptor):
            self._follow()
        size = os.fstat(self._descriptor).st_size
        if size < self._size:
            raise IntentFileError(f"{self._path} was cut while it was open.")
        if size > self._size:
            self._read(self._size)

    def _follow(self) -> None:
        """Open the file that replaced this one when another process compacted it."""
        try:
            descriptor = open_private(self._path, create=False)
        except FileNotFoundError:
            raise IntentFileError(f"{self._path} was deleted while it was open.") from None
        with open(descriptor, "rb", closefd=False) as file:
            header = Header.parse(file.readline())
        if header is None or header.id != self._header.id or header.generation <= self._header.generation:
            os.close(descriptor)
            raise IntentFileError(f"{self._path} was replaced while it was open.")
        self._use(descriptor)
        self._load()

    def _use(self, descriptor: int) -> None:
        # In this order: if a process is forked in between, its number is not one that it may give to another file.
        before, self._descriptor = self._descriptor, descriptor
        os.close(before)

    def _load(self) -> None:
        self._orders = Orders()
        self._header = Header()
        self._size = self._count = 0
        self._read(0)

    def _read(self, start: int) -> None:
        """Apply the lines from an offset on, and repair the last one; the lock is held.

        Nothing is written before all lines are known to be lines of an intent file.
        """
        at, torn, whole = start, False, True
        with open(self._descriptor, "rb", closefd=False) as file:
            file.seek(start)
            for line in iter(lambda: file.readline(LONGEST_LINE), b""):
                whole = line.endswith(b"\n")
                try:
                    self._orders.take(line.rstrip(b"\n"))
                except ValueError:
                    torn = not whole and at > 0 and len(line) < LONGEST_LINE and is_torn(line)
                    if not torn:
                        raise IntentFileError(
                            f"{self._path}, line {self._count + 1}, is not one of an intent file."
                        ) from None
                    # The process ended while it wrote this line: before it sent anything, or after the response.
                    break
                if at == 0:
                    header = Header.parse(line)
                    self._has_header = header is not None
                    self._header = header or self._header
                at += len(line)
                self._count += 1
        self._size = at
        if torn:
            os.ftruncate(self._descriptor, at)
        elif not whole:
            self._write(b"\n")
            self._size += 1

    def _settle_in(self) -> None:
        """Make the file ours: mode 0600, a header, and no more lines than needed; the lock is held."""
        make_private(self._descriptor)
        if self._size == 0:
            line = self._header.line()
            self._write(line)
            self._size, self._count = len(line), 1
            os.fsync(self._descriptor)
            sync_folder(self._path)
        elif not self._has_header or self._count - len(self._orders) > _WORTH_COMPACTING:
            # Without room for a second file, with a line that would get too long in our spelling, or on Windows while
            # another process has it open, it stays as it is.
            with suppress(OSError, IntentFileError):
                self._compact()

    def _compact(self) -> None:
        header = Header(self._header.id, self._header.generation + 1)
        with replacing(self._path) as descriptor, open(descriptor, "wb", closefd=False) as file:
            file.write(header.line())
            file.writelines(joined(self._orders.lines()))
        self._use(open_private(self._path, create=False))
        self._header = header
        self._size, self._count = os.fstat(self._descriptor).st_size, len(self._orders) + 1


_files: WeakSet[IntentFile] = WeakSet()


def _renew_mutexes() -> None:  # pragma: no cover  # it runs in forked processes, which are not measured
    for file in _files:
        file._renew_mutex()  # pyright: ignore[reportPrivateUsage]  # of this module, and no method for users


in_forked_processes(_renew_mutexes)


class _FileClaim:
    """A key of a file that this task holds."""

    def __init__(self, file: IntentFile, key: Key, held: HeldLock, intent: Intent | None) -> None:
        self._file = file
        self._key = key
        self._held = held
        self.intent = intent

    async def sending(self, *, within: float = 0.0, newest_before: datetime | None = None) -> None:
        """Store, durably before returning, that the order is about to be sent.

        Args:
            within: of no use here: the claim ends with the process, and the call with it.
            newest_before: `createdAt` of the newest request before the order was first sent.
        """
        self._check_held()
        path = self._held.path
        with failing(f"{path} cannot be checked"):
            if not is_still_at(path, self._held.descriptor):
                raise IntentFileError(f"{path} was deleted; another process may place the same order.")
        await self._note(line_of("sending", self._key, newest=newest_before), durably=True)

    async def placed(self, request_id: str) -> None:
        """Store the id that Orange gave the order."""
        await self._note(line_of("placed", self._key, request_id), durably=False)

    async def withdrawn(self) -> None:
        """Store that the order was certainly not accepted."""
        await self._note(line_of("withdrawn", self._key), durably=False)

    async def _note(self, line: bytes, *, durably: bool) -> None:
        self._check_held()
        await self._file.append(line, durably=durably)

    def _check_held(self) -> None:
        if self._held.descriptor < 0:
            raise IntentFileError(
                f"{self._held.path} is not held: the claim ended, or this process was forked from it."
            )


def _check_text(key: Key) -> None:
    for text in (key.reference, key.type):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidArgument(f"{text!a} has characters that cannot be sent.") from None


async def _in_thread(work: Callable[[], T]) -> T:
    """Run it in a thread, and let a cancellation wait for its end: what follows must not overtake it."""
    # No task: asyncio.run() cancels all of them when it ends, and then nothing would wait for the thread.
    future = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return future.result()
    future.exception()
    raise cancelled
