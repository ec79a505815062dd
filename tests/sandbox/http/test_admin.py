"""Control from another process."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.sandbox import RateLimit, Sandbox
from tests.sandbox.conftest import MONDAY, Api, code


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = Sandbox(seed=1, now=MONDAY, check_answers=True)
    sandbox.app.admin = True
    return sandbox


async def admin(api: Api, method: str, path: str, body: Any = None) -> Any:
    answer = await api.http.request(method, f"/_sandbox{path}", json=body) if body is not None else (
        await api.http.request(method, f"/_sandbox{path}")
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_faults_are_added_listed_and_cleared(sandbox: Sandbox, api: Api) -> None:
    assert await admin(api, "POST", "/faults", ["GET /me:error:503/5:1"]) == ["GET /me:error:503/5:1"]
    assert code(await api.get("/me")) == (503, 5)
    assert await admin(api, "GET", "/faults") == ["GET /me:error:503/5:1"]
    assert await admin(api, "DELETE", "/faults") == []
    assert (await api.get("/me")).status_code == 200


async def test_the_journal_is_read_and_cleared(sandbox: Sandbox, api: Api) -> None:
    ids = [await api.order(sandbox, "A") for _ in range(2)]
    journal = await admin(api, "GET", "/journal")
    assert journal["duplicates"] == [{"reference": "A", "type": "R_BVPN_FR_1", "ids": ids}]
    assert [entry["operation"] for entry in journal["received"]] == ["token", "requests.create", "requests.create"]
    assert [order["id"] for order in journal["committed"]] == ids
    assert journal["lost"] == []
    assert (await admin(api, "GET", "/summary"))["committed"] == 2
    assert (await admin(api, "DELETE", "/journal"))["committed"] == 0


async def test_time_moves(sandbox: Sandbox, api: Api) -> None:
    assert await admin(api, "POST", "/clock", {"days": 3, "hours": 1}) == {"now": "2026-03-05T10:00:00+00:00"}


async def test_a_rate_limit_is_set_and_lifted(sandbox: Sandbox, api: Api) -> None:
    await admin(api, "PUT", "/limit", "5/10:403")
    assert sandbox.limit == RateLimit(5, 10, 403)
    await admin(api, "PUT", "/limit")
    assert sandbox.limit is None


async def test_tokens_are_made_to_expire(sandbox: Sandbox, api: Api) -> None:
    assert await admin(api, "POST", "/expire-tokens") == {"issued": 1}
    assert code(await api.get("/me")) == (401, 42)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/faults", "[1]"),
        ("POST", "/faults", '"*:html"'),
        ("POST", "/faults", "{"),
        ("POST", "/clock", "[]"),
        ("POST", "/clock", '{"days": -1}'),
        ("POST", "/clock", '{"days": 1e12}'),
        ("POST", "/clock", '{"days": 3000000}'),
        ("POST", "/clock", '{"years": 1}'),
        ("PUT", "/limit", '"often"'),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(api: Api, method: str, path: str, body: str) -> None:
    answer = await api.http.request(method, f"/_sandbox{path}", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_an_unknown_command_lists_the_known_ones(api: Api) -> None:
    answer = await api.http.get("/_sandbox/help")
    assert answer.status_code == 404
    assert "POST /faults" in answer.json()["commands"]


async def test_there_is_no_control_unless_it_was_asked_for(sandbox: Sandbox, api: Api) -> None:
    sandbox.app.admin = False
    assert (await api.http.get("/_sandbox/journal")).status_code == 404
