"""respx, pytest-httpx and VCR.py stand between the SDK and the network; the programs of the page run as they stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import respx
from pytest_httpx import HTTPXMock

from orange_ordering_client import NewRequest, OrderingClient, RetryPolicy
from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN
from tests.documents import block_under
from tests.servers import Server, answer
from tests.tools.programs import secrets_in

ORDER = NewRequest(type="R_BVPN_FR_1", requested_at=date(2026, 12, 24), customer_reference="WAN-042")
GRANT = {"access_token": TOKEN, "token_type": "Bearer"}
QUICK = RetryPolicy(first_delay=0.01)
CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": SECRET, "api_key": API_KEY}


def program(tool: str) -> Callable[..., Awaitable[None]]:
    """The test function in the page's program."""
    names: dict[str, Any] = {}
    exec(block_under("docs/tools.md", tool), names)  # noqa: S102 -- our own page
    found: Callable[..., Awaitable[None]] = names["test_a_request_is_shown"]
    return found


async def test_the_program_for_respx_runs() -> None:
    await program("respx")()


async def test_respx_sees_every_attempt_of_an_order_and_nothing_leaves() -> None:
    with respx.mock(base_url="https://api.orange.com") as orange:
        orange.post("/oauth/v3/token").respond(json=GRANT)
        orders = orange.post("/ordering/b2b/v3/requests")
        orders.side_effect = [
            respx.MockResponse(429, json={"code": 53, "message": "no"}),
            respx.MockResponse(201, json={"id": "3-1"}),
        ]
        async with OrderingClient(**CREDENTIALS, retry=QUICK) as ordering:
            created = await ordering.requests.create(ORDER)
        assert created.id == "3-1"
        assert [call.request.method for call in orange.calls] == ["POST", "POST", "POST"]
        assert orders.call_count == 2


async def test_the_program_for_pytest_httpx_runs(httpx_mock: HTTPXMock) -> None:
    await program("pytest-httpx")(httpx_mock)


async def test_pytest_httpx_sees_every_attempt_of_an_order(httpx_mock: HTTPXMock) -> None:
    orders = "https://api.orange.com/ordering/b2b/v3/requests"
    httpx_mock.add_response(url="https://api.orange.com/oauth/v3/token", json=GRANT)
    httpx_mock.add_response(url=orders, status_code=429, json={"code": 53, "message": "no"})
    httpx_mock.add_response(url=orders, status_code=201, json={"id": "3-1"})
    async with OrderingClient(**CREDENTIALS, retry=QUICK) as ordering:
        assert (await ordering.requests.create(ORDER)).id == "3-1"
    assert [request.url.path for request in httpx_mock.get_requests()] == [
        "/oauth/v3/token",
        "/ordering/b2b/v3/requests",
        "/ordering/b2b/v3/requests",
    ]


@pytest.fixture
def credentials(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("ORANGE_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("ORANGE_API_KEY", API_KEY)
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", server.base_url)
    monkeypatch.setenv("ORANGE_OAUTH_TOKEN_URL", server.token_url)


@pytest.mark.usefixtures("credentials")
async def test_vcr_records_without_secrets_and_plays_back_without_the_network(server: Server, tmp_path: Path) -> None:
    cassette = tmp_path / "requests.yaml"
    server.on("/requests/3-1", answer({"id": "3-1", "status": "CLOSED"}))
    record = program("VCR.py")
    await record(str(cassette))
    recorded = [request.path for request in server.received]
    assert len(recorded) == 2
    assert secrets_in(cassette.read_text()) == []
    assert "3-1" in cassette.read_text()
    await record(str(cassette))
    assert [request.path for request in server.received] == recorded


def test_the_page_shows_each_tool_in_about_ten_lines() -> None:
    for tool in ("Sentry", "OpenTelemetry", "Datadog", "respx", "pytest-httpx", "VCR.py"):
        lines = [line for line in block_under("docs/tools.md", tool).splitlines() if line.strip()]
        assert len(lines) <= 15, tool
