"""The results of `submit-many`: a file of JSON lines that stays valid if the program is killed at any time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self, cast

import attrs

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.order_files import OrderLine
from orange_ordering_client.orders.file_locks import make_private, open_private

__all__ = ["Api", "ResultsFile"]

_BEGINNING: Final = b'{"line": '
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_THERE: Final = ("placed", "already_there")

Name = tuple[str, str]
"""Reference and type of an order."""


@attrs.frozen
class Api:
    """The API that a result is of, without any credential.

    Attributes:
        base_url: address of the API.
        client: short digest of the client id.
    """

    base_url: str
    client: str

    def __str__(self) -> str:
        return f"{self.base_url}, client {self.client}"

    @classmethod
    def of_environment(cls) -> Api:
        """Return the API that the environment names.

        Raises:
            ConfigurationError: a setting is missing or unusable; the message names it.
        """
        # Other usage errors do not need it, and are reported sooner without it.
        from orange_ordering_client.settings import Settings, environment

        found = {name: value for name, value in environment().items() if name != "language"}
        required = dict.fromkeys(("client_id", "client_secret", "api_key"))
        settings = Settings.of(**{**required, **found})
        digest = hashlib.sha256(f"{settings.base_url}\n{settings.client_id}".encode()).hexdigest()[:12]
        return cls(settings.base_url, digest)

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Api | None:
        """Return the API that a record is of; None if an earlier version wrote it, which did not record the API."""
        return cls(record["api"], record["client"]) if "api" in record else None


class ResultsFile:
    """A file with the result of each order; the last record of an order counts.

    Records are appended. Each record is complete and durable before the next is written. An incomplete last line, after
    a kill or on a full disk, is removed when the file is opened.

    Args:
        path: path of the file; it is created with mode 0600 if it does not exist.
        api: API that the orders are sent to.

    Raises:
        Failure: another program writes to the file, it cannot be opened, it has other content, or it has results of
            another API. It is not changed.
    """

    def __init__(self, path: Path, api: Api) -> None:
        from filelock import FileLock, Timeout

        self._path = path
        self._api = api
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
        """Return the record that exactly this order exists at this API, or None if there is none."""
        record = self._records.get((line.reference, line.type), {})
        return record if self._is_placed(record, line) and Api.of_record(record) == self._api else None

    def status(self, line: OrderLine) -> str | None:
        """Return the status that earlier runs recorded for an order, or None if they recorded none for its content.

        It is `unknown` for an order that an earlier version recorded as placed, because it did not record the API.
        """
        record = self._records.get((line.reference, line.type), {})
        status: str | None = record.get("status")
        if status not in _THERE or self.placed(line) is not None:
            return status
        return "unknown" if self._is_placed(record, line) else None

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one record with the API that it is of, and make it durable before returning.

        Raises:
            OSError: the record cannot be written.
        """
        record = {**record, "api": self._api.base_url, "client": self._api.client}
        data = _line(record)
        if os.write(self._descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, "No space left on device", str(self._path))
        os.fsync(self._descriptor)
        self._records[_name(record)] = record

    def tidy(self, lines: Sequence[OrderLine]) -> None:
        """Rewrite the file with one record per order, sorted as the file of orders; records of other orders follow.

        Args:
            lines: every order of the file of orders.

        Raises:
            OSError: the new file cannot be written, or another file has its name. The results are unchanged.
            IntentFileError: a link, or something that is no regular file, has its name. The results are unchanged.
        """
        records = dict(self._records)
        sorted_ = [records.pop(name) for line in lines if (name := (line.reference, line.type)) in records]
        # A fixed name, so that files of killed processes do not accumulate.
        new = Path(f"{self._path}.new")
        descriptor = open_private(new)
        with open(descriptor, "r+b") as file:
            # A process that was killed here may have left the beginning of a record, or nothing.
            if not _BEGINNING.startswith(file.read(len(_BEGINNING))):
                raise FileExistsError(errno.EEXIST, "another file has this name", str(new))
            make_private(descriptor)
            file.seek(0)
            file.truncate()
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
                if (other := Api.of_record(record)) not in (None, self._api):
                    raise Failure(
                        f"{self._path} line {number} is a result of another API ({other}); this run is for {self._api}:"
                        " give --results another file. If the other API was a sandbox, give --intents another one, too."
                    )
                records[_name(record)] = record
                whole += len(line)
        os.ftruncate(self._descriptor, whole)
        return records

    @staticmethod
    def _is_placed(record: Mapping[str, Any], line: OrderLine) -> bool:
        return record.get("status") in _THERE and record.get("digest") == line.digest


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
    names = ("customerReference", "type", "status", *(("api", "client") if {"api", "client"} & record.keys() else ()))
    texts = all(isinstance(record.get(name), str) for name in names)
    return record if texts and line.startswith(_BEGINNING) else None
