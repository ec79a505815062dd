"""Which stored references may be the one that was sent."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from orange_ordering_client.orders.spelling import SHORTEST_CUT, folded, likeness
from tests.altering import ALTERATIONS, CHAINS, references


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("WAN-042-Évry", "same"),
        ("wan-042-évry", "spelling"),
        ("WAN-042-ÉVRY", "spelling"),
        ("WAN-042-Evry", "spelling"),
        (unicodedata.normalize("NFD", "WAN-042-Évry"), "spelling"),
        (" WAN-042 - Évry\t", "spelling"),
        ("WAN-042-\u200bÉvry", "spelling"),
        ("WAN-042-Év", "cut"),
        ("wan-042-", "cut"),
        ("WAN-042-\ufffd", "cut"),
        ("WAN-042", None),
        ("WAN-042-Évry-2", None),
        ("WAN-043-Évry", None),
        ("", None),
        ("        ", None),
        (None, None),
    ],
)
def test_a_stored_reference_is_the_same_a_spelling_a_cut_or_another(stored: str | None, expected: str | None) -> None:
    assert likeness("WAN-042-Évry", stored) == expected


def test_a_cut_counts_from_its_shortest_length_on() -> None:
    assert likeness("ABCDEFGHIJ", "ABCDEFGHIJ"[:SHORTEST_CUT]) == "cut"
    assert likeness("ABCDEFGHIJ", "ABCDEFGHIJ"[: SHORTEST_CUT - 1]) is None


@given(references(), CHAINS)
@example("ᾳᾳᾳᾳᾳᾳᾳᾳ", ("upper", "cut 20"))
@example("ıſßﬁİ", ("upper",))
@example("ᾳ", ("plain", "upper"))
def test_no_alteration_hides_a_reference(reference: str, chain: tuple[str, ...]) -> None:
    stored = reference
    for name in chain:
        stored = ALTERATIONS[name](stored)
    assume(folded(reference) and len(stored) >= min(SHORTEST_CUT, len(reference)))
    assert likeness(reference, stored) is not None


@given(st.text(alphabet="ABCDEFGH0123-", min_size=1, max_size=12), st.text(alphabet="ABCDEFGH0123-", max_size=12))
def test_references_of_different_letters_stay_apart(one: str, other: str) -> None:
    assume(one != other and not one.startswith(other))
    assert likeness(one, other) is None
