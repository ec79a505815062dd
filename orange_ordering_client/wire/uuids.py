"""UUIDs, with their spelling."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from orange_ordering_client.wire.failing import mismatch

__all__ = ["SpelledUUID", "format_uuid", "parse_uuid"]


class SpelledUUID(UUID):
    """A UUID in capitals or without hyphens, which keeps its spelling to be written back."""

    __slots__ = ("spelling",)
    spelling: str

    def __reduce__(self) -> tuple[Any, ...]:
        return (parse_uuid, (self.spelling,))


def parse_uuid(value: Any) -> UUID:
    """Read a UUID.

    Raises:
        DecodeError: it is none.
    """
    if isinstance(value, str):
        try:
            found = UUID(value)
        except ValueError:
            raise mismatch("a UUID", value) from None
        if str(found) == value:
            return found
        spelled = SpelledUUID(value)
        object.__setattr__(spelled, "spelling", value)
        return spelled
    raise mismatch("a UUID", value)


def format_uuid(value: UUID) -> str:
    """Write a UUID as it came, or in its usual form."""
    spelling = getattr(value, "spelling", None)
    return str(value) if spelling is None else cast("str", spelling)
