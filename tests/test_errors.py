"""errors: what exceptions carry, say, and survive."""

from __future__ import annotations

import inspect
import json
import pickle

import pytest

from orange_ordering_client import errors
from orange_ordering_client.error_mapping import api_error
from orange_ordering_client.errors import (
    ConfigurationError,
    ConnectionBroken,
    DecodeError,
    InvalidArgument,
    MethodNotAllowed,
    OrderingError,
    TokenError,
)
from orange_ordering_client.orders.errors import InvalidOrder, OutcomeUnknown, ReferenceUnchecked
from orange_ordering_client.validation.results import Violation


def body(code: object, **more: object) -> bytes:
    return json.dumps({"code": code, "message": "M", "description": "D", **more}).encode()


@pytest.mark.parametrize(
    ("header", "methods"), [({"allow": "GET, POST"}, ("GET", "POST")), ({"allow": " ,GET,"}, ("GET",)), ({}, ())]
)
def test_405_says_which_methods_are_allowed(header: dict[str, str], methods: tuple[str, ...]) -> None:
    error = api_error(405, header, body(61))

    assert isinstance(error, MethodNotAllowed)
    assert error.allow == methods


EXAMPLES: list[OrderingError] = [
    api_error(422, {"a": "b"}, body(3611)),
    api_error(429, {}, b""),
    DecodeError("a date was expected", path="a.b", value=3, body=b"{}", status=200, headers={"a": "b"}),
    TokenError("no", status=400, error="invalid_scope", error_description="unknown"),
    ConnectionBroken("gone"),
    ConfigurationError("client_id is missing"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_exceptions_survive_pickling_with_all_they_carry(error: OrderingError) -> None:
    error.may_have_been_accepted = True

    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 -- made two lines up

    assert type(copied) is type(error)
    assert copied.__dict__ == error.__dict__
    assert str(copied) == str(error)


def test_every_exception_is_an_ordering_error_and_exported() -> None:
    found = {name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, BaseException)}

    assert found <= set(errors.__all__)
    assert all(issubclass(getattr(errors, name), OrderingError) for name in found)


@pytest.mark.parametrize("kind", [ConfigurationError, InvalidArgument, DecodeError])
def test_bad_values_are_value_errors_too(kind: type[OrderingError]) -> None:
    assert issubclass(kind, ValueError)


def test_an_order_of_unknown_outcome_says_what_to_do() -> None:
    error = ConnectionBroken("gone")
    assert "accepted" not in str(error)

    error.may_have_been_accepted = True

    assert "may have been accepted" in str(error)
    assert "look it up by its customer reference" in str(error)


def test_a_decode_error_builds_its_path_from_the_inside_out() -> None:
    error = DecodeError("a date was expected", value="soon").at("issuedAt").at("keyDates").at(3).at("Requests")

    assert error.path == "Requests[3].keyDates.issuedAt"
    assert str(error) == "Cannot read Requests[3].keyDates.issuedAt: a date was expected (got 'soon')."


def test_a_decode_error_of_an_order_warns_that_it_may_have_been_accepted() -> None:
    error = DecodeError("the body is empty", status=201)
    error.may_have_been_accepted = True

    assert str(error) == (
        "Cannot read the answer: the body is empty. The answer had status 201; it is kept on `.body`."
        " The order may have been accepted all the same."
    )


def test_a_decode_error_shows_only_the_beginning_of_a_long_value() -> None:
    assert len(str(DecodeError("text was expected", value="x" * 10_000))) < 200


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("a\x1b[31m\r\n\u202eb"),
        TokenError("a\x1b[31m\r\n\u202eb"),
        ReferenceUnchecked("a\x1b", "a\x1b[31m\r\n\u202eb"),
        OutcomeUnknown("a\x1b", ("a\x1b[31m\r\n\u202eb",), ""),
        InvalidOrder((Violation("$.a\x1b", "a\x1b[31m\r\n\u202eb", "type"),)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_message_escapes_what_a_terminal_acts_on(error: OrderingError) -> None:
    assert str(error).isprintable()
    assert "\\x1b[31m\\r\\n\\u202eb" in str(error)
