"""Search for secrets in a text, in any encoding of a server, and their masking."""

from __future__ import annotations

import base64
import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

import attrs

__all__ = ["MASK", "Mask", "Reading", "Span", "guessed", "readings", "replaced"]

MASK: Final = "***"

Span = tuple[int, int, str]
"""Start and end of the replaced text, and the replacement."""

_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U000[0-9A-Fa-f]{5}"
    r"|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?"
    # These characters appear if UTF-16 is decoded as UTF-8.
    r"|\x00",
    re.DOTALL,
)
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LEVELS: Final = 3
"""Number of nested encodings that are decoded, such as percent-encoding in JSON in JSON."""

_BASE64: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_SHORTEST_FRAGMENT: Final = 4
# Text such as "Basic authentication" is kept: a credential has digits, or a capital letter after a lower-case one.
_CREDENTIAL = re.compile(
    r"\b(?i:bearer|basic)\s+(?=[^\s\"']{0,200}?(?:\d|[a-z][A-Z]))([A-Za-z0-9._~+/=-]{8,})|\b(eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?)"
)


@attrs.frozen
class Reading:
    """A text with some of its escapes decoded, and the origins of its characters.

    Attributes:
        text: decoded text.
        starts, ends: positions in `text` of the characters that were decoded from escapes.
        origin_starts, origin_ends: positions of those escapes in the text of `parent`.
        parent: the reading that this one decodes.
    """

    text: str
    starts: list[int] = attrs.field(factory=list[int])
    ends: list[int] = attrs.field(factory=list[int])
    origin_starts: list[int] = attrs.field(factory=list[int])
    origin_ends: list[int] = attrs.field(factory=list[int])
    parent: Reading | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original text that became `text[start:end]`, which must not be empty."""
        reading: Reading = self
        while reading.parent is not None:
            start, end = reading._place(start)[0], reading._place(end - 1)[1]
            reading = reading.parent
        return start, end

    def _place(self, position: int) -> tuple[int, int]:
        index = bisect_right(self.starts, position) - 1
        if index < 0:
            return position, position + 1
        if position < self.ends[index]:
            return self.origin_starts[index], self.origin_ends[index]
        place = self.origin_ends[index] + position - self.ends[index]
        return place, place + 1


def readings(text: str) -> Iterator[Reading]:
    """Yield a text as it is, then with its percent, JSON, Python and HTML escapes decoded, up to three times."""
    reading = Reading(text)
    yield reading
    for _ in range(_LEVELS):
        decoded = _decode(reading)
        if decoded.text == reading.text:
            return
        reading = decoded
        yield reading


def _decode(parent: Reading) -> Reading:
    pieces: list[str] = []
    reading = Reading("", parent=parent)
    length = done = 0
    for found in _ESCAPE.finditer(parent.text):
        pieces.append(parent.text[done : found.start()])
        length += found.start() - done
        done = found.end()
        for chars, start, end in _characters(found.group(), found.start()):
            reading.starts.append(length)
            length += len(chars)
            reading.ends.append(length)
            reading.origin_starts.append(start)
            reading.origin_ends.append(end)
            pieces.append(chars)
    pieces.append(parent.text[done:])
    return attrs.evolve(reading, text="".join(pieces))


def _characters(escape: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield the characters that an escape encodes, each with its start and end in the text."""
    end = start + len(escape)
    if escape.startswith("%"):
        data = bytes.fromhex(escape.replace("%", ""))
        try:
            chars, widths = data.decode(), True
        except UnicodeDecodeError:
            chars, widths = data.decode("latin-1"), False
        for char in chars:
            width = 3 * (len(char.encode()) if widths else 1)
            yield char, start, start + width
            start += width
    elif escape.startswith("&"):
        yield html.unescape(escape), start, end
    elif escape == "\x00":
        yield "", start, end
    elif len(escape) == 2:
        yield _CONTROL.get(escape[1], escape[1]), start, end
    else:
        units = [int(unit, 16) for unit in re.split(r"\\[uUx]", escape)[1:]]
        if len(units) == 2:
            units = [0x10000 + ((units[0] - 0xD800) << 10) + (units[1] - 0xDC00)]
        yield chr(units[0]), start, end


class Mask:
    """A mask that replaces secrets in texts in every form: plain, percent-encoded, escaped for JSON or HTML, in base64.

    Credentials that follow `Bearer` or `Basic`, and JSON Web Tokens, are replaced even if they are not known.

    Args:
        secrets: the texts to replace.
    """

    __slots__ = ("_fragments", "_needles")

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if secret}
        needles: set[str] = set()
        fragments: set[str] = set()
        for secret in known:
            # Some encoders do not encode the escapes that a secret itself contains.
            needles |= {secret, secret.replace(" ", "+"), *(reading.text for reading in readings(secret))}
            # A backslash at the end may be decoded as an escape of the next character.
            needles.add(secret.rstrip("\\"))
            # RFC 6749, section 2.3.1, percent-encodes id and secret before they are encoded in base64.
            for form in {secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace")}:
                fragments.update(_fragments(form.encode("utf-8", "surrogatepass")))
                if not form.isascii():
                    fragments.update(_fragments(form.encode("latin-1", "replace")))
        shortest = min(map(len, known), default=0)
        self._needles = [needle for needle in needles if len(needle) >= min(shortest, 4)]
        self._fragments = list(fragments)

    def __repr__(self) -> str:
        return "Mask(***)"

    def __call__(self, text: str) -> str:
        """Return the text with its secrets replaced."""
        return replaced(
            text, [span for reading in readings(text) for span in (*self.known(reading), *guessed(reading))]
        )

    def known(self, reading: Reading) -> Iterator[Span]:
        """Yield the spans of known secrets in one reading of a text; they refer to the original text."""
        text = reading.text
        for needle in self._needles:
            for start in _places(text, needle):
                yield (*reading.origin(start, start + len(needle)), MASK)
        for fragment in self._fragments:
            for start in _places(text, fragment):
                yield (*reading.origin(*_widened(text, start, start + len(fragment))), MASK)


def guessed(reading: Reading) -> Iterator[Span]:
    """Yield the spans of texts that have the form of a credential; they refer to the original text."""
    for found in _CREDENTIAL.finditer(reading.text):
        yield (*reading.origin(*found.span(found.lastindex or 0)), MASK)


def replaced(text: str, spans: Iterable[Span]) -> str:
    """Replace parts of a text; overlapping parts are merged, and the first given of them determines the replacement."""
    merged: list[tuple[int, int, int, str]] = []
    for start, end, rank, stand_in in sorted((start, end, rank, by) for rank, (start, end, by) in enumerate(spans)):
        if merged and start < merged[-1][1]:
            first, last, other, by = merged[-1]
            merged[-1] = (first, max(last, end), *min((other, by), (rank, stand_in)))
        else:
            merged.append((start, end, rank, stand_in))
    pieces: list[str] = []
    done = 0
    for start, end, _, stand_in in merged:
        pieces += [text[done:start], stand_in]
        done = end
    return "".join([*pieces, text[done:]])


def _places(text: str, needle: str) -> Iterator[int]:
    place = text.find(needle)
    while place >= 0:
        yield place
        place = text.find(needle, place + 1)


def _fragments(data: bytes) -> Iterator[str]:
    """Yield the base64 forms of these bytes at any position of a longer text, in both alphabets."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        whole = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        if len(whole) >= _SHORTEST_FRAGMENT:
            yield whole
            yield whole.replace("+", "-").replace("/", "_")


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of the whole base64 text that contains a fragment."""
    while start > 0 and text[start - 1] in _BASE64:
        start -= 1
    while end < len(text) and text[end] in _BASE64:
        end += 1
    while end < len(text) and text[end] == "=":
        end += 1
    return start, end
