"""Who may do what."""

from __future__ import annotations

import base64
from datetime import timedelta

import httpx
import pytest

from orange_ordering_client.sandbox import Client, Sandbox
from tests.sandbox.conftest import BASE, MONDAY, Api, code

BASIC = {"Authorization": "Basic " + base64.b64encode(b"sandbox-client:sandbox-secret").decode()}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_the_token_endpoint_answers_as_rfc_6749_says(api: Api) -> None:
    answer = await api.sign_in()
    assert answer.status_code == 200
    assert answer.json().keys() == {"token_type", "access_token", "expires_in", "scope"}
    assert answer.json()["expires_in"] == 3600
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"),
    [
        ("", BASIC | FORM, 400, "invalid_request"),
        ("grant_type=password", BASIC | FORM, 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=b2b%3Aordering+openid", BASIC | FORM, 400, "invalid_scope"),
        ('{"grant_type": "client_credentials"}', BASIC | {"Content-Type": "application/json"}, 400, "invalid_request"),
        ("grant_type=client_credentials", FORM, 401, "invalid_client"),
        ("grant_type=client_credentials", FORM | {"Authorization": "Bearer x"}, 401, "invalid_client"),
        ("grant_type=client_credentials", FORM | {"Authorization": "Basic ?"}, 401, "invalid_client"),
        ("grant_type=client_credentials", FORM | {"Authorization": "Basic bm9ib2R5Ong="}, 401, "invalid_client"),
        (
            "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret",
            FORM,
            401,
            "invalid_client",
        ),
    ],
)
async def test_a_bad_token_request_is_refused(
    api: Api, body: str, headers: dict[str, str], status: int, error: str
) -> None:
    answer = await api.http.post("/oauth/v3/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_the_token_endpoint_takes_post_only(api: Api) -> None:
    answer = await api.http.get("/oauth/v3/token")
    assert code(answer) == (405, 61)
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(("spelling", "expected"), [("number", 3600), ("string", "3600"), ("absent", None)])
async def test_expires_in_comes_in_every_spelling_there_is(
    sandbox: Sandbox, api: Api, spelling: str, expected: object
) -> None:
    sandbox.access.expires_in = spelling
    assert (await api.sign_in()).json().get("expires_in") == expected


async def test_form_encoded_credentials_are_understood() -> None:
    sandbox = Sandbox(clients=[Client("a:b", "c+d %")])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        answer = await http.post(
            "/oauth/v3/token", data={"grant_type": "client_credentials"}, auth=("a%3Ab", "c%2Bd+%25")
        )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-API-Key": "sandbox-key"}, (401, 40)),
        ({"X-API-Key": "sandbox-key", "Authorization": "Bearer nobody"}, (401, 41)),
        ({"X-API-Key": "sandbox-key", "Authorization": "Basic abc"}, (401, 41)),
        ({"Authorization": "the token"}, (401, 40)),
        ({"Authorization": "the token", "X-API-Key": ""}, (401, 40)),
        ({"Authorization": "the token", "X-API-Key": "nobody"}, (401, 41)),
    ],
)
async def test_missing_and_wrong_credentials_are_told_apart(
    api: Api, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    sent = {name: value.replace("the token", api.headers["Authorization"]) for name, value in headers.items()}
    answer = await api.http.get(f"{BASE}/me", headers=sent)
    assert code(answer) == expected
    assert "www-authenticate" in answer.headers


async def test_a_token_expires(sandbox: Sandbox, api: Api) -> None:
    sandbox.clock.advance(seconds=3599)
    assert (await api.get("/me")).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert code(await api.get("/me")) == (401, 42)


async def test_a_token_can_be_revoked(sandbox: Sandbox, api: Api) -> None:
    sandbox.access.revoke_all()
    assert code(await api.get("/me")) == (401, 41)


async def test_every_token_can_be_made_to_expire_at_once(sandbox: Sandbox, api: Api) -> None:
    sandbox.access.expire_all()
    sandbox.access.expire("one that nobody has")
    assert code(await api.get("/me")) == (401, 42)


async def test_an_api_key_expires() -> None:
    sandbox = Sandbox(now=MONDAY, clients=[Client(key_expires_at=MONDAY + timedelta(minutes=1))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in()
        assert (await api.get("/me")).status_code == 200
        sandbox.clock.advance(minutes=1)
        assert code(await api.get("/me")) == (401, 42)


async def test_a_readonly_token_reads_but_does_not_order(sandbox: Sandbox, api: Api) -> None:
    await api.sign_in("sandbox-readonly")
    assert (await api.get("/requests")).status_code == 200
    assert code(await api.post(sandbox.example())) == (403, 51)
    assert len(sandbox.requests) == 0


async def test_a_client_may_ask_for_less_than_it_has(sandbox: Sandbox, api: Api) -> None:
    answer = await api.sign_in(scope="b2b:ordering:readonly")
    assert answer.json()["scope"] == "b2b:ordering:readonly"
    assert code(await api.post(sandbox.example())) == (403, 51)


async def test_a_token_without_a_scope_of_this_api_opens_nothing() -> None:
    sandbox = Sandbox(clients=[Client(scopes=frozenset({"openid"}))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in()
        assert code(await api.get("/me")) == (403, 50)


async def test_a_key_of_somebody_else_is_refused() -> None:
    sandbox = Sandbox(clients=[Client(), Client("other", "sandbox-secret", api_key="other-key")])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in("other")
        assert code(await api.get("/me")) == (403, 52)


@pytest.mark.parametrize("path", ["/status", "/version", "/doc"])
async def test_the_service_itself_needs_no_key(api: Api, path: str) -> None:
    del api.headers["X-API-Key"]
    assert (await api.get(path)).status_code == 200


async def test_me_tells_the_scopes_of_the_token_and_that_this_is_a_sandbox(api: Api) -> None:
    await api.sign_in(scope="b2b:ordering")
    answer = (await api.get("/me")).json()
    assert (answer["scopes"], answer["type"], answer["login"]) == ("b2b:ordering", "SANDBOX", "sandbox-client")


async def test_a_client_sees_and_orders_only_its_types(sandbox: Sandbox) -> None:
    sandbox = Sandbox(clients=[Client(types=frozenset({"R_BVPN_FR_1"}))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in()
        assert [item["id"] for item in (await api.get("/catalogItems")).json()] == ["R_BVPN_FR_1"]
        assert code(await api.get("/catalogItems/C_BVPN_FR_1")) == (404, 60)
        assert code(await api.post(sandbox.example("C_BVPN_FR_1"))) == (403, 50)


def test_secrets_are_not_shown() -> None:
    assert "sandbox-secret" not in repr(Client())
    assert "sandbox-key" not in repr(Client())


async def test_old_tokens_are_forgotten(sandbox: Sandbox, api: Api) -> None:
    for _ in range(1000):
        await api.sign_in()
    sandbox.clock.advance(hours=2)
    await api.sign_in()
    assert len(sandbox.access._tokens) == 1
    assert sandbox.access.issued == 1002
