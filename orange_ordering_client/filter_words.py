"""Filter words that the description does not know: most are slips, which an API that ignores filters does not show."""

from __future__ import annotations

import logging
import re

from orange_ordering_client.operation import Operation
from orange_ordering_client.text import printable, shorten

__all__ = ["UnknownWords"]

logger = logging.getLogger("orange_ordering_client")

_LONGEST = 60
_MOST_REMEMBERED = 1024
"""Words; a program that builds them from data is not warned for ever."""


class UnknownWords:
    """The words that a client has warned of: each is named once. Views of a client share it."""

    def __init__(self) -> None:
        self._warned: set[tuple[str, str, str]] = set()

    def warn(self, operation: Operation, query: list[tuple[str, str]]) -> None:
        """Log a warning of each new one. It is sent all the same: the server may know newer words.

        Args:
            operation: what is called; it has the known words.
            query: encoded by `encode_query`.
        """
        for name, text in query:
            if (known := operation.words.get(name)) is None:
                continue
            for word in text.split(","):
                found = (operation.id, name, word)
                # What is no plain word may be a formula, which filters take, too (FACTS, Lists).
                if word in known or found in self._warned or not re.fullmatch(r"[\w ]+", word):
                    continue
                if len(self._warned) < _MOST_REMEMBERED:
                    self._warned.add(found)
                    _warn(*found, known)


def _warn(operation: str, name: str, word: str, known: tuple[str, ...]) -> None:
    from difflib import get_close_matches  # only here, because it takes time to load

    spelled = {one.upper(): one for one in known}
    near = get_close_matches(word.strip().replace(" ", "_").upper(), spelled)
    logger.warning(
        "%s: the description does not know %s=%r, which was sent as it is. %s",
        operation,
        name,
        shorten(printable(word), _LONGEST),
        f"Nearest: {', '.join(spelled[one] for one in near)}." if near else f"It knows {', '.join(known)}.",
    )
