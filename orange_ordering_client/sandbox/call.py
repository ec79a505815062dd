"""One call and one reply, as plain values: everything between them is decided without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeGuard

__all__ = ["Call", "Reply", "essence", "is_json", "is_list", "is_object"]


@dataclass(frozen=True)
class Call:
    """What arrived.

    Attributes:
        method, path: of the request line; the path is percent-decoded.
        query: undecoded query string.
        headers: names in lower case.
        body: the whole of it.
        base: scheme and authority the caller used, for links.
        raw_path: as sent, still percent-encoded; routing is done on it, so that an encoded slash stays in its segment.
        arrived: real time.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    base: str = "http://127.0.0.1"
    raw_path: str = ""
    arrived: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is not JSON (RFC 8259 knows no NaN), or is nested too deeply to be read.
        """
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    @cached_property
    def reference(self) -> str | None:
        """The customerReference that the body carries, if it has one."""
        return self._text("customerReference")

    @cached_property
    def type(self) -> str | None:
        """The request type that the body carries, if it has one."""
        return self._text("type")

    def _text(self, name: str) -> str | None:
        try:
            value = self.json.get(name)
        except (ValueError, AttributeError):
            return None
        return value if isinstance(value, str) else None


@dataclass
class Reply:
    """What is to be answered.

    Attributes:
        status: HTTP status.
        data: the JSON of the body; ignored when `raw` is set.
        headers: besides Content-Type and Content-Length, which `encode` adds.
        raw: a body that is not JSON.
        media_type: of the body.
    """

    status: int
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    media_type: str = "application/json"

    def encode(self) -> bytes:
        """Write the body."""
        if self.raw is not None:
            return self.raw
        try:
            return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # A lone surrogate came in as an escape, and must go out as one.
            return json.dumps(self.data, separators=(",", ":")).encode()


def is_object(node: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a piece of JSON is an object."""
    return isinstance(node, dict)


def is_list(node: Any) -> TypeGuard[list[Any]]:
    """Tell whether a piece of JSON is an array."""
    return isinstance(node, list)


def essence(media_type: str) -> str:
    """A media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Tell whether a media type, parameters allowed, is JSON."""
    return essence(media_type) == "application/json" or essence(media_type).endswith("+json")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
