"""The secrets in a http client of the user's own, and in its requests, which messages must not repeat."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from orange_ordering_client.transport.sender import RawResponse, Sender
from tests.calls import http_client

PAIR = "gate:opensesame"
BASIC = base64.b64encode(PAIR.encode()).decode()


@pytest.mark.parametrize(
    ("options", "secrets"),
    [
        ({}, set()),
        ({"auth": httpx.BasicAuth("gate", "opensesame")}, {f"Basic {BASIC}", BASIC, PAIR, "gate", "opensesame"}),
        ({"auth": httpx.DigestAuth("gate", "opensesame")}, set()),
        ({"headers": {"X-Gateway-Key": "opensesame"}}, {"opensesame"}),
        ({"cookies": {"session": "opensesame", "empty": ""}}, {"opensesame"}),
        ({"params": {"api_key": "open&sesame", "page": "1"}}, {"open&sesame"}),
    ],
    ids=["none", "basic", "digest", "header", "cookie", "parameter"],
)
async def test_what_a_http_client_adds_to_its_requests_is_secret(options: dict[str, Any], secrets: set[str]) -> None:
    async with http_client(**options) as http:
        assert set(Sender(http).secrets().reveal()) == secrets


def test_what_was_sent_with_a_request_is_secret() -> None:
    request = httpx.Request("GET", "https://api.example/x?token=open&page=1", headers={"X-Signed": "sesame"})
    response = RawResponse(200, {}, b"", 0.1, request)
    assert set(response.secrets().reveal()) == {"open", "sesame"}


def test_a_response_without_its_request_has_no_secrets() -> None:
    assert not set(RawResponse(200, {}, b"", 0.1).secrets().reveal())
