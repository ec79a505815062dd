"""Requests of httpx, built without taking apart again what was put together here a moment ago.

httpx reads every URL character by character and looks for headers to add. That is a tenth of a call. The URLs of this
SDK need no mending, and their headers are known; whatever is not so plain is left to httpx.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import httpx

__all__ = ["build", "parse"]

_AS_IT_IS: Final = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%/?"
"""What paths and queries are made of (RFC 3986, sections 3.3 and 3.4); httpx leaves every one of them as it is."""

_LONGEST: Final = 65_536
"""Characters; httpx refuses longer URLs."""

_OURS: Final = frozenset({b"host", b"content-length", b"transfer-encoding"})


def build(
    method: str, url: str, headers: Iterable[tuple[bytes, bytes]], content: bytes | None, timeout: dict[str, Any]
) -> httpx.Request | None:
    """Build what `httpx.AsyncClient.build_request` would of the same; None where that had more to do.

    Args:
        method, url: where to; absolute, with its query.
        headers: all but `Host` and `Content-Length`.
        content: the body; None without one.
        timeout: as httpx passes it to transports.

    Raises:
        httpx.InvalidURL: it is none.
        UnicodeError: its host is no name.
    """
    raw = list(headers)
    # Of a body that is there and empty, httpx knows what each method says about it.
    if (content is None and method in ("POST", "PUT", "PATCH")) or content == b"":
        return None
    if not _OURS.isdisjoint([name.lower() for name, _ in raw]):
        return None
    target = parse(url)
    if not target.host:
        return None
    raw.insert(0, (b"Host", target.netloc))
    if content is not None:
        raw.append((b"Content-Length", b"%d" % len(content)))
    stream = httpx.ByteStream(content or b"")
    return httpx.Request(method, target, headers=raw, stream=stream, extensions={"timeout": timeout})


def parse(url: str) -> httpx.URL:
    """Read a URL as `httpx.URL` does, of a known origin at a fifth of the cost.

    Raises:
        httpx.InvalidURL: it is none.
    """
    slash = url.find("/", len("https://"))
    origin, target = url[:slash], url[slash:]
    whole = slash > 0 and url.startswith(("https://", "http://")) and "?" not in origin and "#" not in origin
    # Dot segments are resolved by httpx.
    if not whole or "/." in target or target.rstrip(_AS_IT_IS) or len(url) > _LONGEST or not _AS_KNOWN:
        return httpx.URL(url)
    return _at(_origin(origin), target)


@lru_cache(maxsize=16)
def _origin(text: str) -> httpx.URL:
    return httpx.URL(text)


def _at(origin: Any, target: str) -> httpx.URL:
    path, mark, query = target.partition("?")
    made: Any = object.__new__(httpx.URL)
    made._uri_reference = origin._uri_reference._replace(path=path, query=query if mark else None)
    return made  # type: ignore[no-any-return]  # Any only to set what is private


def _as_known() -> bool:
    try:
        quick, whole = _at(httpx.URL("https://a.example:1"), "/b?c=d"), httpx.URL("https://a.example:1/b?c=d")
        return quick == whole and vars(quick) == vars(whole)
    except (AttributeError, TypeError, ValueError):
        return False


_AS_KNOWN: Final = _as_known()
"""Whether a URL of httpx is inside as it was when this was written; if not, httpx reads them all."""
