"""logs: ORANGE_ORDERING_LOG adds one stderr handler, and no secret reaches it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from orange_ordering_client.client import OrderingClient
from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.logs import VARIABLE
from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN
from tests.servers import answer, grant, serving

PACKAGE = logging.getLogger("orange_ordering_client")


@pytest.fixture(autouse=True)
def _package_logger() -> Iterator[None]:
    handlers, level = list(PACKAGE.handlers), PACKAGE.level
    yield
    PACKAGE.handlers[:] = handlers
    PACKAGE.setLevel(level)


async def test_debug_shows_attempts_once_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "DEBUG")
    async with serving() as server:
        server.tokens(grant(TOKEN))
        server.on("/status", answer({}))
        server.on("/me", answer({}))
        for _ in range(2):
            async with OrderingClient(
                client_id=CLIENT_ID,
                client_secret=SECRET,
                api_key=API_KEY,
                base_url=server.base_url,
                token_url=server.token_url,
            ) as ordering:
                await ordering.send("GET", "/me")

    shown = capsys.readouterr().err
    assert shown.count("fetching an access token") == 2
    assert not any(secret in shown for secret in (SECRET, API_KEY, TOKEN))


def test_a_level_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "loud")

    with pytest.raises(ConfigurationError, match="ORANGE_ORDERING_LOG is 'loud'; give one of debug, info"):
        OrderingClient(client_id="i", client_secret="s", api_key="k")


def test_without_the_variable_there_is_only_a_null_handler() -> None:
    OrderingClient(client_id="i", client_secret="s", api_key="k")

    assert VARIABLE not in [handler.get_name() for handler in PACKAGE.handlers]
    assert any(isinstance(handler, logging.NullHandler) for handler in PACKAGE.handlers)
