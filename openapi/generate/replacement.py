"""Putting a generated tree in place of the old one, and a new description with it, wherever the process is killed.

Two renames under a lock: the description first, then the tree, which is exchanged with the old one in one system call.
Killed at any moment, the file is the old or the new one, and so is the tree. Killed between the two renames, the tree
in place is not made of the description in place, but the staged tree is (each tree names its description in
`inputs.json`): the next command sees that and exchanges the trees. So both are old or both are new, without a journal.
A failure of the machine is not covered: both are under version control.
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
from collections.abc import Generator
from pathlib import Path

from openapi.read.errors import BuildError

__all__ = ["INPUTS", "STAGE", "TARGET", "VENDORED", "exchange", "locked", "recover", "replace", "staging"]

VENDORED = "openapi/ordering-v3.1.json"
TARGET = "orange_ordering_client/_generated"
INPUTS = "inputs.json"
# In the root of the project, so on the file system of what it replaces.
STAGE = ".openapi-stage"
_READY = "ready"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextlib.contextmanager
def locked(root: Path) -> Generator[None]:
    """Let one build at a time work on a project, and complete a replacement that was interrupted.

    Raises:
        BuildError: another build is running.
    """
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError("Another build of this project is running; wait for it.") from error
        if recover(root):
            sys.stderr.write(f"An update was killed after it replaced {VENDORED}: {TARGET} was replaced now.\n")
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def staging(root: Path) -> Generator[Path]:
    """Give an empty directory to build in, on the same file system as the project; it is removed afterwards."""
    stage = root / STAGE
    stage.mkdir()
    # Tools that walk the project are not to look in here.
    (stage / ".gitignore").write_text("*\n", "utf-8")
    try:
        yield stage
    finally:
        recover(root)


def replace(root: Path, tree: Path, description: bytes | None = None) -> None:
    """Put a tree in place, and the description that it is made of.

    Args:
        root: of the project, locked.
        tree: the finished tree, in the staging directory.
        description: its bytes, unless the description in place is the one.
    """
    ready = root / STAGE / _READY
    tree.rename(ready)
    if description is not None:
        staged = root / STAGE / "description"
        staged.write_bytes(description)
        staged.replace(root / VENDORED)
    _put(ready, root / TARGET)


def recover(root: Path) -> bool:
    """Complete a replacement that was interrupted between its two renames, and remove the staging directory.

    Returns:
        Whether there was one to complete.
    """
    ready, target = root / STAGE / _READY, root / TARGET
    made_of = _made_of(ready)
    in_place = hashlib.sha256((root / VENDORED).read_bytes()).hexdigest() if made_of else ""
    interrupted = bool(made_of) and made_of == in_place and made_of != _made_of(target)
    if interrupted:
        _put(ready, target)
    # Without its inputs, what is left of an interrupted removal is not taken for a finished tree.
    (ready / INPUTS).unlink(missing_ok=True)
    shutil.rmtree(root / STAGE, ignore_errors=True)
    return interrupted


def _made_of(tree: Path) -> str:
    """Give the digest of the description that a tree is made of."""
    try:
        return str(json.loads((tree / INPUTS).read_text("utf-8"))["description"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _put(new: Path, target: Path) -> None:
    if target.exists() and exchange(new, target):
        return
    # Where the file system cannot exchange: killed between these two, the tree is absent until the next command.
    if target.exists():
        target.rename(new.with_name("old"))
    target.parent.mkdir(parents=True, exist_ok=True)
    new.rename(target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one system call; False where the system cannot."""
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
