"""Types that hide secrets in representations, and functions that find the secrets of a request."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["NO_SECRETS", "Secret", "Secrets", "header_secrets", "url_secrets"]

_PUBLIC: Final = frozenset(
    (
        *("accept", "accept-charset", "accept-encoding", "accept-language", "host", "user-agent", "connection"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding", "cache-control", "pragma"),
    )
)
"""Headers that contain no secret; any other header may contain one."""

_TELLING = re.compile(r"auth|key|token|secret|cookie|session|passw|pwd|cred|sign|^sig$", re.IGNORECASE)
_SHORTEST: Final = 8
"""A value with at least this many characters counts as a secret, whatever the name of its header."""


class Secret:
    """A secret text. `repr`, `str`, formatting and a debugger's list of locals show a mask instead."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, to send it."""
        return self._text

    def prefixed(self, prefix: str) -> Secret:
        """Return a secret of a public prefix and this text."""
        return Secret(prefix + self._text)

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A Secret is not written to disk or sent to another process.")


class Secrets:
    """A set of secret texts. Its representation is masked, and pickling drops them.

    Args:
        texts: the secrets.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Iterable[str | Secret] = ()) -> None:
        self._texts = frozenset(Secret(text) if isinstance(text, str) else text for text in texts)

    def reveal(self) -> Iterator[str]:
        """Return the texts, to search for them."""
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
    """Yield the secrets of headers: whole values, the values of cookies, and the credentials of HTTP Basic.

    Args:
        headers: headers with names in any case.
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
    """Yield the secrets of a URL: its user information, and parameters with names such as `token`.

    Args:
        url: absolute URL.
    """
    parts = urlsplit(url)
    yield from (unquote(part) for part in (parts.username, parts.password) if part)
    yield from (value for name, value in parse_qsl(parts.query) if _TELLING.search(name))
