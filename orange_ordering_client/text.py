"""Functions that make text of servers, files and callers safe to show."""

from __future__ import annotations

__all__ = ["printable", "safe_repr", "shorten"]

_FRENCH_SPACES = "\u00a0\u202f"
"""No-break spaces, which French text has before a colon; they are harmless."""

_MOST_SHOWN = 80
"""Characters of a value in a message."""


def printable(text: str) -> str:
    """Escape characters that a terminal or log viewer interprets: control characters, line breaks, bidirectional marks.

    Args:
        text: any text, such as one from the server.
    """
    return "".join(c if c.isprintable() or c in _FRENCH_SPACES else c.encode("unicode_escape").decode() for c in text)


def shorten(text: str, limit: int) -> str:
    """Shorten a text to a number of characters; an ellipsis replaces the removed part."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def safe_repr(value: object) -> str:
    """Return a value as text for an error message. It raises no exception, whatever the value is.

    Args:
        value: value of an argument.
    """
    try:
        return shorten(repr(value), _MOST_SHOWN)
    except Exception:  # noqa: BLE001, RUF100 -- `repr` runs code of the caller, and refuses long integers
        if isinstance(value, int):
            return "an integer of thousands of digits"
        return f"a value of type {type(value).__name__} that cannot be shown"
