"""The table of errors."""

from __future__ import annotations

import pytest

from orange_ordering_client.sandbox.api.errors import TABLE
from tests.sandbox.conftest import Api


@pytest.mark.parametrize(("status", "number"), TABLE)
def test_every_row_has_words_in_both_languages(status: int, number: int) -> None:
    english, french = TABLE[status, number]
    assert english
    assert french


async def test_errors_are_told_in_french_too(api: Api) -> None:
    answer = await api.get("/requests/nobody", {"Accept-Language": "fr"})
    assert answer.json()["message"] == "Ressource introuvable"
