"""What the sandbox knows of the API, whatever the description that it serves leaves out."""

from __future__ import annotations

import copy
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.api.description import packaged
from orange_ordering_client.sandbox.api.documented import identity
from tests.sandbox.conftest import BASE, MONDAY, Api, code

Edit = Callable[[dict[str, Any]], object]


def without_security(document: dict[str, Any]) -> None:
    document.pop("security", None)
    document["components"].pop("securitySchemes", None)
    for item in document["paths"].values():
        for operation in item.values():
            operation.pop("security", None)


def with_unknown_scheme(document: dict[str, Any]) -> None:
    document["paths"]["/requests"]["get"]["security"] = [{"Nowhere": []}]


def with_few_statuses(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"] = {k: v for k, v in operation["responses"].items() if k.startswith("2")}


def with_other_parameter_names(document: dict[str, Any]) -> None:
    document["paths"] = {re.sub(r"\{(\w+)\}", r"{my_\1}", path): item for path, item in document["paths"].items()}
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["name"] = f"my_{parameter['name']}"


def with_the_full_scope_only(document: dict[str, Any]) -> None:
    without_security(document)
    document["components"]["securitySchemes"] = {"oauth": {"type": "oauth2", "flows": {}}}
    document["security"] = [{"oauth": ["b2b:ordering"]}]


def without_me(document: dict[str, Any]) -> None:
    del document["paths"]["/me"]


def with_fields_as_text(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in ("fields", "includes"):
                    parameter["schema"] = {"type": "string"}


def without_query_parameters(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            operation["parameters"] = [one for one in operation.get("parameters", ()) if one["in"] == "path"]


def without_answer_schemas(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                response.pop("content", None)


EDITS: list[Edit] = [
    without_security,
    with_the_full_scope_only,
    with_few_statuses,
    with_other_parameter_names,
    without_me,
    with_fields_as_text,
    without_query_parameters,
]
every_edit = pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)


def edited(edit: Edit, *, check_answers: bool = True) -> Sandbox:
    document = copy.deepcopy(dict(packaged().document))
    edit(document)
    return Sandbox(now=MONDAY, description=document, check_answers=check_answers)


@asynccontextmanager
async def signed_in(sandbox: Sandbox) -> AsyncIterator[Api]:
    async with (
        sandbox.serve() as url,
        httpx.AsyncClient(base_url=url) as http,
    ):
        api = Api(http)
        await api.sign_in()
        yield api


@every_edit
async def test_a_call_without_a_token_is_refused(edit: Edit) -> None:
    async with signed_in(edited(edit)) as api:
        key = {name: value for name, value in api.headers.items() if name.lower() != "authorization"}
        assert code(await api.http.get(f"{BASE}/requests", headers=key)) == (401, 40)


@every_edit
async def test_a_call_without_the_api_key_is_refused(edit: Edit) -> None:
    async with signed_in(edited(edit)) as api:
        token = {name: value for name, value in api.headers.items() if name.lower() == "authorization"}
        assert code(await api.http.get(f"{BASE}/requests", headers=token)) == (401, 40)


@every_edit
async def test_the_status_call_needs_no_api_key(edit: Edit) -> None:
    async with signed_in(edited(edit)) as api:
        token = {name: value for name, value in api.headers.items() if name.lower() == "authorization"}
        assert (await api.http.get(f"{BASE}/status", headers=token)).status_code == 200


@every_edit
async def test_me_is_answered(edit: Edit) -> None:
    async with signed_in(edited(edit)) as api:
        answer = await api.get("/me")
    assert answer.status_code == 200
    assert answer.json()["login"] == "sandbox-client"


@pytest.mark.parametrize(
    ("before", "call"), [("/catalogItems/{}", "/v4/catalogItems/R_BVPN_FR_1"), ("/catalogItems", "/v4/catalogItems")]
)
async def test_an_operation_is_known_by_its_name_if_its_path_is_another(before: str, call: str) -> None:
    def move(document: dict[str, Any]) -> None:
        path = next(path for path in document["paths"] if identity(path) == before)
        document["paths"][f"/v4{path}"] = document["paths"].pop(path)

    async with signed_in(edited(move)) as api:
        answer = await api.get(call)
    assert answer.status_code == 200
    assert "R_BVPN_FR_1" in answer.text


@every_edit
async def test_a_token_for_reading_reads_and_does_not_order(edit: Edit) -> None:
    sandbox = edited(edit)
    async with signed_in(sandbox) as api:
        await api.sign_in("sandbox-readonly")
        assert (await api.get("/requests")).status_code == 200
        assert code(await api.post(sandbox.example())) == (403, 51)


@every_edit
async def test_a_request_is_found_by_its_id(edit: Edit) -> None:
    sandbox = edited(edit)
    async with signed_in(sandbox) as api:
        request_id = await api.order(sandbox)
        assert (await api.get(f"/requests/{request_id}")).json()["id"] == request_id


@every_edit
async def test_a_catalog_item_is_found_by_its_id(edit: Edit) -> None:
    async with signed_in(edited(edit)) as api:
        answer = await api.get("/catalogItems/R_BVPN_FR_1", includes="schemas")
    assert answer.json()["id"] == "R_BVPN_FR_1"
    assert "schema" in answer.json()


@every_edit
async def test_fields_are_selected(edit: Edit) -> None:
    sandbox = edited(edit)
    async with signed_in(sandbox) as api:
        await api.order(sandbox)
        answer = await api.get("/requests", fields="id,type", limit=1)
    assert [item.keys() for item in answer.json()] == [{"id", "type"}]


@every_edit
async def test_orders_are_found_by_their_reference(edit: Edit) -> None:
    sandbox = edited(edit)
    sandbox.requests.seed(20)
    async with signed_in(sandbox) as api:
        await api.order(sandbox)
        answer = await api.get("/requests", customerReference="NOBODY")
    assert answer.json() == []


@every_edit
@pytest.mark.parametrize("status", [400, 409, 422, 429, 500, 502, 503, 504])
def test_every_documented_status_is_allowed(edit: Edit, status: int) -> None:
    from orange_ordering_client.sandbox.api.documented import STATUSES
    from orange_ordering_client.sandbox.api.messages import Reply

    sandbox = edited(edit)
    listing = next(operation for operation in sandbox.description.operations if operation.id == "requests.list")
    assert status in STATUSES
    assert f"status {status} is not declared" not in sandbox.contract.violations(listing, Reply(status, {}))


def test_an_undocumented_status_is_not_allowed() -> None:
    from orange_ordering_client.sandbox.api.messages import Reply

    sandbox = edited(with_few_statuses)
    listing = next(operation for operation in sandbox.description.operations if operation.id == "requests.list")
    assert sandbox.contract.violations(listing, Reply(418, {})) == ["status 418 is not declared"]


async def test_a_requirement_of_an_undefined_scheme_still_asks_for_both_credentials() -> None:
    async with signed_in(edited(with_unknown_scheme)) as api:
        assert code(await api.http.get(f"{BASE}/requests")) == (401, 40)


async def test_a_fault_of_an_undeclared_status_is_answered() -> None:
    sandbox = edited(with_few_statuses)
    async with signed_in(sandbox) as api:
        sandbox.faults.add(Fault("error:503/6"))
        assert code(await api.get("/requests")) == (503, 6)


async def test_fields_are_selected_where_the_description_has_no_schema() -> None:
    sandbox = edited(without_answer_schemas, check_answers=False)
    async with signed_in(sandbox) as api:
        await api.order(sandbox)
        answer = await api.get("/requests", fields="id")
    assert [item.keys() for item in answer.json()] == [{"id"}]
