"""error_mapping, error_body: the exception for each response."""

from __future__ import annotations

import json
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.error_body import ErrorInfo, error_info
from orange_ordering_client.error_mapping import api_error
from orange_ordering_client.errors import (
    ApiError,
    BadGateway,
    BadRequest,
    BusinessRuleViolation,
    ClientError,
    Conflict,
    DecodeError,
    Forbidden,
    GatewayTimeout,
    InternalServerError,
    LengthRequired,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RateLimited,
    RequestTimeout,
    ServerError,
    ServiceUnavailable,
    Unauthorized,
    UnexpectedStatus,
    UnsupportedMediaType,
    UriTooLong,
)

# FACTS, Errors (P3) and the business codes under 422 (R2): every row.
TABLE: list[tuple[int, int, type[ApiError], str]] = [
    (400, 20, BadRequest, "invalid URL parameter value"),
    (400, 21, BadRequest, "missing body"),
    (400, 22, BadRequest, "invalid body"),
    (400, 23, BadRequest, "missing body field"),
    (400, 24, BadRequest, "invalid body field"),
    (400, 25, BadRequest, "missing header"),
    (400, 26, BadRequest, "invalid header value"),
    (400, 27, BadRequest, "missing query-string parameter"),
    (400, 28, BadRequest, "invalid query-string parameter value"),
    (401, 40, Unauthorized, "missing credentials"),
    (401, 41, Unauthorized, "invalid credentials"),
    (401, 42, Unauthorized, "expired credentials"),
    (403, 50, Forbidden, "access denied"),
    (403, 51, Forbidden, "forbidden requester"),
    (403, 52, Forbidden, "forbidden user"),
    (403, 53, RateLimited, "too many requests"),
    (404, 60, NotFound, "resource not found"),
    (405, 61, MethodNotAllowed, "method not allowed"),
    (406, 62, NotAcceptable, "not acceptable"),
    (408, 63, RequestTimeout, "request time-out"),
    (409, 69, Conflict, "conflict"),
    (411, 64, LengthRequired, "length required"),
    (412, 65, PreconditionFailed, "precondition failed"),
    (413, 66, PayloadTooLarge, "request entity too large"),
    (414, 67, UriTooLong, "request-URI too long"),
    (415, 68, UnsupportedMediaType, "unsupported media type"),
    (422, 3611, BusinessRuleViolation, "requested date not valid"),
    (422, 3620, BusinessRuleViolation, "properties not valid"),
    (422, 3621, BusinessRuleViolation, "several products match"),
    (422, 3622, BusinessRuleViolation, "no service point matches"),
    (422, 3623, BusinessRuleViolation, "internal ordering system not available, the request was not accepted"),
    (422, 3630, BusinessRuleViolation, "not authorised on this network"),
    (422, 3631, BusinessRuleViolation, "several networks match"),
    (429, 53, RateLimited, "too many requests"),
    (500, 1, InternalServerError, "internal error"),
    (502, 1, BadGateway, "internal error"),
    (502, 3, BadGateway, "bad gateway"),
    (503, 5, ServiceUnavailable, "service temporarily unavailable"),
    (503, 6, ServiceUnavailable, "over capacity"),
    (504, 6, GatewayTimeout, "gateway timeout"),
]
OUTSIDE: list[tuple[int, type[ApiError]]] = [
    (100, UnexpectedStatus),
    (101, UnexpectedStatus),
    (199, UnexpectedStatus),
    (300, UnexpectedStatus),
    (302, UnexpectedStatus),
    (304, UnexpectedStatus),
    (399, UnexpectedStatus),
    (402, ClientError),
    (418, ClientError),
    (451, ClientError),
    (499, ClientError),
    (501, ServerError),
    (511, ServerError),
    (520, ServerError),
    (599, ServerError),
    (600, ServerError),
    (999, ServerError),
]
BY_STATUS = sorted(
    {(status, kind) for status, code, kind, _ in TABLE if (status, code) != (403, 53)}, key=lambda r: r[0]
)
NOT_ORANGE = {
    "html": b"<html><body><h1>503 Service Unavailable</h1></body></html>",
    "empty": b"",
    "truncated": b'{"code": 5, "message": "Service tempo',
    "list": b"[1, 2]",
    "string": b'"busy"',
    "null": b"null",
    "no code": b'{"message": "busy"}',
    "code is text": b'{"code": "5x"}',
    "code is a flag": b'{"code": true}',
    "code is null": b'{"code": null}',
    "not text at all": b"\xff\xfe\x00\xd8",
    "nested without end": b"[" * 100_000,
}


def body(code: object, **more: object) -> bytes:
    return json.dumps({"code": code, "message": "M", "description": "D", **more}).encode()


@pytest.mark.parametrize(("status", "code", "kind", "meaning"), TABLE)
def test_each_row_of_the_documented_table_is_its_exception(
    status: int, code: int, kind: type[ApiError], meaning: str
) -> None:
    headers = {"x-id": "7"}
    raw = body(code, infoURL="https://help", details=[{"code": 24, "message": "customer.id"}])

    error = api_error(status, headers, raw)

    assert type(error) is kind
    assert (error.status, error.code, error.message, error.description) == (status, code, "M", "D")
    assert error.info_url == "https://help"
    assert error.details == (ErrorInfo(code=24, message="customer.id"),)
    assert error.body == raw
    assert error.headers == headers
    assert error.is_orange
    assert f"{status} with code {code} ({meaning}): M; D; 24: customer.id" in str(error)


@pytest.mark.parametrize("shape", NOT_ORANGE)
@pytest.mark.parametrize(("status", "kind"), [*BY_STATUS, *OUTSIDE])
def test_a_status_decides_alone_where_the_body_is_not_oranges(status: int, kind: type[ApiError], shape: str) -> None:
    error = api_error(status, {}, NOT_ORANGE[shape])

    assert type(error) is kind
    assert error.body == NOT_ORANGE[shape]
    assert (error.code, error.message, error.details, error.is_orange) == (None, None, (), False)
    assert f"answered {status}: the body is not an error of the Ordering API" in str(error)


@pytest.mark.parametrize(("status", "kind"), OUTSIDE)
def test_a_status_that_no_table_knows_is_of_the_right_family(status: int, kind: type[ApiError]) -> None:
    assert type(api_error(status, {}, body(1))) is kind


def test_one_code_means_different_things_under_different_statuses() -> None:
    assert "over capacity" in str(api_error(503, {}, body(6)))
    assert "gateway timeout" in str(api_error(504, {}, body(6)))
    assert not isinstance(api_error(400, {}, body(53)), RateLimited)


def test_5xx_are_server_errors() -> None:
    for status in (500, 502, 503, 504, 520):
        assert isinstance(api_error(status, {}, b""), ServerError)


@pytest.mark.parametrize(
    ("wrong", "read"),
    [
        ({"message": 5, "description": ["a"], "infoURL": {}}, ErrorInfo(code=24)),
        ({"details": "many"}, ErrorInfo(code=24)),
        (
            {"details": [None, 3, {"message": "no code"}, {"code": 20}]},
            ErrorInfo(code=24, details=(ErrorInfo(code=20),)),
        ),
        ({"details": [{"code": 20, "details": [{"code": 21}]}]}, ErrorInfo(code=24, details=(ErrorInfo(code=20),))),
    ],
)
def test_an_error_body_with_fields_of_the_wrong_type_keeps_what_can_be_read(
    wrong: dict[str, object], read: ErrorInfo
) -> None:
    assert error_info(json.dumps({"code": 24, **wrong}).encode()) == read


@given(st.binary())
def test_any_bytes_are_read_or_refused_without_an_exception(raw: bytes) -> None:
    error_info(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.integers(min_value=100, max_value=999),
    st.fixed_dictionaries(
        {},
        optional={
            "code": json_values,
            "message": json_values,
            "description": json_values,
            "infoURL": json_values,
            "details": st.lists(st.fixed_dictionaries({}, optional={"code": json_values, "message": json_values})),
        },
    ),
)
def test_any_json_object_makes_an_exception_that_can_be_printed(status: int, data: dict[str, object]) -> None:
    error = api_error(status, {}, json.dumps(data).encode())

    assert str(status) in str(error)
    assert repr(error)


def test_a_long_text_of_the_server_is_cut_in_the_message_and_whole_on_the_exception() -> None:
    error = api_error(400, {}, body(24, message="x" * 5000))

    assert len(str(error)) < 400
    assert "…" in str(error)
    assert error.message == "x" * 5000


@pytest.mark.parametrize(
    ("message", "description", "said"),
    [
        ("Bad gateway", "Bad gateway.", ": Bad gateway."),
        ("Bad gateway.", "The order system is down.", ": Bad gateway; The order system is down."),
        ("Bad gateway", "", ": Bad gateway."),
    ],
)
def test_a_text_is_said_once_and_ends_with_one_full_stop(message: str, description: str, said: str) -> None:
    error = api_error(502, {}, body(3, message=message, description=description))

    assert str(error).partition("code 3")[2].startswith(said)
    assert ".." not in str(error)


def test_a_meaning_that_the_server_says_itself_is_not_said_twice() -> None:
    text = str(api_error(404, {}, body(60, message="Resource not found")))

    assert text.lower().count("resource not found") == 1


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (401, 41, "ORANGE_API_KEY"),
        (401, None, "ORANGE_API_KEY"),
        (403, 51, "ORANGE_ORDERING_SCOPE"),
        (422, 3611, "earliest_requested_at()"),
    ],
)
def test_the_message_says_what_to_do_where_that_is_known(status: int, code: int | None, hint: str) -> None:
    assert hint in str(api_error(status, {}, body(code)))


def test_secrets_repeated_by_the_server_are_masked_in_every_text_but_kept_in_the_body() -> None:
    raw = body(24, message="s3cret", description="s3cret", infoURL="s3cret", details=[{"code": 1, "message": "s3cret"}])

    error = api_error(400, {}, raw, mask=lambda text: text.replace("s3cret", "***"))

    assert "s3cret" not in str(error) + repr(error)
    assert (error.message, error.description, error.info_url) == ("***", "***", "***")
    assert error.details[0].message == "***"
    assert error.body == raw


@pytest.mark.parametrize("name", ["code", "message", "description", "info_url"])
def test_error_info_without_anything_is_empty(name: str) -> None:
    assert getattr(ErrorInfo(), name) is None
    assert attrs.asdict(ErrorInfo())["details"] == ()


def test_403_with_code_53_as_text_is_a_rate_limit() -> None:
    assert isinstance(api_error(403, {}, b'{"code": "53"}'), RateLimited)


def test_control_and_bidi_characters_of_the_server_are_escaped_in_messages() -> None:
    hostile = "a\x1b[31m\r\n\u202eb \u2066c\x00\u2028 caf\u00e9\u00a0: oui"
    body = json.dumps({"code": 20, "message": hostile, "description": hostile}).encode()

    error = api_error(400, {"x-request-id": "7\x1b\u202e"}, body)
    unreadable = DecodeError(hostile, path=hostile)

    for text in (str(error), str(unreadable)):
        assert text.replace("\u00a0", " ").isprintable()
        assert "\\x1b[31m" in text
        assert "caf\u00e9\u00a0: oui" in text
    assert error.message == hostile


@pytest.mark.parametrize("name", ["x-request-id", "x-correlation-id", "request-id"])
def test_the_request_id_of_a_response_is_on_the_error_and_in_its_message(name: str) -> None:
    error = api_error(500, {name: " abc-123 "}, b"")

    assert error.request_id == "abc-123"
    assert "Request id: abc-123." in str(error)
    assert pickle.loads(pickle.dumps(error)).request_id == "abc-123"  # noqa: S301 -- written here


def test_without_a_request_id_none_is_shown() -> None:
    error = api_error(500, {}, b"")

    assert error.request_id is None
    assert "Request id" not in str(error)


def test_a_secret_in_a_request_id_is_masked() -> None:
    error = api_error(500, {"x-request-id": "s3cret"}, b"", mask=lambda text: text.replace("s3cret", "***"))

    assert error.request_id == "***"
