"""One exchange against the description and the models: violations, and news."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from orange_ordering_client.contract.checker import Checker
from orange_ordering_client.contract.description import Description
from orange_ordering_client.contract.exchanges import ABSENT, Exchange
from orange_ordering_client.contract.findings import Finding
from tests.contract.record import EXCHANGES
from tests.rebuilt import described

CHECKER = Checker()
REQUEST = {"id": "3-1", "status": "NEW", "createdAt": "2026-11-23T09:30:00Z", "keyDates": {"issuedAt": "2026-11-23"}}


@cache
def checker() -> Checker:
    """Of the rebuilt description, whichever is vendored."""
    return Checker(Description(described()))


def exchange(**changes: Any) -> Exchange:
    given: dict[str, Any] = {
        "operation": "requests.get",
        "method": "GET",
        "path": "/ordering/b2b/v3/requests/3-1",
        "status": 200,
        "received": REQUEST,
    }
    return Exchange(**(given | changes))


def said(found: list[Finding]) -> set[tuple[str, bool]]:
    return {(f"{one.place}: {one.text}", one.violation) for one in found}


@pytest.mark.parametrize("path", sorted(EXCHANGES.glob("*.json")), ids=lambda path: path.name)
def test_a_recorded_exchange_keeps_the_contract(path: Any) -> None:
    assert [str(one) for one in CHECKER.check(Exchange.read(path)) if one.violation] == []


def test_exchanges_are_recorded_of_every_operation_of_the_rebuilt_description() -> None:
    recorded = {Exchange.read(path).operation for path in EXCHANGES.glob("*.json")}
    every = {operation.id for operation in checker().description.operations}
    # The description itself is large, and compared elsewhere.
    assert recorded == every - {"service.specification"}


def test_what_is_not_there_says_so() -> None:
    assert "sent=absent" in repr(exchange())


def test_a_sound_answer_is_no_finding() -> None:
    assert CHECKER.check(exchange()) == []


ANSWERS: list[tuple[Any, str, bool]] = [
    ({"id": 1}, "answer.id: text is expected, not a whole number", True),
    ({"id": 1}, "answer.id: the client cannot decode it: expected text", True),
    ({"quotes": {}}, "answer.quotes: a list is expected, not an object", True),
    ({"createdAt": "soon"}, "answer.createdAt: does not have the format date-time", False),
    ({"status": "ASLEEP"}, "answer.status: 'ASLEEP' is a value that is not in the description", False),
    ({"colour": "red"}, "answer.colour: a key that is not in the description", False),
    ({"keyDates": {"someday": "x"}}, "answer.keyDates.someday: a key that is not in the description", False),
    ({"quotes": [{"colour": 1}]}, "answer.quotes[0].colour: a key that is not in the description", False),
    ({"comment": None}, "answer: has nulls, which were not requested", False),
    ([], "answer: an object is expected, not a list", True),
    ({"_links": {"self": {"href": 2.5}}}, "answer._links.self.href: text is expected, not a number", True),
    ({"comment": True}, "answer.comment: text is expected, not true or false", True),
]  # fmt: skip


@pytest.mark.parametrize(("received", "text", "violation"), ANSWERS)
def test_an_answer(received: Any, text: str, violation: bool) -> None:
    assert (text, violation) in said(CHECKER.check(exchange(received=received)))


@pytest.mark.parametrize(
    "received",
    [
        {"createdAt": "2026-11-23"},
        {"keyDates": {"issuedAt": "2026-11-23T09:30:00Z"}},
        {"status": "ASLEEP"},
        {"colour": {"of": ["anything", None, 1.5]}},
        {"properties": {"free": {"form": [1]}}},
    ],
)
def test_what_the_client_survives_is_no_violation(received: Any) -> None:
    assert not any(one.violation for one in CHECKER.check(exchange(received=received)))


def test_nulls_that_were_asked_for_are_no_finding() -> None:
    query = {"displayNulls": "true"}
    received = {"comment": None, "quotes": [{"name": None}]}
    assert CHECKER.check(exchange(query=query, received=received)) == []


def test_values_are_not_repeated() -> None:
    received = {"comment": 1, "customer": "Ada", "quotes": ["Ada"], "createdAt": "Ada", "keyDates": {"issuedAt": "Ada"}}
    assert "Ada" not in str([str(one) for one in CHECKER.check(exchange(received=received))])


def test_violations_come_first() -> None:
    flags = [one.violation for one in CHECKER.check(exchange(received={"colour": 1, "id": 1}))]
    assert flags == sorted(flags, reverse=True)


@pytest.mark.parametrize(
    ("changes", "text", "violation"),
    [
        ({"status": 418}, "answer: status 418 is not in the description", False),
        ({"status": 202}, "answer: status 202 is not in the description", True),
        ({"received": ABSENT, "text": "<p>"}, "answer: is not JSON, but the description says JSON", True),
        ({"received": ABSENT}, "answer: has no body, but the description says JSON", True),
        (
            {"received": ABSENT, "text": "<p>", "status": 502},
            "answer: is not JSON, but the description says JSON",
            False,
        ),
        ({"query": {"colour": "red"}}, "call ?colour: a parameter that is not in the description", False),
        ({"operation": "x", "path": "/nowhere"}, "call: the description has no GET /nowhere", False),
        (
            {"operation": "requests.list", "path": "/requests", "received": [], "headers": {"x-total-count": "many"}},
            "header X-Total-Count: is not a number",
            False,
        ),
    ],
)
def test_an_exchange(changes: Any, text: str, violation: bool) -> None:
    assert said(checker().check(exchange(**changes))) == {(text, violation)}


def test_an_operation_is_known_by_its_path_too() -> None:
    assert CHECKER.check(exchange(operation="GET /requests/3-1")) == []
    found = CHECKER.check(exchange(operation="GET /requests/3-1", received={"id": 1}))
    assert any(one.violation for one in found)


ORDER = {"type": "T", "requestedAt": "2026-12-14"}


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"requestedAt": "2026-12-14"}, "call: lacks type"),
        ({**ORDER, "requestedAt": "soon"}, "call.requestedAt: does not have the format date"),
        (
            {**ORDER, "customer": {"id": "1", "name": 1}},
            "call.customer.name: text is expected, not a whole number",
        ),
    ],
)
def test_what_is_sent_has_to_be_right(sent: Any, text: str) -> None:
    found = CHECKER.check(exchange(operation="requests.create", method="POST", status=201, sent=sent))
    assert (text, True) in said(found)


def test_what_is_sent_and_right_is_no_finding() -> None:
    found = CHECKER.check(exchange(operation="requests.create", method="POST", status=201, sent=ORDER))
    assert found == []


@pytest.fixture(params=["3.0", "3.1"])
def document(request: pytest.FixtureRequest) -> Any:
    """The packaged description, to be changed by a test; as OpenAPI 3.0 and as 3.1."""
    found: Any = copy.deepcopy(dict(CHECKER.description.document))
    found["openapi"] = f"{request.param}.0"
    return found


def reading(document: Any) -> Any:
    """requests.get in a document, whatever the path parameter is called there."""
    return next(item["get"] for path, item in document["paths"].items() if path.startswith("/requests/{"))


def answering(document: Any, schema: Any, **response: Any) -> Checker:
    """A checker for whom requests.get answers with this schema."""
    content = {"content": {"application/json": {"schema": schema}}} if schema is not None else {}
    reading(document)["responses"] = {"200": {"description": "", **content, **response}}
    return Checker(Description(document))


def text_or(*schemas: Any) -> Any:
    return {"anyOf": [{"type": "string", "enum": ["a"]}, *schemas]}


UNKNOWN = "a key that is not in the description"
OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}
NUMBERS = {"oneOf": [{"type": "number"}, {"type": "integer"}]}
CUSTOMER = {"allOf": [{"$ref": "#/components/schemas/Customer"}]}
RECEIVED: list[tuple[Any, Any, set[tuple[str, bool]]]] = [
    (text_or(OBJECT), {"a": 1}, set()),
    (text_or(OBJECT), "a", set()),
    (text_or(OBJECT), "b", {("answer: 'b' is a value that is not in the description", False)}),
    (text_or(OBJECT), {"a": "x"}, {("answer: matches none of the 2 alternatives", True)}),
    # The alternative that is least surprised is text, which has no keys.
    (text_or(OBJECT), {"b": 1}, set()),
    (NUMBERS, 1, {(f"answer: violates oneOf: {NUMBERS['oneOf']}", True)}),
    ({"type": "object", "properties": {}, "additionalProperties": OBJECT}, {"x": {"b": 1}}, set()),
    ({**OBJECT, "additionalProperties": OBJECT}, {"x": {"b": 1}}, {(f"answer.x.b: {UNKNOWN}", False)}),
    ({**OBJECT, "additionalProperties": True}, {"x": 1}, set()),
    ({**OBJECT, "additionalProperties": False}, {"x": 1}, {(f"answer.x: {UNKNOWN}", False)}),
    (CUSTOMER, {"id": "1", "x": 1}, {(f"answer.x: {UNKNOWN}", False)}),
    ({"type": "string", "maxLength": 1}, "long", {("answer: violates maxLength: 1", True)}),
    ({"type": "boolean"}, 1, {("answer: true or false is expected, not a whole number", True)}),
]


@pytest.mark.parametrize(("schema", "received", "expected"), RECEIVED)
def test_schemas_of_every_form(document: Any, schema: Any, received: Any, expected: set[tuple[str, bool]]) -> None:
    assert said(answering(document, schema).check(exchange(received=received))) == expected


def test_a_model_among_alternatives_is_used(document: Any) -> None:
    schema = {"oneOf": [{"$ref": "#/components/schemas/ErrorBody"}, {"$ref": "#/components/schemas/ServiceStatus"}]}
    found = answering(document, schema).check(exchange(received={"status": 1, "code": "x"}))
    assert any("the client cannot decode it" in one.text for one in found)


def test_an_answer_without_a_described_body(document: Any) -> None:
    found = answering(document, None).check(exchange())
    assert said(found) == {("answer: has a body, but the description has none", False)}
    assert answering(document, None).check(exchange(received=ABSENT)) == []


def test_an_answer_in_another_format_is_not_looked_into(document: Any) -> None:
    checker = answering(document, None, content={"application/octet-stream": {"schema": {"type": "string"}}})
    assert checker.check(exchange()) == []


def test_a_header_that_has_to_be_there(document: Any) -> None:
    headers = {"X-Needed": {"required": True, "schema": {"type": "string"}}, "X-Spare": {"schema": {"type": "string"}}}
    checker = answering(document, {}, headers=headers)
    assert said(checker.check(exchange())) == {("header X-Needed: is missing", True)}
    assert checker.check(exchange(headers={"x-needed": "x"})) == []


def test_a_status_can_be_described_by_its_class(document: Any) -> None:
    responses = {"2XX": {"description": ""}, "default": {"description": ""}}
    reading(document)["responses"] = responses
    checker = Checker(Description(document))
    assert checker.check(exchange(received=ABSENT, status=207)) == []
    assert checker.check(exchange(received=ABSENT, status=418)) == []


class Forgetful:
    """A model that loses what it reads."""

    __name__ = "Forgetful"

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def from_dict(self, data: Any) -> Forgetful:
        return self

    def to_dict(self) -> Any:
        return self.kept


@pytest.mark.parametrize(
    ("kept", "places"),
    [
        (REQUEST, set()),
        ({**REQUEST, "id": "3-2"}, {"answer.id"}),
        ({**REQUEST, "extra": 1}, {"answer.extra"}),
        ({key: REQUEST[key] for key in ("id", "createdAt", "keyDates")}, {"answer.status"}),
        ({**REQUEST, "keyDates": {"issuedAt": "2026-11-24"}}, {"answer.keyDates.issuedAt"}),
    ],
)
def test_a_model_has_to_give_back_what_it_took(monkeypatch: pytest.MonkeyPatch, kept: Any, places: set[str]) -> None:
    monkeypatch.setattr("orange_ordering_client._generated.models.Request", Forgetful(kept), raising=False)
    found = CHECKER.check(exchange())
    assert {one.place for one in found} == places
    assert all(one.violation and "encodes it differently" in one.text for one in found)


@pytest.mark.parametrize(
    ("given", "kept", "places"),
    [
        ([1, 2], [1, 2], []),
        ([1, 2], [1, 3], ["answer.quotes[1]"]),
        ([1, 2], [1], ["answer.quotes"]),
        ([True], [1], ["answer.quotes[0]"]),
        ([3.0], [3], []),
    ],
)
def test_lists_and_numbers_are_compared(
    monkeypatch: pytest.MonkeyPatch, given: Any, kept: Any, places: list[str]
) -> None:
    monkeypatch.setattr("orange_ordering_client._generated.models.Request", Forgetful({"quotes": kept}), raising=False)
    found = CHECKER.check(exchange(received={"quotes": given}))
    assert [one.place for one in found if "encodes it differently" in one.text] == places
