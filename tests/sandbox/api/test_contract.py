"""Calls and answers held against the description."""

from __future__ import annotations

import copy
import json
import re

import httpx
import pytest

from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.sandbox.api.messages import Reply
from tests.rebuilt import described
from tests.sandbox.conftest import BASE, MONDAY, Api, code


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1", "offset=x", "offset=1.5", "offset=", "limit=251",
        "limit=-1", "limit=1_0", "limit= 1", "limit=1&limit=2",
        "isOverdue=2", "isArchived=yes", "priority=URGENT", "priority=HIGH,URGENT", "category=OLD", "displayLinks=1",
        "displayNulls=True", "sort=nothing", "fields=nothing",
        "fields=id,",
        "priority=",
    ],
)  # fmt: skip
async def test_a_query_that_the_description_does_not_allow_is_refused(api: Api, query: str) -> None:
    assert code(await api.http.get(f"{BASE}/requests?{query}", headers=api.headers)) == (400, 28)


@pytest.mark.parametrize(
    "path",
    [
        *(f"/requests?{query}" for query in ("includes=everything", "fields=")),
        *(f"/catalogItems?{query}" for query in ("sort=schema", "fields=nothing", "includes=schemas")),
    ],
)
async def test_a_query_that_the_rebuilt_description_does_not_allow_is_refused(rebuilt_api: Api, path: str) -> None:
    assert code(await rebuilt_api.http.get(f"{BASE}{path}", headers=rebuilt_api.headers)) == (400, 28)


async def test_a_query_parameter_that_nobody_declared_is_ignored(api: Api) -> None:
    assert (await api.get("/requests", nonsense="1")).status_code == 200


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"", {}, (400, 21)),
        (b"  \n", {}, (400, 21)),
        (b"{", {}, (400, 22)),
        (b"\xff{}", {}, (400, 22)),
        (b'{"a": NaN}', {}, (400, 22)),
        (b"[" * 100_000, {}, (400, 22)),
        (b"[]", {}, (400, 22)),
        (b"{}", {}, (400, 23)),
        (b'{"type": "R_BVPN_FR_1"}', {}, (400, 23)),
        (b'{"type": 1, "requestedAt": "2026-06-01"}', {}, (400, 24)),
        (b'{"type": "R_BVPN_FR_1", "requestedAt": "soon"}', {}, (400, 24)),
        (b'{"type": "R_BVPN_FR_1", "requestedAt": "2026-06-01T00:00:00Z"}', {}, (400, 24)),
        (b'{"type": "R_BVPN_FR_1", "requestedAt": "2026-06-01", "comment": null}', {}, (400, 24)),
        (b'{"type": "R_BVPN_FR_1", "requestedAt": "2026-06-01", "customer": {}}', {}, (400, 23)),
        (b'{"type": "NOBODYS", "requestedAt": "2026-06-01"}', {}, (400, 24)),
        (b"{}", {"Content-Type": ""}, (400, 25)),
        (b"{}", {"Content-Type": "text/plain"}, (415, 68)),
        (b"{}", {"Content-Type": "application/json; charset=utf-8"}, (400, 23)),
        (b"{}", {"Accept-Language": "de"}, (400, 26)),
        (b"{}", {"Accept": "text/html"}, (406, 62)),
    ],
)
async def test_a_bad_order_gets_the_documented_code(
    api: Api, content: bytes, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    sent = api.headers | {"Content-Type": "application/json"} | headers
    assert code(await api.http.post(f"{BASE}/requests", content=content, headers=sent)) == expected


async def test_every_violation_is_told_with_its_place(api: Api) -> None:
    answer = await api.post({"type": 1, "attachments": [{"name": "a", "format": 2}]})
    told = {detail["description"].partition(":")[0]: detail["code"] for detail in answer.json()["details"]}
    assert told == {"requestedAt": 23, "attachments[0].body": 23, "type": 24, "attachments[0].format": 24}


async def test_text_that_is_no_unicode_comes_back_as_it_went_in(sandbox: Sandbox, api: Api) -> None:
    body = json.dumps(sandbox.example() | {"comment": "\ud800 \u0000 é"})
    headers = api.headers | {"Content-Type": "application/json"}
    answer = await api.http.post(f"{BASE}/requests", content=body, headers=headers)
    assert answer.json()["comment"] == "\ud800 \u0000 é"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, [{"id": 1}]),
        Reply(200, {"id": "1"}),
        Reply(200, [{"status": "SOMETHING_NEW"}]),
        Reply(200, [{"createdAt": "yesterday"}]),
        Reply(299, []),
        Reply(200, raw=b"<html>"),
    ],
)
def test_an_answer_that_the_description_does_not_allow_is_noticed(sandbox: Sandbox, reply: Reply) -> None:
    listing = next(operation for operation in sandbox.description.operations if operation.id == "requests.list")
    assert sandbox.contract.violations(listing, reply)


def test_an_error_that_the_rebuilt_description_does_not_allow_is_noticed(rebuilt_sandbox: Sandbox) -> None:
    operations = rebuilt_sandbox.description.operations
    listing = next(operation for operation in operations if operation.id == "requests.list")
    assert rebuilt_sandbox.contract.violations(listing, Reply(503, {"code": "five"}))


def stricter(sandbox: Sandbox) -> Sandbox:
    """The same, with an operation that asks for more than today's do; the API key is a parameter, too, as in S2."""
    document = copy.deepcopy(dict(sandbox.description.document))
    path = next(path for path in document["paths"] if re.fullmatch(r"/requests/\{\w+\}", path))
    operation, name = document["paths"][path]["get"], path.partition("{")[2].rstrip("}")
    operation["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^3-[0-9]{8}$"}},
        {"name": "X-API-KEY", "in": "header", "required": True, "schema": {"type": "integer"}},
        {"name": "X-Depth", "in": "header", "required": True, "schema": {"type": "integer"}},
        {"name": "X-Colour", "in": "header", "schema": {"type": "string"}},
        {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
    ]
    return Sandbox(now=MONDAY, description=document)


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/requests/4?tenant=a", {"X-Depth": "1"}, (400, 20)),
        ("/requests/3-00286023?tenant=a", {}, (400, 25)),
        ("/requests/3-00286023?tenant=a", {"X-Depth": "deep"}, (400, 26)),
        ("/requests/3-00286023", {"X-Depth": "1"}, (400, 27)),
        ("/requests/3-00286023?tenant=a", {"X-Depth": "1"}, (404, 60)),
    ],
)
async def test_whatever_the_description_asks_for_is_asked_for(
    sandbox: Sandbox, path: str, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    transport = httpx.ASGITransport(stricter(sandbox).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        api = Api(http)
        await api.sign_in()
        assert code(await http.get(BASE + path, headers=api.headers | headers)) == expected


def test_a_header_that_an_answer_must_have_is_missed(sandbox: Sandbox) -> None:
    document = copy.deepcopy(dict(sandbox.description.document))
    document["paths"]["/requests"]["get"]["responses"]["200"]["headers"]["X-Total-Count"]["required"] = True
    strict = Sandbox(description=document)
    listing = next(operation for operation in strict.description.operations if operation.id == "requests.list")
    assert strict.contract.violations(listing, Reply(200, [])) == ["header X-Total-Count is missing"]


async def test_each_sandbox_checks_by_the_schemas_of_its_own_description(sandbox: Sandbox) -> None:
    document = described()
    media = next(iter(document["paths"]["/requests"]["post"]["requestBody"]["content"].values()))
    name = media["schema"]["$ref"].rpartition("/")[2]
    document["components"]["schemas"][name].setdefault("required", []).append("costCentre")
    strict = Sandbox(now=MONDAY, description=document)
    codes: list[int] = []
    for each in (sandbox, strict, Sandbox(now=MONDAY)):
        transport = httpx.ASGITransport(each.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            api = Api(http)
            await api.sign_in()
            codes.append((await api.post(each.example())).status_code)
    assert codes == [201, 400, 201]
