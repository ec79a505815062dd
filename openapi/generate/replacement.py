"""Replacement of the generated tree, together with its description, which is safe if the process is killed.

Two renames are made under a lock: the description first, then the tree, which is exchanged with the old one in one
system call. If the process is killed at any time, the description is the old or the new one, and so is the tree. If it
is killed between the two renames, the tree in place is not generated from the description in place, but the staged tree
is (each tree names its description in `inputs.json`). The next command detects this and exchanges the trees. So both
are old or both are new, without a journal. A failure of the machine is not handled, because both are under version
control.
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
import tempfile
import uuid
from collections.abc import Generator
from pathlib import Path

from openapi.read.errors import BuildError

__all__ = ["INPUTS", "STAGE", "TARGET", "VENDORED", "exchange", "locked", "recover", "replace", "staging"]

VENDORED = "openapi/ordering-v3.1.json"
TARGET = "orange_ordering_client/_generated"
INPUTS = "inputs.json"
# In the root of the project, so that it is on the same file system as the tree that it replaces.
STAGE = ".openapi-stage"
_READY = "ready"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextlib.contextmanager
def locked(root: Path) -> Generator[None]:
    """Lock a project, so that only one build runs at a time, and complete an interrupted replacement.

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
    """Yield an empty directory for a build, on the same file system as the project; it is removed afterwards.

    Its path is new for each build: a generator that outlives its killed build writes nothing into a later one.
    """
    stage = root / STAGE
    stage.mkdir()
    # Tools that search the project must ignore this directory.
    (stage / ".gitignore").write_text("*\n", "utf-8")
    try:
        yield Path(tempfile.mkdtemp(dir=stage))
    finally:
        recover(root)


def replace(root: Path, tree: Path, description: bytes | None = None) -> None:
    """Put a tree in place, and the description that it was generated from.

    Args:
        root: root of the project, which must be locked.
        tree: finished tree in the staging directory.
        description: bytes of the description; None if it is in place already.

    Raises:
        BuildError: a directory is read-only; nothing was replaced.
    """
    target = root / TARGET
    for changed in ((root / VENDORED).parent, target.parent, target):
        if changed.exists() and not os.access(changed, os.W_OK):
            raise BuildError(f"{changed} is read-only.")
    ready = root / STAGE / _READY
    tree.rename(ready)
    if description is not None:
        staged = root / STAGE / "description"
        staged.write_bytes(description)
        staged.replace(root / VENDORED)
    _put(ready, target)


def recover(root: Path) -> bool:
    """Complete a replacement that was interrupted between its two renames, and remove the staging directory.

    Returns:
        Whether a replacement was completed.
    """
    ready, target = root / STAGE / _READY, root / TARGET
    made_of = _made_of(ready)
    in_place = hashlib.sha256((root / VENDORED).read_bytes()).hexdigest() if made_of else ""
    interrupted = bool(made_of) and made_of == in_place and made_of != _made_of(target)
    if interrupted:
        _put(ready, target)
    # It is renamed first: the rest of an interrupted removal is not mistaken for a finished tree, and a generator that
    # outlived its killed build cannot write into it any more.
    with contextlib.suppress(FileNotFoundError):
        (root / STAGE).rename(root / f"{STAGE}-{uuid.uuid4().hex}")
    for discarded in root.glob(f"{STAGE}-*"):
        _remove(discarded)
    return interrupted


def _remove(directory: Path) -> None:
    # A copy of a read-only directory is read-only, too.
    for path, _, _ in os.walk(directory):
        with contextlib.suppress(OSError):
            Path(path).chmod(0o700)
    shutil.rmtree(directory, ignore_errors=True)


def _made_of(tree: Path) -> str:
    """Return the digest of the description that a tree was generated from."""
    try:
        return str(json.loads((tree / INPUTS).read_text("utf-8"))["description"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _put(new: Path, target: Path) -> None:
    if target.exists() and exchange(new, target):
        return
    # If the file system cannot exchange paths, a kill between these two renames leaves no tree until the next command.
    if target.exists():
        target.rename(new.with_name("old"))
    target.parent.mkdir(parents=True, exist_ok=True)
    new.rename(target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one system call; return False if the system cannot."""
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
