"""What a generated method says of its call, and the one thing it may ask of the pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote

import attrs

from orange_ordering_client.answer import Answer
from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.pagination import Pager

__all__ = ["Caller", "Operation", "Query", "QueryValue", "encode_query", "expand"]

T = TypeVar("T")
QueryScalar = str | int | float | bool | Enum | date
QueryValue = QueryScalar | Iterable[QueryScalar]
Query = Mapping[str, QueryValue | None]

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_SEPARATOR = re.compile(r"[/\\]")


@attrs.frozen
class Operation:
    """One call of the description.

    Attributes:
        id: `resource.method`, as users write it.
        method: HTTP method.
        path: relative to the base URL, with `{placeholders}`.
        token, api_key: which credentials the call carries.
    """

    id: str
    method: str
    path: str
    token: bool = True
    api_key: bool = True

    @property
    def is_safe(self) -> bool:
        """Whether the call changes nothing, so that repeating it is harmless (RFC 9110, section 9.2.1)."""
        return self.method in ("GET", "HEAD", "OPTIONS")


class Caller(Protocol):
    """The pipeline as generated resources see it."""

    async def call(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> T:
        """Send one logical call and decode its answer."""
        ...

    async def answer(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> Answer[T]:
        """Send one logical call; the answer is decoded only when asked."""
        ...

    def pager(
        self,
        operation: Operation,
        decode_item: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pager[T]:
        """Prepare reading a list; nothing is sent until it is awaited or iterated."""
        ...


def expand(path: str, values: Mapping[str, str] | None) -> str:
    """Fill the placeholders of a path so that no value can change it.

    Raises:
        InvalidArgument: a value is not text, is empty, cannot be encoded, or has a dot segment, which servers and
            proxies resolve even percent-encoded (RFC 3986, sections 5.2.4 and 6.2.2.3).
    """

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        value: object = (values or {}).get(name)
        if not isinstance(value, str):
            raise InvalidArgument(f"{name} must be text, not {type(value).__name__}.")
        if not value.strip():
            raise InvalidArgument(f"{name} is empty: give the id of what you want.")
        if any(part in (".", "..") for part in _SEPARATOR.split(value)):
            raise InvalidArgument(f"{name} is {value!r}: dot segments would change the path of the call.")
        return quote(_unicode(name, value), safe="")

    return _PLACEHOLDER.sub(fill, path)


def encode_query(query: Query | None) -> list[tuple[str, str]]:
    """Write query parameters as the API reads them: None left out, several values separated by commas (FACTS, Lists).

    Raises:
        InvalidArgument: a value is of a kind that a query string cannot carry.
    """
    pairs = ((name, value) for name, value in (query or {}).items() if value is not None)
    return [(name, _encode(name, value)) for name, value in pairs]


def _encode(name: str, value: object) -> str:
    kind = type(value).__name__
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return _unicode(name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, (Mapping, bytes, bytearray)):
        items = [_encode(name, item) for item in cast("Iterable[object]", value)]
        if not items:
            # Sent empty it would not filter at all, and everything would come back.
            raise InvalidArgument(f"{name} holds no value: leave it out, or do not ask.")
        return ",".join(items)
    raise InvalidArgument(f"{name} cannot be {kind}: use text, a number, a date, or several of them.")


def _unicode(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name} holds half a character (a surrogate), which no URL can carry.") from None
    return text
