"""Opening private files safely, and locks that end with the process that took them."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from orange_ordering_client.errors import ConfigurationError, OrderingError

__all__ = [
    "HeldLock",
    "IntentFileError",
    "LockIsTaken",
    "checked_path",
    "failing",
    "in_forked_processes",
    "is_still_at",
    "lock",
    "make_private",
    "open_private",
    "replacing",
    "require",
    "sync_folder",
    "try_lock",
    "try_lock_new",
]

_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
# Seconds. Other processes hold the lock for a millisecond; a longer pause would dominate the time of an order.
_POLL = 0.002
_OURS = b'{"event": "file", '


class IntentFileError(OrderingError):
    """The file of intents cannot be opened, read or written, or is not an intent file."""


class LockIsTaken(IntentFileError):
    """Another holder has the lock."""


class HeldLock:
    """A lock that this process holds.

    Attributes:
        path: the locked file.
        descriptor: below 0 once the lock is released, and in processes that were forked while it was held.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    def release(self, *, delete: bool = False) -> None:
        """Release the lock. Nothing happens if it is not held any more.

        Args:
            delete: delete the file before.
        """
        from filelock import unlock_descriptor

        with _forking:
            if self.descriptor < 0:
                return
            # Windows cannot delete an open file: there it stays, and is used again.
            with suppress(OSError):
                if delete and is_still_at(self.path, self.descriptor):
                    self.path.unlink()
            # Closing is not enough: a child process may have the descriptor, and would keep the lock for its life.
            with suppress(OSError):
                unlock_descriptor(self.descriptor)
            _held.discard(self)
            os.close(self.descriptor)
            self.descriptor = -1


_held: set[HeldLock] = set()
# It is also held during fork(): otherwise a child could inherit a lock that another thread is just taking. One thread
# may enter it twice, because a signal handler may fork.
_forking = threading.RLock()


def _leave_to_parent() -> None:  # pragma: no cover  # it runs in forked processes, which are not measured
    """Close the locks that were inherited, so that they end with the parent."""
    for held in _held:
        # It is not unlocked: parent and child share the lock.
        with suppress(OSError):
            os.close(held.descriptor)
        held.descriptor = -1
    _held.clear()


def in_forked_processes(work: Callable[[], None]) -> None:
    """Run something at the beginning of each process that this one forks, on systems that have fork().

    No thread is taking or releasing a lock while the process forks.
    """
    if not hasattr(os, "register_at_fork"):  # pragma: no cover  # Windows cannot fork; CI runs on Linux
        return

    def begin() -> None:  # pragma: no cover  # it runs in forked processes, which are not measured
        work()
        _forking.release()

    os.register_at_fork(before=_forking.acquire, after_in_parent=_forking.release, after_in_child=begin)


in_forked_processes(_leave_to_parent)


def require() -> None:
    """Make sure that the extra is installed.

    Raises:
        ConfigurationError: it is not; the message says how to install it.
    """
    if find_spec("filelock") is None:
        raise ConfigurationError(
            "IntentFile locks its file with filelock: pip install 'orange-ordering-client[intents]'."
        )


def checked_path(path: str | os.PathLike[str]) -> Path:
    """The absolute path of a file.

    Raises:
        ConfigurationError: it cannot name a file.
        OSError: it is relative, and the current folder was deleted.
    """
    whole = Path(path).absolute()
    try:
        encoded = os.fsencode(whole)
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"The path {str(whole)!a} has characters that the names of files cannot have."
        ) from None
    if not whole.name or b"\0" in encoded:
        raise ConfigurationError(f"The path {str(whole)!a} cannot name a file.")
    return whole


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
def lock(path: Path, *, within: float = 0.0) -> Generator[None, None, None]:
    """Hold a lock file, which is not deleted.

    Args:
        within: seconds to wait for it, in this thread.

    Raises:
        LockIsTaken: another holder did not release it in that time.
        OSError, IntentFileError: the file cannot be opened or locked.
    """
    end = time.monotonic() + within
    while (held := try_lock(path)) is None:
        if time.monotonic() >= end:
            raise LockIsTaken(f"Another process holds the lock {path} and did not release it; it may be stopped.")
        time.sleep(_POLL)
    try:
        yield
    finally:
        held.release()


def try_lock(path: Path) -> HeldLock | None:
    """Lock a file, which is created if it does not exist; None if another holder has it.

    Raises:
        OSError, IntentFileError: it cannot be opened or locked.
    """
    from filelock import lock_descriptor

    with _forking:
        descriptor = open_private(path)
        try:
            # It may have been deleted between opening and locking.
            if lock_descriptor(descriptor, blocking=False) and is_still_at(path, descriptor):
                held = HeldLock(path, descriptor)
                _held.add(held)
                return held
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None


def try_lock_new(path: Path) -> HeldLock | None:
    """Lock a file that is deleted at its release, in a folder that is created; None if another holder has it."""
    if path.parent.is_symlink():
        raise IntentFileError(f"{path.parent} is a link; links are not followed.")
    # Not `exist_ok`: it raises FileExistsError if another process removes the folder meanwhile.
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o700)
    return try_lock(path)


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
