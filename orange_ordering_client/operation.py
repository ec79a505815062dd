"""The operations of the API, and how their arguments become a path and a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import cast
from urllib.parse import quote

import attrs

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.text import safe_repr

__all__ = ["Operation", "Query", "QueryValue", "encode_query", "expand"]

QueryScalar = str | int | float | bool | Enum | date
QueryValue = QueryScalar | Iterable[QueryScalar]
Query = Mapping[str, QueryValue | None]


@attrs.frozen
class Operation:
    """One call of the description.

    Attributes:
        id: `resource.method`, as users call it.
        method: HTTP method.
        path: relative to the base URL, with `{placeholders}`.
        token, api_key: whether the request carries these credentials.
        words: that the description knows, of each filter that takes words, by its wire name.
    """

    id: str
    method: str
    path: str
    token: bool = True
    api_key: bool = True
    words: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict[str, tuple[str, ...]], repr=False, eq=False)

    @property
    def is_safe(self) -> bool:
        """Whether the call changes nothing on the server and may be repeated (RFC 9110, section 9.2.1)."""
        return self.method in ("GET", "HEAD", "OPTIONS")


def expand(path: str, values: Mapping[str, str] | None) -> str:
    """Fill the placeholders of a path. No value can change the rest of the path.

    Raises:
        InvalidArgument: a value is not text, is empty, cannot be encoded, or has a dot segment, which servers and
            proxies resolve even percent-encoded (RFC 3986, sections 5.2.4 and 6.2.2.3).
    """

    written, *parts = path.split("{")
    for part in parts:
        name, _, rest = part.partition("}")
        written += _segment(name, (values or {}).get(name)) + rest
    return written


def _segment(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidArgument(f"{name} must be text, not {type(value).__name__}.")
    if not value.strip():
        raise InvalidArgument(f"{name} is empty: give the id of what you want.")
    if not {".", ".."}.isdisjoint(value.replace("\\", "/").split("/")):
        raise InvalidArgument(f"{name} is {value!r}: dot segments would change the path of the call.")
    return quote(_unicode(name, value), safe="")


def encode_query(query: Query | None) -> list[tuple[str, str]]:
    """Encode query parameters: None is left out, several values are separated by commas (FACTS, Lists).

    Raises:
        InvalidArgument: a name is not text, or a value is empty, a date-time without a time zone, or of a type or size
            that a query string cannot carry.
    """
    pairs = ((name, value) for name, value in (query or {}).items() if value is not None)
    return [(_name(name), _encode(name, value)) for name, value in pairs]


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise InvalidArgument(f"query has the name {safe_repr(name)}; names in a query are text.")
    return _unicode(safe_repr(name), name)


def _encode(name: str, value: object) -> str:
    kind = type(value).__name__
    if isinstance(value, Enum):
        return _encode(name, value.value)
    if isinstance(value, str):
        return _unicode(name, _filled(name, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(name, value)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidArgument(f"{name} is {value!r}, without a time zone: give it one, such as tzinfo=datetime.UTC.")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, (Mapping, bytes, bytearray)):
        return _filled(name, ",".join([_encode(name, item) for item in cast("Iterable[object]", value)]))
    raise InvalidArgument(f"{name} cannot be {kind}: use text, a number, a date, or several of them.")


def _filled(name: str, text: str) -> str:
    if not text:
        # An empty value would not filter: the server would return everything.
        raise InvalidArgument(f"{name} is empty: leave it out, or skip the call.")
    return text


def _number(name: str, value: float) -> str:
    try:
        return str(value)
    except ValueError:
        raise InvalidArgument(f"{name} is {safe_repr(value)}, which no URL can carry: give a shorter number.") from None


def _unicode(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name} holds half a character (a surrogate), which no URL can carry.") from None
    return text
