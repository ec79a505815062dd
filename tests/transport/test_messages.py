"""sender: what the text of a failure says of place, cause and fix."""

from __future__ import annotations

import httpx
import pytest

from orange_ordering_client.errors import ConnectionFailed
from orange_ordering_client.transport.sender import Sender
from tests.calls import http_client
from tests.servers import closed_port
from tests.transport.test_sender import ask_token, failing, get


async def test_what_could_not_be_reached_is_named_with_the_cause_and_the_fix() -> None:
    port = closed_port()
    async with http_client() as http:
        call = await get(Sender(http), f"http://127.0.0.1:{port}/")
        token = await ask_token(Sender(http), f"http://127.0.0.1:{port}/")
    assert isinstance(call, ConnectionFailed)
    assert isinstance(token, ConnectionFailed)
    assert f"127.0.0.1:{port} could not be reached: ConnectError" in str(call)
    assert str(call).endswith(
        " Check the network, the proxy (HTTPS_PROXY, NO_PROXY), and the address (ORANGE_ORDERING_BASE_URL)."
    )
    assert str(token).endswith("and the address (ORANGE_OAUTH_TOKEN_URL).")


@pytest.mark.parametrize(
    ("url", "raised", "told"),
    [
        ("http://a.invalid/", httpx.ConnectError(""), "a.invalid:80 could not be reached: ConnectError. Nothing"),
        (
            "https://a.invalid/",
            httpx.ConnectError("no\n  way"),
            "a.invalid:443 could not be reached: ConnectError (no way).",
        ),
    ],
)
async def test_what_could_not_be_reached_is_told_in_one_line(url: str, raised: Exception, told: str) -> None:
    async with httpx.AsyncClient(transport=failing(raised)) as http:
        failure = await get(Sender(http), url)

    assert isinstance(failure, ConnectionFailed)
    assert str(failure).startswith(told)


async def test_a_proxy_that_could_not_be_reached_is_named_without_its_password() -> None:
    port = closed_port()
    async with http_client(proxy=f"http://me:hidden@127.0.0.1:{port}") as http:
        failure = await get(Sender(http), "https://api.invalid/x")
    assert f"api.invalid:443 (through the proxy 127.0.0.1:{port})" in str(failure)
    assert "hidden" not in str(failure)


async def test_an_address_that_the_http_client_cannot_speak_to_was_not_reached() -> None:
    async with http_client() as http:
        failure = await get(Sender(http), "gopher://example.invalid/")

    assert isinstance(failure, ConnectionFailed)
    assert str(failure).startswith(
        "The http client cannot speak to example.invalid:80: UnsupportedProtocol (Request URL"
    )
