"""Messages between the client and a validation worker: a length in four bytes, followed by JSON."""

from __future__ import annotations

import json
from typing import Any, Protocol

__all__ = ["BadFrame", "Reader", "decode", "encode", "read"]

_LENGTH = 4
LARGEST = 64 * 1024 * 1024
"""Largest size of one message in bytes."""


class BadFrame(Exception):
    """An error for an invalid or incomplete message from the other process."""


class Reader(Protocol):
    """A blocking source of bytes, which returns no bytes at its end."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most `size` bytes."""
        ...


def encode(message: Any) -> bytes:
    """Return the bytes of a message.

    Raises:
        ValueError, RecursionError, TypeError: the message cannot be written as JSON, or is larger than 64 MiB.
    """
    body = json.dumps(message).encode()
    if len(body) > LARGEST:
        raise ValueError(f"a message of {len(body)} bytes")
    return len(body).to_bytes(_LENGTH, "big") + body


def read(source: Reader, largest: int = LARGEST) -> bytes | None:
    """Return the JSON of the next message; None at the end.

    Args:
        source: blocking source of messages.
        largest: largest size in bytes; a larger message is rejected before it is read.

    Raises:
        BadFrame: the message is incomplete or too long.
    """
    head = _exactly(source, _LENGTH)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if len(head) < _LENGTH or size > largest:
        raise BadFrame("no length, or too long")
    body = _exactly(source, size)
    if len(body) < size:
        raise BadFrame("cut off")
    return body


def decode(body: bytes) -> dict[str, Any]:
    """Parse the JSON of a message.

    Raises:
        BadFrame: the message is not a JSON object.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(message, dict):
        raise BadFrame("no object")
    return message  # pyright: ignore[reportUnknownVariableType]  # a JSON object


def _exactly(source: Reader, size: int) -> bytes:
    pieces: list[bytes] = []
    while size and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
