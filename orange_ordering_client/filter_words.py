"""Filter words that the description does not know: most are slips, which an API that ignores filters does not show."""

from __future__ import annotations

import logging
import re
from functools import lru_cache

from orange_ordering_client.operation import Operation
from orange_ordering_client.text import printable, shorten

__all__ = ["warn_of_unknown_words"]

logger = logging.getLogger("orange_ordering_client")

_LONGEST = 60
_MOST_REMEMBERED = 1024


def warn_of_unknown_words(operation: Operation, query: list[tuple[str, str]]) -> None:
    """Log a warning, once for each word. It is sent all the same: the server may know newer ones.

    Args:
        operation: what is called; it has the known words.
        query: encoded by `encode_query`.
    """
    for name, text in query:
        if (known := operation.words.get(name)) is None:
            continue
        for word in text.split(","):
            # What is no plain word may be a formula, which filters take, too (FACTS, Lists).
            if word not in known and re.fullmatch(r"[\w ]+", word):
                _warn(operation.id, name, word, known)


@lru_cache(_MOST_REMEMBERED)
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
