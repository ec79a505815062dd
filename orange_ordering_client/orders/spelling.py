"""Whether two references may be the same, one of them changed by a server."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

__all__ = ["SHORTEST_CUT", "Likeness", "folded", "likeness"]

Likeness = Literal["same", "spelling", "cut"]
"""How a stored reference resembles the sent one: it is the same; it differs by case, white space, Unicode form or
accents; or it is also cut at its end."""

SHORTEST_CUT = 8
"""The shortest stored reference that counts as the beginning of a longer one.

Fields for references are longer. With fewer characters, the first of a series (`WAN-1`, `WAN-10`) would block
later ones.
"""


def likeness(sent: str, stored: str | None) -> Likeness | None:
    """Compare a sent reference with a stored one; None means that they are different references.

    Any combination of changed case, white space added or removed, Unicode normalisation, removed accents, and a cut is
    recognised.
    """
    if stored is None:
        return None
    if stored == sent:
        return "same"
    ours, theirs = _folds(sent), _folds(stored)
    if not ours.isdisjoint(theirs):
        return "spelling"
    if len(stored) >= SHORTEST_CUT and any(long.startswith(short) for long in ours for short in theirs if short):
        return "cut"
    return None


def folded(reference: str) -> str:
    """The form that all spellings of a reference share, for use as a key; empty if nothing is left of it."""
    return min(_folds(reference))


@lru_cache(maxsize=4096)
def _folds(text: str) -> frozenset[str]:
    if text.isascii() and text.isprintable():
        return frozenset({"".join(text.lower().split())})
    # Both orders of the two steps: some marks become letters in upper case (U+0345 becomes a Greek iota), so a server
    # that first removes accents and one that first changes case store different texts.
    return frozenset({_cased(_bare(text)), _cased(text)})


def _cased(text: str) -> str:
    # Upper case first: it unifies letters that casefold() alone keeps apart, such as the dotless i and the i.
    return _bare(unicodedata.normalize("NFKD", text).upper().casefold())


def _bare(text: str) -> str:
    """Compatibility letters without marks (M), separators (Z) and controls (C)."""
    parts = unicodedata.normalize("NFKD", text)
    # U+FFFD replaces a character whose bytes were cut.
    return "".join(part for part in parts if unicodedata.category(part)[0] not in "MZC" and part != "\ufffd")
