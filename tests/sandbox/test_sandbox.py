"""The sandbox as a whole."""

from __future__ import annotations

import httpx
import pytest

from orange_ordering_client.sandbox import RateLimit, Sandbox
from orange_ordering_client.sandbox.api.contract import ContractBroken
from tests.sandbox.conftest import Api


async def test_the_environment_points_at_it(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url, httpx.AsyncClient() as http:
        environment = sandbox.environment(url)
        answer = await http.post(
            environment["ORANGE_OAUTH_TOKEN_URL"],
            data={"grant_type": "client_credentials"},
            auth=(environment["ORANGE_CLIENT_ID"], environment["ORANGE_CLIENT_SECRET"]),
        )
        headers = {
            "Authorization": f"Bearer {answer.json()['access_token']}",
            "X-API-Key": environment["ORANGE_API_KEY"],
        }
        me = await http.get(environment["ORANGE_ORDERING_BASE_URL"] + "/me", headers=headers)
    assert me.json()["type"] == "SANDBOX"


async def test_the_check_of_answers_can_be_switched(sandbox: Sandbox, api: Api) -> None:
    request_id = await api.order(sandbox)
    sandbox.requests.change(request_id, status="SOMETHING_NEW")
    sandbox.check_answers = False
    assert (await api.get(f"/requests/{request_id}")).json()["status"] == "SOMETHING_NEW"
    sandbox.check_answers = True
    with pytest.raises(ContractBroken):
        await api.get(f"/requests/{request_id}")


async def test_a_new_rate_limit_starts_with_a_full_burst(sandbox: Sandbox, api: Api) -> None:
    for _ in range(2):
        sandbox.limit = RateLimit(0.001)
        assert (await api.get("/me")).status_code == 200
        assert (await api.get("/me")).status_code == 429
