"""A scripted server for the pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.calls import TOKEN
from tests.servers import Server, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        server.tokens(grant(TOKEN))
        yield server
