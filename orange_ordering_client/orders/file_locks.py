"""Opening private files safely, and locks that end with the process."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from orange_ordering_client.errors import ConfigurationError, OrderingError

__all__ = [
    "IntentFileError",
    "failing",
    "is_still_at",
    "lock",
    "make_private",
    "open_private",
    "release",
    "replacing",
    "require",
    "sync_folder",
    "try_lock_new",
]

_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
# Seconds. Other processes hold the lock for a millisecond; the default of 50 ms would dominate the time of an order.
_POLL = 0.002
_OURS = b'{"event": "file", '


class IntentFileError(OrderingError):
    """The file of intents cannot be opened, read or written, or is not an intent file."""


def require() -> None:
    """Make sure that the extra is installed.

    Raises:
        ConfigurationError: it is not; the message says how to install it.
    """
    if find_spec("filelock") is None:
        raise ConfigurationError(
            "IntentFile locks its file with filelock: pip install 'orange-ordering-client[intents]'."
        )


@contextmanager
def failing(what: str) -> Generator[None, None, None]:
    """Turn errors of the operating system into `IntentFileError`."""
    try:
        yield
    except OSError as error:
        raise IntentFileError(f"{what}: {error.strerror or error}.") from error


def open_private(path: Path, *, create: bool = True) -> int:
    """Open a regular file for reading and writing, without following a link; a new one gets mode 0600.

    Raises:
        OSError: it cannot be opened.
        IntentFileError: it is no regular file.
    """
    if path.is_symlink():
        raise IntentFileError(f"{path} is a link; links are not followed.")
    descriptor = os.open(path, _FLAGS | (os.O_CREAT if create else 0), 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IntentFileError(f"{path} is not a regular file.")
    return descriptor


def is_still_at(path: Path, descriptor: int) -> bool:
    """Whether an open file is still the one at its path."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextmanager
def lock(path: Path) -> Generator[None, None, None]:
    """Hold a lock file, which is not deleted; waits in this thread."""
    from filelock import lock_descriptor

    descriptor = open_private(path)
    try:
        lock_descriptor(descriptor, poll_interval=_POLL)
        yield
    finally:
        os.close(descriptor)


def try_lock_new(path: Path) -> int | None:
    """Lock a file that is deleted at its release; None if another holder has it."""
    from filelock import lock_descriptor

    if path.parent.is_symlink():
        raise IntentFileError(f"{path.parent} is a link; links are not followed.")
    # Not `exist_ok`: it raises FileExistsError if another process removes the folder meanwhile.
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o700)
    descriptor = open_private(path)
    try:
        # The previous holder may have deleted it between opening and locking.
        if lock_descriptor(descriptor, blocking=False) and is_still_at(path, descriptor):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def release(path: Path, descriptor: int) -> None:
    """Delete a lock file while it is locked, which releases it."""
    # Windows cannot delete an open file: there it stays, and is used again.
    with suppress(OSError):
        if is_still_at(path, descriptor):
            path.unlink()
    os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Generator[int, None, None]:
    """Yield an empty file; afterwards it replaces the file at `path`. Callers hold the lock of `path`."""
    # A fixed name, so that files of killed processes do not accumulate.
    new = path.with_name(path.name + ".new")
    descriptor = open_private(new)
    try:
        if os.fstat(descriptor).st_size and not os.read(descriptor, len(_OURS)) == _OURS:
            raise FileExistsError(f"{new} is in the way")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(new, path)
    sync_folder(path)


def make_private(descriptor: int) -> None:
    """Give an open file mode 0600, on systems where an open file can be given one."""
    if not hasattr(os, "fchmod"):  # pragma: no cover  # Windows before Python 3.13; CI runs on Linux
        return
    os.fchmod(descriptor, 0o600)


def sync_folder(path: Path) -> None:
    """Flush the folder of a file, on systems where folders can be opened."""
    if os.name != "posix":  # pragma: no cover  # CI runs on Linux
        return
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
