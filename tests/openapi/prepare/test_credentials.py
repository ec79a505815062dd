"""Both credentials of a business call are settled, whatever a description leaves out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.generate.variables import operation_variables
from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import Prepared, prepare
from openapi.read.document import operations
from openapi.read.errors import BuildError
from orange_ordering_client.sandbox.api.description import Description
from tests.openapi.descriptions import ROOT, Document, small
from tests.rebuilt import rebuilt

OVERLAY = read_overlay(ROOT / "openapi/overlay.yaml")


def prepared(document: Document, overlay: list[dict[str, Any]] | None = None) -> Prepared:
    return prepare(json.dumps(document).encode(), overlay or [])


# What a description can say of security: O is OAuth 2.0, K the API key, B a bearer token.
SECURITIES: list[Any] = [
    None,
    [],
    [{}],
    [{"O": []}],
    [{"K": []}],
    [{"B": []}],
    [{"O": []}, {"K": []}],
    [{"O": [], "K": []}],
]


def with_security(security: Any, method: str = "get") -> Document:
    document = small()
    document["components"]["securitySchemes"] = {
        "O": {"type": "oauth2"}, "K": {"type": "apiKey"}, "B": {"type": "http", "scheme": "bearer"},
    }  # fmt: skip
    item = document["paths"]["/requests"]
    item[method] = item.pop("get")
    if security is not None:
        item[method]["security"] = security
    return document


def credentials(document: Document) -> tuple[bool, bool]:
    told = operation_variables(document)["requests_get"]
    return told["token"], told["api_key"]


@pytest.mark.parametrize("security", SECURITIES)
def test_a_call_carries_both_credentials_whatever_its_security_leaves_out(security: Any) -> None:
    assert credentials(prepared(with_security(security)).document) == (True, True)


@pytest.mark.parametrize("security", SECURITIES)
def test_the_sandbox_asks_for_both_credentials_whatever_the_description_leaves_out(security: Any) -> None:
    found = Description(prepared(with_security(security)).document).operations[0]
    assert (found.needs_token, found.needs_key) == (True, True)


def test_both_credentials_are_settled_where_no_scheme_is_declared() -> None:
    document = small()
    document["components"].pop("securitySchemes", None)
    result = prepared(document).document
    assert credentials(result) == (True, True)
    assert sorted(one["type"] for one in result["components"]["securitySchemes"].values()) == ["apiKey", "oauth2"]


def test_an_added_scheme_does_not_replace_one_of_the_same_name() -> None:
    document = small()
    document["components"]["securitySchemes"] = {"ApiKey": {"type": "oauth2"}}
    document["security"] = [{"ApiKey": ["b2b:ordering"]}]
    result = prepared(document).document
    assert result["components"]["securitySchemes"]["ApiKey"] == {"type": "oauth2"}
    assert result["paths"]["/requests"]["get"]["security"] == [{"ApiKey": ["b2b:ordering"], "ApiKey_": []}]


@pytest.mark.parametrize(
    ("method", "scopes"),
    [("get", ["b2b:ordering:readonly", "b2b:ordering"]), ("post", ["b2b:ordering"])],
)
@pytest.mark.parametrize("security", [None, [{"O": []}], [{"O": [], "K": []}]])
def test_a_call_without_a_word_about_scopes_gets_those_that_its_method_needs(
    security: Any, method: str, scopes: list[str]
) -> None:
    result = prepared(with_security(security, method)).document
    assert [one["O"] for one in result["paths"]["/requests"][method]["security"]] == [[scope] for scope in scopes]


def test_scopes_that_a_description_declares_are_kept() -> None:
    result = prepared(with_security([{"O": ["b2b:other"]}])).document
    assert result["paths"]["/requests"]["get"]["security"] == [{"O": ["b2b:other"], "K": []}]


def test_a_credential_that_a_description_leaves_out_is_warned_of() -> None:
    warnings = prepared(with_security([{"O": []}])).warnings
    assert [one for one in warnings if "GET /requests" in one and "the API key for 1 operations" in one]
    assert not [one for one in warnings if "a token" in one]


def test_the_overlay_says_which_call_does_without_the_key() -> None:
    actions = [{"target": "$.paths['/requests'].get", "update": {"x-credentials": ["token"]}}]
    result = prepared(with_security([{"O": []}]), actions).document
    assert credentials(result) == (True, False)
    assert "x-credentials" not in result["paths"]["/requests"]["get"]


def test_a_description_cannot_say_itself_which_call_does_without_the_key() -> None:
    document = with_security([])
    document["paths"]["/requests"]["get"]["x-credentials"] = []
    assert credentials(prepared(document).document) == (True, True)


@pytest.mark.parametrize("said", ["token", ["token", "password"]])
def test_a_mark_of_the_overlay_that_cannot_be_read_stops_the_build(said: Any) -> None:
    actions = [{"target": "$.paths['/requests'].get", "update": {"x-credentials": said}}]
    with pytest.raises(BuildError, match="x-credentials of GET /requests"):
        prepared(with_security(None), actions)


@pytest.mark.parametrize("declared", [[{"OAuth2": []}], [], None])
def test_the_calls_of_this_api_keep_their_credentials_when_the_file_declares_fewer(declared: Any) -> None:
    document = rebuilt()
    for _, _, one in operations(document):
        one.pop("security", None)
    document["components"]["securitySchemes"].pop("ApiKey")
    if declared is not None:
        document["security"] = declared
    found = {
        one["id"]: (one["token"], one["api_key"])
        for one in operation_variables(prepared(document, OVERLAY).document).values()
    }
    expected = {
        one["id"]: (one["token"], one["api_key"])
        for one in operation_variables(prepared(rebuilt(), OVERLAY).document).values()
    }
    assert found == expected
