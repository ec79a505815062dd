"""Faults that answer something else than the API."""

from __future__ import annotations

import httpx
import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.api.errors import TABLE
from tests.sandbox.conftest import Api, code

CREATE, LIST = "POST /requests", "GET /requests"


@pytest.mark.parametrize(
    "kind", ["error:502/3", "error:500/1", "error:504/6", "error:503/5", "html", "html:502", "empty:504"]
)
async def test_an_injected_answer_comes_instead_of_the_work(sandbox: Sandbox, wire: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert (await wire.post(sandbox.example())).status_code >= 500
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    "kind", ["error-after:502/3", "error-after:500/1", "error-after:504/6", "html-after", "html-after:504"]
)
async def test_an_injected_answer_may_come_after_the_work(sandbox: Sandbox, wire: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert (await wire.post(sandbox.example())).status_code >= 500
    assert len(sandbox.requests) == 1


async def test_a_gateway_answers_in_html(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("html", LIST))
    answer = await wire.get("/requests")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert answer.text.startswith("<html>")


async def test_a_gateway_answers_with_nothing(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("empty:504", LIST))
    answer = await wire.get("/requests")
    assert (answer.status_code, answer.content) == (504, b"")


@pytest.mark.parametrize("status", [429, 403])
async def test_a_rate_limit_can_be_injected(sandbox: Sandbox, wire: Api, status: int) -> None:
    sandbox.faults.add(Fault(f"rate-limit:{status}/7", LIST))
    answer = await wire.get("/requests")
    assert code(answer) == (status, 53)
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("error:401/41", 401, "invalid_client"), ("error:400/22", 400, "invalid_request")],
)
async def test_the_token_endpoint_fails_in_its_own_words(
    sandbox: Sandbox, wire: Api, kind: str, status: int, error: str
) -> None:
    sandbox.faults.add(Fault(kind, "token"))
    answer = await wire.sign_in()
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_the_token_endpoint_fails_in_other_ways_too(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("error:503/5", "token"), Fault("drop-before", "token", nth=2))
    assert (await wire.sign_in()).status_code == 503
    with pytest.raises(httpx.TransportError):
        await wire.sign_in()
    assert (await wire.sign_in()).status_code == 200


@pytest.mark.parametrize(("status", "number"), TABLE)
async def test_every_row_of_the_error_table_can_be_provoked(
    api: Api, sandbox: Sandbox, status: int, number: int
) -> None:
    sandbox.faults.add(Fault(f"error:{status}/{number}", "GET /me"))
    answer = await api.get("/me")
    assert code(answer) == (status, number)
    assert answer.json()["message"]
    assert ("allow" in answer.headers) == (status == 405)
    assert (await api.get("/me")).status_code == 200
