"""Text of servers, files and callers, made safe to show."""

from __future__ import annotations

__all__ = ["printable", "shorten"]

_FRENCH_SPACES = "\u00a0\u202f"
"""No-break spaces, which French text has before a colon; harmless."""


def printable(text: str) -> str:
    """Escape what a terminal or a log file would act on: control characters, line breaks, bidirectional marks.

    Args:
        text: any text, such as one of the server's.
    """
    return "".join(c if c.isprintable() or c in _FRENCH_SPACES else c.encode("unicode_escape").decode() for c in text)


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters; an ellipsis shows that something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
