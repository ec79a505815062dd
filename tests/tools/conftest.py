"""A server that refuses the first read, so that one call takes two attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.calls import TOKEN
from tests.servers import Server, answer, error, grant, serving

PATH = "/requests/3-00286023"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        made.tokens(grant(TOKEN))
        made.on(PATH, error(503, 5), answer({"id": "3-00286023"}))
        yield made
