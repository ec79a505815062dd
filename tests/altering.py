"""An Ordering API that stores orders otherwise than they were sent, on a real socket."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.servers import DROP, Raw, Received, Reply, Server, answer

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(part for part in decomposed if not unicodedata.category(part).startswith("M"))


ALTERATIONS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "plain": _plain,
    "no spaces": lambda text: "".join(text.split()),
    "spaces": lambda text: f" {text.replace(' ', '  ')} ",
    "cut 20": lambda text: text[:20],
    "cut 12": lambda text: text[:12],
}
"""What a server may do to a reference."""

CHAINS = st.lists(st.sampled_from(sorted(ALTERATIONS)), min_size=1, max_size=3).map(tuple)


def references() -> st.SearchStrategy[str]:
    """References that `submit` takes: in NFC, printable, and single spaces only inside."""
    letters = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
    texts = st.text(letters, min_size=1, max_size=30)
    return texts.map(lambda text: unicodedata.normalize("NFC", " ".join(text.split()))).filter(
        lambda text: text != "" and text.isprintable() and text == unicodedata.normalize("NFC", " ".join(text.split()))
    )
