"""Models as fields, parameters and responses of pydantic and FastAPI, which know them only by two methods."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Annotated, Any, Literal

import attrs
import httpx
import jsonschema
import pydantic
import pytest
from fastapi import Body, FastAPI

from orange_ordering_client import KeyDates, NewRequest, Request
from orange_ordering_client.wire import Model
from orange_ordering_client.wire.json_schema import json_schema_of

WIRE: dict[str, Any] = {
    "id": "3-1",
    "status": "NEWER_THAN_THIS_SDK",
    "keyDates": {"issuedAt": "2026-01-02"},
    "x": {"kept": [1]},
}


class Report(pydantic.BaseModel):
    request: Request
    others: list[Request] = []
    dates: KeyDates | None = None


@attrs.define(kw_only=True)
class Part(Model):
    """A model in whose attributes it occurs itself."""

    __wire__ = (
        ("parts", "parts"),
        ("kind", "kind"),
        ("any_of", "anyOf"),
        ("extras", "extras"),
        ("constant", "constant"),
    )

    parts: list[Part]
    kind: int | str
    any_of: Any = None
    extras: dict[str, bool] | None = None
    constant: Literal["fixed"] | None = None


def test_a_field_is_decoded_from_the_wire_form() -> None:
    report = Report.model_validate({"request": WIRE, "others": [WIRE]})
    assert (report.request.id, report.others[0].key_dates) == ("3-1", report.request.key_dates)


def test_a_field_takes_a_model_as_it_is() -> None:
    request = Request.from_dict(WIRE)
    assert Report(request=request).request is request


def test_a_field_is_written_in_the_wire_form_with_what_is_unknown() -> None:
    report = Report.model_validate({"request": WIRE})
    assert json.loads(report.model_dump_json())["request"] == WIRE
    assert report.model_dump(mode="json")["request"] == WIRE


@pytest.mark.parametrize("wrong", [5, "text", {"keyDates": {"issuedAt": "soon"}}])
def test_what_cannot_be_decoded_is_a_validation_error_with_its_place(wrong: object) -> None:
    with pytest.raises(pydantic.ValidationError, match="Cannot read Request"):
        Report.model_validate({"request": wrong})


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_names_attributes_as_they_are_on_the_wire(mode: Any) -> None:
    schema = Report.model_json_schema(mode=mode)
    jsonschema.Draft202012Validator.check_schema(schema)
    request = schema["properties"]["request"]
    assert request["title"] == "Request"
    assert request["properties"]["keyDates"]["properties"]["issuedAt"] == {"type": "string", "format": "date"}
    assert "COMPLETED" in request["properties"]["status"]["examples"]
    assert "required" not in request


def test_the_schema_says_what_the_constructor_requires() -> None:
    assert {"type", "requestedAt"} <= {*json_schema_of(NewRequest)["required"]}


def test_the_schema_of_a_model_inside_itself_ends() -> None:
    assert json_schema_of(Part) == {
        "type": "object",
        "title": "Part",
        "properties": {
            "parts": {"type": "array", "items": {"type": "object", "title": "Part"}},
            "kind": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            "anyOf": {},
            "extras": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "constant": {"enum": ["fixed"]},
        },
        "required": ["parts", "kind"],
    }


def test_every_model_has_a_schema() -> None:
    for kind in Model.__subclasses__():
        jsonschema.Draft202012Validator.check_schema(json_schema_of(kind))


async def test_a_route_of_fastapi_takes_and_gives_models() -> None:
    app = FastAPI()

    def echo(request: Annotated[Request, Body()]) -> Request:
        return request

    app.post("/echo")(echo)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client:
        assert (await client.post("/echo", json=WIRE)).json() == WIRE
        assert (await client.post("/echo", json={"keyDates": 5})).status_code == 422
        assert "keyDates" in json.dumps((await client.get("/openapi.json")).json()["paths"]["/echo"])


def test_pydantic_is_not_imported() -> None:
    program = (
        "import sys; from orange_ordering_client import Request; from orange_ordering_client.wire.json_schema import"
        " json_schema_of; json_schema_of(Request); sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0  # noqa: S603  # ours
