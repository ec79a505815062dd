"""A sandbox whose clock stands still, and somebody to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.testing import ordering, ordering_sandbox
from tests.rebuilt import described

__all__ = ["BASE", "MONDAY", "Api", "code", "ordering", "ordering_sandbox"]

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BASE = "/ordering/b2b/v3"


class Api:
    """Calls the API as curl would: paths, parameters, headers, nothing clever."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.headers = {"X-API-Key": "sandbox-key"}

    async def sign_in(self, client: str = "sandbox-client", **form: str) -> httpx.Response:
        data = {"grant_type": "client_credentials", **form}
        answer = await self.http.post("/oauth/v3/token", data=data, auth=(client, "sandbox-secret"))
        if answer.is_success:
            self.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.http.get(BASE + path, params=query, headers=self.headers | (headers or {}))

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post(f"{BASE}/requests", json=body, headers=self.headers | (headers or {}))

    async def order(self, sandbox: Sandbox, reference: str = "WAN-042", **changes: Any) -> str:
        """Place an order that passes; its id."""
        answer = await self.post(sandbox.example(reference=reference) | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def ids(self, **query: Any) -> list[str]:
        answer = await self.get("/requests", **query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(seed=1, now=MONDAY, check_answers=True)


@pytest.fixture
def rebuilt_sandbox() -> Sandbox:
    """It has the rebuilt description, whichever is vendored."""
    return Sandbox(seed=1, now=MONDAY, check_answers=True, description=described())


@pytest.fixture
async def rebuilt_api(rebuilt_sandbox: Sandbox) -> AsyncIterator[Api]:
    """The same as `api`, with the rebuilt description."""
    transport = httpx.ASGITransport(rebuilt_sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        caller = Api(http)
        await caller.sign_in()
        yield caller


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    """In process, signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        caller = Api(http)
        await caller.sign_in()
        yield caller


@pytest.fixture
async def wire(sandbox: Sandbox) -> AsyncIterator[Api]:
    """Over real sockets, signed in."""
    async with sandbox.serve() as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        caller = Api(http)
        await caller.sign_in()
        yield caller


def code(answer: httpx.Response) -> tuple[int, int]:
    """Status and Orange's code."""
    return answer.status_code, answer.json()["code"]
