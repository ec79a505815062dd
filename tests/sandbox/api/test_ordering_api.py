"""Which operation a call addresses, and what it is refused for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.sandbox.api.contract import ContractBroken
from tests.sandbox.conftest import BASE, Api, code


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nothing", (404, 60)),
        ("GET", "/requests/", (404, 60)),
        ("GET", "/requests/a/b", (404, 60)),
        ("GET", "/requests/a%2Fb", (404, 60)),
        ("GET", "/requests/nobody", (404, 60)),
        ("GET", "/catalogItems/nobody", (404, 60)),
        ("GET", "", (404, 60)),
        ("DELETE", "/requests/3-00286023", (405, 61)),
        ("PUT", "/requests", (405, 61)),
        ("OPTIONS", "/me", (405, 61)),
        ("GET", "/requests?name=" + "x" * 9000, (414, 67)),
    ],
)
async def test_a_place_that_is_not_there(api: Api, method: str, path: str, expected: tuple[int, int]) -> None:
    answer = await api.http.request(method, BASE + path, headers=api.headers)
    assert code(answer) == expected


async def test_405_says_what_is_allowed(api: Api) -> None:
    answer = await api.http.put(f"{BASE}/requests", headers=api.headers)
    assert answer.headers["allow"] == "GET, POST"


async def test_a_body_without_a_length_is_refused(sandbox: Sandbox, wire: Api) -> None:
    async def chunks() -> Any:
        yield b"{}"

    headers = wire.headers | {"Content-Type": "application/json"}
    assert code(await wire.http.post(f"{BASE}/requests", content=chunks(), headers=headers)) == (411, 64)


async def test_an_operation_that_only_the_description_has_is_said_to_be_missing(sandbox: Sandbox) -> None:
    newer = dict(sandbox.description.document)
    newer["paths"] = newer["paths"] | {"/orders": {"get": {"responses": {"200": {"description": "Orders."}}}}}
    newer_sandbox = Sandbox(description=newer)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(newer_sandbox.app), base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in()
        answer = await http.get(f"{BASE}/orders", headers=api.headers)
    assert answer.status_code == 501
    assert "GET /orders" in answer.json()["description"]


async def test_a_sandbox_that_checks_its_answers_fails_rather_than_lies(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    sandbox.requests.change(request_id, status="SOMETHING_NEW")
    with pytest.raises(ContractBroken, match=r"GET /requests/\{\w+\} answered 200: status"):
        await api.get(f"/requests/{request_id}")
