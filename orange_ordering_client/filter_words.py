"""Warnings about filter words that are not in the description.

Most of these words are mistakes, and an API that ignores unknown filters does not report them.
"""

from __future__ import annotations

import logging
import re

from orange_ordering_client.operation import Operation
from orange_ordering_client.text import printable, shorten

__all__ = ["UnknownWords"]

logger = logging.getLogger("orange_ordering_client")

_LONGEST = 60
_MOST_REMEMBERED = 1024
"""Words after which no more warnings are logged, because a program may build its words from data."""


class UnknownWords:
    """The unknown words that a client has warned about, each once. Views of a client share this object."""

    def __init__(self) -> None:
        self._warned: set[tuple[str, str, str]] = set()

    def warn(self, operation: Operation, query: list[tuple[str, str]]) -> None:
        """Log a warning about each new unknown word. The word is sent anyway, because the server may know newer words.

        Args:
            operation: called operation, which has the known words.
            query: query that `encode_query` encoded.
        """
        for name, text in query:
            if (known := operation.words.get(name)) is None:
                continue
            for word in text.split(","):
                found = (operation.id, name, word)
                # Any other text may be a formula, which filters also accept (FACTS, Lists).
                if word in known or found in self._warned or not re.fullmatch(r"[\w ]+", word):
                    continue
                if len(self._warned) < _MOST_REMEMBERED:
                    self._warned.add(found)
                    _warn(*found, known)


def _warn(operation: str, name: str, word: str, known: tuple[str, ...]) -> None:
    from difflib import get_close_matches  # imported here, because the import is slow

    spelled = {one.upper(): one for one in known}
    near = get_close_matches(word.strip().replace(" ", "_").upper(), spelled)
    logger.warning(
        "%s: the description does not know %s=%r, which was sent as it is. %s",
        operation,
        name,
        shorten(printable(word), _LONGEST),
        f"Nearest: {', '.join(spelled[one] for one in near)}." if near else f"It knows {', '.join(known)}.",
    )
