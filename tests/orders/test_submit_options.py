"""The options of submit and submit_many: what is no flag is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.errors import InvalidArgument
from tests.placing import desk

NO_FLAGS = [
    *({"resend": value} for value in ("false", "no", "", 0, 1, None)),
    *({"validate": value} for value in ("false", "", 0, 1)),
]


@pytest.mark.parametrize("options", NO_FLAGS, ids=repr)
async def test_submit_refuses_what_is_no_flag_and_sends_nothing(options: dict[str, Any]) -> None:
    async with desk(checks=True) as place:
        with pytest.raises(InvalidArgument, match=r"^(resend|validate) is .*; give True or False\.$"):
            await place.requests.submit(place.order(), **{"validate": False, **options})
        assert not place.sandbox.journal.received


@pytest.mark.parametrize("options", NO_FLAGS, ids=repr)
async def test_submit_many_refuses_what_is_no_flag_at_once(options: dict[str, Any]) -> None:
    async with desk(checks=True) as place:
        with pytest.raises(InvalidArgument, match=r"^(resend|validate) is .*; give True or False\.$"):
            place.requests.submit_many([place.order()], **{"validate": False, **options})
        assert not place.sandbox.journal.received


@pytest.mark.parametrize("intents", ["orders.intents", 5, object()], ids=["path", "number", "object"])
async def test_submit_refuses_what_is_no_store_and_sends_nothing(intents: Any) -> None:
    async with desk() as place:
        with pytest.raises(InvalidArgument, match=r"^intents is .*; give an IntentFile\(path\), a fleet"):
            await place.requests.submit(place.order(), intents=intents)
        assert not place.sandbox.journal.received
