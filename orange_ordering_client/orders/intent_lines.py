"""The format of an intent file: one JSON object a line."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import attrs

from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

__all__ = ["LONGEST_LINE", "Header", "Orders", "is_torn", "joined", "line_of"]

LONGEST_LINE = 1 << 20
"""Bytes. A large file of another kind is refused without being read into memory, so no line may be longer."""

# The lines of this module without escapes; five times as fast as json.loads.
_PLAIN = re.compile(
    rb'\{"event": "(sending|placed|withdrawn)", "type": "([ !#-\[\]-~]+)", "reference": "([ !#-\[\]-~]+)"'
    rb'(?:, "id": "([ !#-\[\]-~]+)")?(?:, "newest": "([0-9T:.+-]+)")?\}'
)
_BEGINNING = b'{"event": "'
_quoted = json.JSONEncoder().encode


@attrs.frozen
class Header:
    """The first line of a file. It distinguishes a compacted file from a foreign one at the same path.

    Attributes:
        id: constant during the life of the file.
        generation: number of times that the file was compacted.
    """

    id: str = attrs.field(factory=lambda: uuid.uuid4().hex)
    generation: int = 0

    def line(self) -> bytes:
        """Write the line."""
        return f'{{"event": "file", "id": {_quoted(self.id)}, "generation": {self.generation}}}\n'.encode()

    @classmethod
    def parse(cls, line: bytes) -> Header | None:
        """Read the first line of a file; None if it is no header."""
        try:
            entry: Any = json.loads(line)
            if entry["event"] == "file":
                return cls(str(entry["id"]), int(entry["generation"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        return None


def line_of(event: str, key: Key, request_id: str = "", newest: datetime | None = None) -> bytes:
    """Write the line of one event.

    Raises:
        IntentFileError: it would be too long to be read again.
    """
    more = f', "id": {_quoted(request_id)}' if request_id else _newest(newest)
    return _line(event, _quoted(key.type), key.reference, more)


def _line(event: str, quoted_type: str, reference: str, more: str) -> bytes:
    line = f'{{"event": "{event}", "type": {quoted_type}, "reference": {_quoted(reference)}{more}}}\n'.encode()
    if len(line) > LONGEST_LINE:
        raise IntentFileError(
            f"A line of an intent file has at most {LONGEST_LINE} bytes, this order needs {len(line)}."
        )
    return line


def _newest(moment: datetime | None) -> str:
    return "" if moment is None else f', "newest": "{moment.isoformat()}"'


def _moment(text: Any) -> datetime:
    """Read a time that has a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


class Orders:
    """The orders in a file, as plain values, because there may be hundreds of thousands."""

    def __init__(self) -> None:
        self._states: dict[str, dict[str, str | datetime | None]] = {}
        """By type and reference: the id, or for an order in doubt what `sending` stored."""

    def __len__(self) -> int:
        return sum(map(len, self._states.values()))

    def get(self, key: Key) -> Intent | None:
        """The intent of an order; None for an unknown order."""
        states = self._states.get(key.type, {})
        if key.reference not in states:
            return None
        state = states[key.reference]
        return Intent(state) if isinstance(state, str) else Intent(newest_before=state)

    def take(self, line: bytes) -> None:
        """Apply one line.

        Raises:
            ValueError: it is not a line of an intent file.
        """
        if found := _PLAIN.fullmatch(line):
            event, type_, reference, request_id, newest = found.groups()
            self._apply(
                event.decode(),
                type_.decode(),
                reference.decode(),
                "" if request_id is None else request_id.decode(),
                None if newest is None else _moment(newest.decode()),
            )
        elif Header.parse(line) is None:
            try:
                entry: dict[str, Any] = json.loads(line)
                event, type_, reference = entry["event"], entry["type"], entry["reference"]
                request_id = entry.get("id", "")
                newest = _moment(entry["newest"]) if "newest" in entry else None
            except (KeyError, TypeError, AttributeError, RecursionError) as error:
                raise ValueError from error
            if event not in ("sending", "placed", "withdrawn"):
                raise ValueError
            if not all(isinstance(text, str) for text in (type_, reference, request_id)):
                raise ValueError
            self._apply(event, type_, reference, request_id, newest)

    def _apply(self, event: str, type_: str, reference: str, request_id: str, newest: datetime | None) -> None:
        if event == "withdrawn":
            self._states.get(type_, {}).pop(reference, None)
        else:
            self._states.setdefault(type_, {})[reference] = newest if event == "sending" else request_id or None

    def lines(self) -> Iterator[bytes]:
        """Write them, one line each.

        Raises:
            IntentFileError: one would be too long to be read again.
        """
        for type_, states in self._states.items():
            quoted = _quoted(type_)
            for reference, state in states.items():
                if isinstance(state, str):
                    yield _line("placed", quoted, reference, f', "id": {_quoted(state)}')
                else:
                    yield _line("sending", quoted, reference, _newest(state))


def is_torn(line: bytes) -> bool:
    """Whether a last line without its newline is the beginning of a line, written by a process that was killed."""
    try:
        json.loads(line)
    except RecursionError:
        return False
    except ValueError:
        return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)
    return False


def joined(lines: Iterable[bytes], size: int = 1 << 16) -> Iterator[bytes]:
    """Join lines to blocks, to call write() less often."""
    block = bytearray()
    for line in lines:
        block += line
        if len(block) >= size:
            yield bytes(block)
            block.clear()
    yield bytes(block)
