"""The secrets that an attempt carries, for those who must keep them out of what they write."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from orange_ordering_client.settings import Secret

__all__ = ["NO_SECRETS", "Secrets", "header_secrets", "url_secrets"]

_PUBLIC: Final = frozenset(
    (
        *("accept", "accept-charset", "accept-encoding", "accept-language", "host", "user-agent", "connection"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding", "cache-control", "pragma"),
    )
)
"""Headers that hold no secret; others may, whatever their name."""

_TELLING = re.compile(r"auth|key|token|secret|cookie|session|passw|pwd|cred|sign|^sig$", re.IGNORECASE)
_SHORTEST: Final = 8
"""Characters from which a value is taken for a secret although the name does not say so."""


class Secrets:
    """Texts that never show themselves. Copies of the object share them; a pickled one has lost them.

    Args:
        texts: the secrets.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Iterable[str | Secret] = ()) -> None:
        self._texts = frozenset(Secret(text) if isinstance(text, str) else text for text in texts)

    def reveal(self) -> Iterator[str]:
        """The texts themselves, to look for them."""
        return (text.reveal() for text in self._texts)

    def __or__(self, other: Secrets) -> Secrets:
        return Secrets(self._texts | other._texts)

    def __repr__(self) -> str:
        return "Secrets(***)"

    def __copy__(self) -> Secrets:
        return self

    def __deepcopy__(self, memo: object) -> Secrets:
        return self

    def __reduce__(self) -> tuple[type[Secrets], tuple[()]]:
        return (Secrets, ())


NO_SECRETS: Final = Secrets()


def header_secrets(headers: Mapping[str, str]) -> Iterator[str]:
    """Find the secrets among headers: whole values, the parts of cookies, and what HTTP Basic holds.

    Args:
        headers: names in any case.
    """
    for name, value in headers.items():
        if name.lower() in _PUBLIC or not (_TELLING.search(name) or len(value) >= _SHORTEST):
            continue
        yield value
        if "cookie" in name.lower():
            for part in value.split(";"):
                yield part.partition("=")[2].strip().strip('"')
        scheme, space, rest = value.partition(" ")
        if space and scheme.isalpha():
            yield rest.strip()
            if scheme.lower() == "basic":
                yield from _pair(rest.strip())


def _pair(encoded: str) -> Iterator[str]:
    try:
        pair = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return
    user, _, password = pair.partition(":")
    yield from (pair, user, password)


def url_secrets(url: str) -> Iterator[str]:
    """Find the secrets in a URL: its user information, and parameters whose names say so.

    Args:
        url: absolute.
    """
    parts = urlsplit(url)
    yield from (unquote(part) for part in (parts.username, parts.password) if part)
    yield from (value for name, value in parse_qsl(parts.query) if _TELLING.search(name))
