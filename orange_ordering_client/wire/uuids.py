"""UUIDs, which are encoded as they were received."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from orange_ordering_client.wire.failing import mismatch

__all__ = ["UUID", "SpelledUUID", "format_uuid", "parse_uuid"]


class SpelledUUID(UUID):
    """A UUID that was received in capitals or without hyphens; it is encoded in the received form."""

    __slots__ = ("spelling",)
    spelling: str

    def __init__(self, spelling: str) -> None:
        super().__init__(spelling)
        # UUIDs are immutable, so that an ordinary assignment raises an exception.
        object.__setattr__(self, "spelling", spelling)

    def __reduce__(self) -> tuple[Any, ...]:
        return (SpelledUUID, (self.spelling,))


def parse_uuid(value: Any) -> UUID:
    """Decode a UUID.

    Raises:
        DecodeError: the value is not a UUID.
    """
    try:
        found = UUID(value)
        return found if str(found) == value else SpelledUUID(value)
    except (ValueError, AttributeError, TypeError):
        raise mismatch("a UUID", value) from None


def format_uuid(value: UUID) -> str:
    """Encode a UUID as it was received, or in its usual form."""
    return value.spelling if isinstance(value, SpelledUUID) else str(value)
