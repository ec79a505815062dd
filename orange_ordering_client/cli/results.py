"""The results of `submit-many`: a file of JSON lines that stays valid if the program is killed at any time."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self, cast

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.order_files import OrderLine

__all__ = ["ResultsFile"]

_BEGINNING: Final = b'{"line": '
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_THERE: Final = ("placed", "already_there")

Name = tuple[str, str]
"""Reference and type of an order."""


class ResultsFile:
    """A file with the result of each order; the last record of an order counts.

    Records are appended. Each record is complete and durable before the next is written. An incomplete last line, after
    a kill or on a full disk, is removed when the file is opened.

    Args:
        path: path of the file; it is created with mode 0600 if it does not exist.

    Raises:
        Failure: another program writes to the file, it cannot be opened, or it has other content. It is not changed.
    """

    def __init__(self, path: Path) -> None:
        from filelock import FileLock, Timeout

        self._path = path
        self._lock = FileLock(f"{path}.lock", timeout=0)
        self._descriptor = -1
        if not path.absolute().parent.is_dir():
            raise Failure(f"{path} cannot be written: there is no such folder. Make it first.")
        try:
            self._lock.acquire()
            self._descriptor = os.open(path, _FLAGS, 0o600)
            self._records = self._load()
        except Timeout:
            raise Failure(f"{path} is being written by another submit-many: wait for its end, or end it.") from None
        except OSError as error:
            self.close()
            raise Failure(f"{path} cannot be written: {error.strerror}. Check the path and its permissions.") from None
        except Failure:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and release its lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._lock.release()

    def placed(self, line: OrderLine) -> Mapping[str, Any] | None:
        """Return the record that exactly this order exists, or None if there is none."""
        record = self._records.get((line.reference, line.type), {})
        return record if record.get("status") in _THERE and record.get("digest") == line.digest else None

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one record, and make it durable before returning.

        Raises:
            OSError: the record cannot be written.
        """
        data = _line(record)
        if os.write(self._descriptor, data) != len(data):
            raise OSError(28, "No space left on device", str(self._path))
        os.fsync(self._descriptor)
        self._records[_name(record)] = record

    def tidy(self, lines: Sequence[OrderLine]) -> None:
        """Rewrite the file with one record per order, sorted as the file of orders; records of other orders follow.

        Args:
            lines: every order of the file of orders.
        """
        records = dict(self._records)
        sorted_ = [records.pop(name) for line in lines if (name := (line.reference, line.type)) in records]
        new = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with open(descriptor, "wb") as file:
            file.writelines(_line(record) for record in (*sorted_, *records.values()))
            file.flush()
            os.fsync(descriptor)
        os.replace(new, self._path)
        with suppress(OSError):  # without this sync, a crash may restore the old file, whose records mean the same
            folder = os.open(self._path.absolute().parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _load(self) -> dict[Name, Mapping[str, Any]]:
        records: dict[Name, Mapping[str, Any]] = {}
        whole = 0
        with open(self._descriptor, "rb", closefd=False) as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") and (_BEGINNING.startswith(line) or line.startswith(_BEGINNING)):
                    break
                record = _record(line)
                if record is None:
                    raise Failure(
                        f"{self._path} line {number} is no result of submit-many: give --results a file of its own."
                    )
                records[_name(record)] = record
                whole += len(line)
        os.ftruncate(self._descriptor, whole)
        return records


def _line(record: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(record, default=str)}\n".encode()


def _name(record: Mapping[str, Any]) -> Name:
    return record["customerReference"], record["type"]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    record = cast("dict[str, Any]", found)
    texts = all(isinstance(record.get(name), str) for name in ("customerReference", "type", "status"))
    return record if texts and line.startswith(_BEGINNING) else None
