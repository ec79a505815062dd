"""Putting finished files and trees in place of old ones, all or none, whenever the process is killed.

A journal beside the targets names what is to be exchanged. Until it is there, nothing in place has been touched and
whatever was staged is thrown away; from then on the exchange is carried through, by this process or by the next command
(`recover`). Each target is exchanged in one step (renameat2 with RENAME_EXCHANGE on Linux, renamex_np with RENAME_SWAP
on macOS), so that an import never meets half a tree. Where the file system cannot do that, a tree is renamed away and
the new one in: it can be missing for a moment, never half there, and `recover` completes that, too.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

from openapi.read.document import array, obj
from openapi.read.errors import BuildError

__all__ = ["STAGE", "digest", "exchange", "locked", "recover", "staging", "swap"]

# In the root of the project, so on the file system of what it replaces.
STAGE = ".openapi-stage"
_JOURNAL = "journal.json"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_IGNORED = {"__pycache__"}


@contextlib.contextmanager
def locked(root: Path) -> Generator[None]:
    """Let one build at a time work on a project, and complete what a killed one has begun.

    Raises:
        BuildError: another build is at work.
    """
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError("Another build of this project is running; wait for it.") from error
        recover(root)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def staging(root: Path) -> Generator[Path]:
    """Give an empty directory to build in, on the same file system as the project; it is gone afterwards."""
    stage = root / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    # Tools that walk the project are not to look in here.
    (stage / ".gitignore").write_text("*\n", "utf-8")
    try:
        yield stage
    finally:
        # What is journalled is no longer this process's own to throw away.
        if not (stage / _JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)


def swap(root: Path, staged: Mapping[str, Path]) -> None:
    """Put staged files and trees in place.

    Args:
        root: of the project, locked.
        staged: target, relative to the root, and what takes its place, inside the staging directory.
    """
    stage = root / STAGE
    for path in staged.values():
        for one in (path, *path.rglob("*")):
            _sync(one)
    plan = [
        {"target": target, "staged": path.relative_to(stage).as_posix(), "digest": digest(path)}
        for target, path in staged.items()
    ]
    draft = stage / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps(plan), "utf-8")
    _sync(draft)
    draft.rename(stage / _JOURNAL)  # From here on there is no way back, only forward.
    _sync(stage)
    recover(root)


def recover(root: Path) -> bool:
    """Carry a journalled exchange through, or throw away what was staged without one.

    Returns:
        Whether there was one to carry through.
    """
    stage = root / STAGE
    journal = stage / _JOURNAL
    if not journal.exists():
        shutil.rmtree(stage, ignore_errors=True)
        return False
    entries = [obj(entry) for entry in array(json.loads(journal.read_text("utf-8")))]
    left = [
        (stage / str(entry["staged"]), root / str(entry["target"]))
        for entry in entries
        if digest(root / str(entry["target"])) != entry["digest"]
    ]
    # One right after the other: in between, a killed process leaves targets that do not fit until the next command.
    for new, target in left:
        _put(new, target)
    for _, target in left:
        _sync(target.parent)
    journal.unlink()
    _sync(stage)
    shutil.rmtree(stage, ignore_errors=True)
    return True


def _put(new: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or (new.is_file() and target.is_file()):
        new.replace(target)
    elif not exchange(new, target):
        old = new.with_name(f"{new.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        new.rename(target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step; False where the system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(first, second, _RENAME_SWAP)
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def digest(path: Path) -> str:
    """Sum up a file, or a tree with the names in it; "absent" for what is not there."""
    if not path.exists():
        return "absent"
    total = hashlib.sha256()
    for file in _files(path):
        name = file.relative_to(path).as_posix() if file != path else "."
        total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(one for one in path.rglob("*") if one.is_file() and not _IGNORED & set(one.relative_to(path).parts))


def _sync(path: Path) -> None:
    """Make sure that a file, or the list of names in a directory, is on disk before what relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
