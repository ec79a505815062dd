"""Requests and responses as plain values, independent of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

__all__ = ["Call", "Reply", "essence", "is_json"]


@dataclass(frozen=True)
class Call:
    """A request that was received.

    Attributes:
        method, path: of the request line; the path is percent-decoded.
        query: the query string, not decoded.
        headers: values by name in lower case.
        body: the whole body.
        base: scheme and authority that the caller used, for links.
        raw_path: the path as sent, percent-encoded; routing uses it, so that an encoded slash separates no segments.
        arrived: real time of arrival.
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
            ValueError: it is not JSON (NaN is not, by RFC 8259), or is nested too deeply.
        """
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    @cached_property
    def reference(self) -> str | None:
        """The customerReference in the body, None if there is none."""
        return self._text("customerReference")

    @cached_property
    def type(self) -> str | None:
        """The request type in the body, None if there is none."""
        return self._text("type")

    def _text(self, name: str) -> str | None:
        try:
            value = self.json.get(name)
        except (ValueError, AttributeError):
            return None
        return value if isinstance(value, str) else None


@dataclass
class Reply:
    """A response to send.

    Attributes:
        status: HTTP status.
        data: the body, to be encoded as JSON; ignored if `raw` is set.
        headers: besides Content-Type and Content-Length, which `encode` adds.
        raw: the body as bytes, for one that is not JSON; None to encode `data`.
        media_type: media type of the body.
    """

    status: int
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    media_type: str = "application/json"

    def encode(self) -> bytes:
        """Return the body as bytes."""
        if self.raw is not None:
            return self.raw
        try:
            return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # A lone surrogate was received as an escape; it must be sent as one.
            return json.dumps(self.data, separators=(",", ":")).encode()


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type, with or without parameters, is JSON."""
    return essence(media_type) == "application/json" or essence(media_type).endswith("+json")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
