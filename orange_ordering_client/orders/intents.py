"""What a program was about to order, kept where a crash cannot take it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol, Self, cast

import attrs

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders.lookup import Key

__all__ = ["Intent", "IntentFile", "Intents"]


@attrs.frozen
class Intent:
    """An order that was sent, or was about to be.

    Attributes:
        request_id: what Orange called it; None if no answer was seen.
    """

    request_id: str | None = None


class Intents(Protocol):
    """A memory of orders that outlives the process; it must belong to one process at a time."""

    def recall(self, key: Key) -> Intent | None:
        """What is remembered of an order; None is nothing: it was never sent, or certainly not accepted."""
        ...

    async def sending(self, key: Key) -> None:
        """Remember, durably before returning, that an order is about to be sent."""
        ...

    def placed(self, key: Key, request_id: str) -> None:
        """Remember what Orange called an order."""
        ...

    def withdrawn(self, key: Key) -> None:
        """Forget an order that was certainly not accepted."""
        ...


class IntentFile:
    """Intents in a file of JSON lines, locked for as long as it is open.

    Without it, a program that is killed and started again knows nothing of orders that it sent a moment ago and that
    Orange does not list yet. With it, it knows which ones to wait for.

    Args:
        path: made if it is not there. On a disk of this machine: locks do not reach across networks.

    Raises:
        ConfigurationError: another process has it open, or it holds something else.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._file: IO[bytes] = self._path.open("a+b")
        self._lock = threading.Lock()
        try:
            _lock_exclusively(self._file, self._path)
            self._intents = dict(self._read())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._intents)

    def close(self) -> None:
        """Close the file, and let another process have it."""
        self._file.close()

    def recall(self, key: Key) -> Intent | None:
        """What is remembered of an order; None is nothing."""
        return self._intents.get(key)

    async def sending(self, key: Key) -> None:
        """Remember, durably before returning, that an order is about to be sent."""
        self._intents[key] = Intent()
        self._write(key, "sending")
        # Waiting for the disk is no work for the event loop.
        await asyncio.to_thread(self._sync)

    def placed(self, key: Key, request_id: str) -> None:
        """Remember what Orange called an order."""
        self._intents[key] = Intent(request_id)
        self._write(key, "placed", id=request_id)

    def withdrawn(self, key: Key) -> None:
        """Forget an order that was certainly not accepted."""
        self._intents.pop(key, None)
        self._write(key, "withdrawn")

    def _write(self, key: Key, event: str, **more: str) -> None:
        line = json.dumps({"event": event, "type": key.type, "reference": key.reference, **more})
        with self._lock:
            self._file.write(line.encode() + b"\n")
            self._file.flush()

    def _sync(self) -> None:
        with self._lock:
            os.fsync(self._file.fileno())

    def _read(self) -> Iterator[tuple[Key, Intent]]:
        self._file.seek(0)
        *lines, torn = self._file.read().split(b"\n")
        if torn:
            # The process died while writing this line, so before it sent anything, or after it had seen the answer.
            self._file.truncate(sum(len(line) + 1 for line in lines))
        intents: dict[Key, Intent] = {}
        for number, line in enumerate(lines, 1):
            try:
                key, intent = _parse(line)
            except (ValueError, KeyError, TypeError):
                raise ConfigurationError(f"{self._path}, line {number}, is not one of an intent file.") from None
            if intent is None:
                intents.pop(key, None)
            else:
                intents[key] = intent
        yield from intents.items()


def _parse(line: bytes) -> tuple[Key, Intent | None]:
    entry: Any = json.loads(line)
    fields = cast("dict[str, str]", entry)
    key = Key(str(fields["reference"]), str(fields["type"]))
    known: dict[str, Intent | None] = {
        "sending": Intent(),
        "placed": Intent(fields.get("id")),
        "withdrawn": None,
    }
    return key, known[fields["event"]]


if sys.platform == "win32":  # pragma: no cover  # CI runs on Linux

    def _lock_exclusively(file: IO[bytes], path: Path) -> None:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            raise _in_use(path) from None

else:

    def _lock_exclusively(file: IO[bytes], path: Path) -> None:
        import fcntl

        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _in_use(path) from None


def _in_use(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} is open in another process. One program at a time may place orders by it.")
