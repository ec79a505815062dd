"""auth: reading the response of the token endpoint."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.auth import Token, read_token
from orange_ordering_client.errors import TokenError
from orange_ordering_client.secrets import Secret
from tests.clocks import FakeTime


def read(status: int = 200, **fields: object) -> Token | TokenError:
    body = {"access_token": "T", "token_type": "Bearer", "expires_in": 3600, **fields}
    return read_token(status, json.dumps(body).encode(), sent_at=1000.0)


@pytest.mark.parametrize(
    ("expires_in", "lifetime", "ahead"),
    [
        (3600, 3600.0, 60.0),
        ("3600", 3600.0, 60.0),
        (3600.5, 3600.5, 60.0),
        (600, 600.0, 60.0),
        (300, 300.0, 30.0),
        (10, 10.0, 1.0),
        (0.5, 0.5, 0.05),
    ],
)
def test_a_token_is_renewed_a_minute_or_a_tenth_of_its_life_ahead(
    expires_in: object, lifetime: float, ahead: float
) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == pytest.approx(1000.0 + lifetime)
    assert token.refresh_at == pytest.approx(1000.0 + lifetime - ahead)


@pytest.mark.parametrize(
    "expires_in",
    [
        *(None, True, False, [3600], {"s": 1}),
        *("", "soon", "--1", "3600.0", "1e3", " 3600", "\u0663", "9" * 19, "9" * 5000),
        *(1e12, 10**400, math.nan, math.inf, -math.inf),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_lifetime_that_makes_no_sense_is_unknown_and_the_token_serves_until_it_is_refused(expires_in: object) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == token.refresh_at == math.inf


def test_a_lifetime_that_is_absent_is_unknown() -> None:
    token = read_token(200, b'{"access_token": "T"}', sent_at=0.0)

    assert isinstance(token, Token)
    assert token.expires_at == math.inf


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", "BearerToken"])
def test_the_type_of_a_token_is_read_in_any_case(kind: str) -> None:
    assert isinstance(read(token_type=kind), Token)


@pytest.mark.parametrize("kind", ["mac", "", None, 1])
def test_a_token_that_is_no_bearer_token_is_refused(kind: object) -> None:
    refused = read(token_type=kind)

    assert isinstance(refused, TokenError)
    assert "not a bearer token" in str(refused)


@pytest.mark.parametrize("value", [None, "", 5, ["T"], "a b", "a\r\nX-Evil: 1", "t\u00e9", "\x7f"])
def test_what_no_header_can_carry_is_no_token(value: object) -> None:
    refused = read(access_token=value)

    assert isinstance(refused, TokenError)
    assert "has no usable access_token" in str(refused)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"access_token": "T', b"\xff\xfe\x00", b"[" * 100_000], ids=repr
)
def test_an_answer_that_is_no_json_object_holds_no_token(body: bytes) -> None:
    refused = read_token(200, body[:200_000], sent_at=0.0)

    assert isinstance(refused, TokenError)
    assert refused.status == 200


@given(st.integers(min_value=100, max_value=999), st.binary())
def test_any_answer_of_the_token_endpoint_is_a_token_or_a_token_error(status: int, body: bytes) -> None:
    assert isinstance(read_token(status, body, sent_at=0.0), (Token, TokenError))


@pytest.mark.parametrize(
    ("status", "fields", "said"),
    [
        (400, {"error": "invalid_scope"}, "status 400 (invalid_scope). Check ORANGE_ORDERING_SCOPE."),
        (400, {"error": "invalid_client"}, "(invalid_client). Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."),
        (
            401,
            {"error": "invalid_client", "error_description": "x"},
            "(invalid_client). Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET.",
        ),
        (401, {}, "status 401. Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."),
        (400, {"error": "unsupported_grant_type"}, "status 400 (unsupported_grant_type)."),
        (400, {"error": 5, "error_description": ["a"]}, "status 400."),
        (302, {}, "status 302."),
        (202, {"access_token": "T"}, "status 202."),
    ],
)
def test_a_refusal_says_what_to_check(status: int, fields: dict[str, object], said: str) -> None:
    refused = read_token(status, json.dumps(fields).encode(), sent_at=0.0)

    assert isinstance(refused, TokenError)
    assert str(refused).endswith(said)
    assert refused.status == status
    error, words = fields.get("error"), fields.get("error_description")
    assert refused.error == (error if isinstance(error, str) else None)
    assert refused.error_description == (words if isinstance(words, str) else None)


@pytest.mark.parametrize("error", ["s3cret", "s3cret invalid", "Basic s3cret=="])
def test_an_error_that_is_no_word_of_the_standard_is_not_repeated(error: str) -> None:
    refused = read(400, error=error, error_description="s3cret")

    assert "s3cret" not in str(refused) + repr(refused)


def token(name: str, time: FakeTime, lifetime: float = 100.0) -> Token:
    now = time.monotonic()
    return Token(Secret(name), refresh_at=now + lifetime * 0.9, expires_at=now + lifetime)


@pytest.mark.parametrize("expires_in", [0, -1, -0.5, "0", "-1"])
def test_a_lifetime_of_zero_or_less_has_expired(expires_in: object) -> None:
    token = read(expires_in=expires_in)

    assert isinstance(token, Token)
    assert token.expires_at == token.refresh_at == 1000.0


def test_status_201_brings_a_token_too() -> None:
    assert isinstance(read(201), Token)
