"""The catalog, in both languages."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator

from orange_ordering_client.sandbox import Sandbox
from tests.sandbox.conftest import Api

TYPES = ["C_BVPN_CUSTOM003_1", "C_BVPN_FR_1", "C_GENERIC_FR_1", "R_BVPN_FR_1", "U_BVPN_FR_1"]


async def test_the_published_types_are_there(api: Api) -> None:
    assert [item["id"] for item in (await api.get("/catalogItems")).json()] == TYPES


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_each_has_a_schema_that_its_example_fulfils(sandbox: Sandbox, api: Api, kind: str, language: str) -> None:
    answer = await api.get(f"/catalogItems/{kind}", {"Accept-Language": language}, includes="schemas")
    schema = json.loads(answer.json()["schema"])
    Draft7Validator.check_schema(schema)
    Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER).validate(sandbox.example(kind))


async def test_schema_and_milestones_come_when_they_are_asked_for(api: Api) -> None:
    assert not (await api.get("/catalogItems")).json()[0].keys() & {"schema", "milestones"}
    assert "schema" in (await api.get("/catalogItems", includes="schema")).json()[0]
    assert json.loads((await api.get("/catalogItems", includes="milestones")).json()[0]["milestones"])
    assert (await api.get("/catalogItems/R_BVPN_FR_1", fields="schema")).json().keys() == {"schema"}
    both = await api.get("/catalogItems/R_BVPN_FR_1", fields="id", includes="schemas")
    assert both.json().keys() == {"id", "schema"}


async def test_french_is_spoken_to_those_who_ask(api: Api) -> None:
    english = await api.get("/catalogItems/R_BVPN_FR_1", includes="schemas")
    french = await api.get("/catalogItems/R_BVPN_FR_1", {"Accept-Language": "fr"}, includes="schemas")
    assert (english.json()["name"], french.json()["name"]) == ("Disconnect a BVPN site", "Résilier un site BVPN")
    assert (english.headers["content-language"], french.headers["content-language"]) == ("en", "fr")
    assert json.loads(french.json()["schema"])["title"] == "Résilier un site BVPN"


async def test_the_catalog_can_be_filtered_and_sorted(api: Api) -> None:
    answer = await api.get("/catalogItems", **{"catalog.id": "BVPN", "sort": "-name", "fields": "id"})
    assert [item["id"] for item in answer.json()] == ["R_BVPN_FR_1", "C_BVPN_CUSTOM003_1", "C_BVPN_FR_1", "U_BVPN_FR_1"]


async def test_the_service_says_what_it_is(sandbox: Sandbox, api: Api) -> None:
    assert (await api.get("/status")).json()["status"] == "ok"
    assert (await api.get("/version")).json()["version"] == {"major": "3", "minor": "1", "patch": "0"}
    assert (await api.get("/doc")).json() == sandbox.description.document
