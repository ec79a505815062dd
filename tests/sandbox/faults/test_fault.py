"""Which faults there are, how they are written, and which calls they match."""

from __future__ import annotations

import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.api.messages import Call
from orange_ordering_client.sandbox.faults.fault import KINDS
from tests.sandbox.conftest import BASE

SANDBOX = Sandbox()
OPERATIONS = {operation.id: operation for operation in SANDBOX.description.operations}
LIST, CREATE, GET = (OPERATIONS[name] for name in ("requests.list", "requests.create", "requests.get"))


def order(reference: str) -> Call:
    return Call("POST", f"{BASE}/requests", body=b'{"customerReference": "%s"}' % reference.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POST /requests:drop-after:0.1", Fault("drop-after", "POST /requests", probability=0.1)),
        ("POST /requests:drop-after", Fault("drop-after", "POST /requests")),
        ("*:error:503/5:0.05", Fault("error:503/5", "*", probability=0.05)),
        ("requests.list:error:503/6", Fault("error:503/6", "requests.list")),
        ("token:latency:2", Fault("latency:2", "token")),
        ("token:latency:0.5:1", Fault("latency:0.5", "token", probability=1.0)),
        ("*:html:502", Fault("html:502", "*")),
        ("*:html:0.5", Fault("html", "*", probability=0.5)),
        ("*:html:.5", Fault("html", "*", probability=0.5)),
        ("*:rate-limit:403/3:0.2", Fault("rate-limit:403/3", "*", probability=0.2)),
        ("GET /requests:shift:-1", Fault("shift:-1", "GET /requests")),
        ("GET /requests:shift:0.3", Fault("shift", "GET /requests", probability=0.3)),
        ("GET /requests:cap-pages:100", Fault("cap-pages:100", "GET /requests")),
        ("*:cap-pages:1:0.5", Fault("cap-pages:1", "*", probability=0.5)),
        ("*:change-reference:upper:0.1", Fault("change-reference:upper", probability=0.1)),
        ("*:change-reference:1", Fault("change-reference:1")),
        ("GET /requests:wrong-counts:missing", Fault("wrong-counts:missing", "GET /requests")),
    ],
)
def test_faults_are_written_on_the_command_line(text: str, expected: Fault) -> None:
    assert Fault.parse(text) == expected
    assert Fault.parse(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("drop-after", "has no fault"),
        ("*:nonsense", "There is no fault 'nonsense'"),
        ("everywhere!:drop-after", "is not a call"),
        ("*:error", "not a row of the error table"),
        ("*:error:503/99", "not a row of the error table"),
        ("*:latency:soon", "needs a number"),
        ("*:latency:-1", "out of range"),
        ("*:latency:nan", "out of range"),
        ("*:drop-after:7", "takes no argument"),
        ("*:html:502:y", "not a probability"),
        ("*:cap-pages", "needs a number"),
        ("*:cap-pages:0", "out of range"),
        ("*:change-reference:lower", "needs a number"),
        ("*:wrong-counts:many", "wrong-counts:missing"),
        ("*:error:503/5:0.1:more", "more parts"),
        ("*:html:200", "cannot answer 200"),
        ("*:rate-limit:500", "cannot answer 500"),
        ("*:error:503/5:7", "between 0 and 1"),
    ],
)
def test_a_fault_that_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fault.parse(text)


def test_nth_counts_from_one() -> None:
    with pytest.raises(ValueError, match="counts from 1"):
        Fault("drop-after", nth=0)


@pytest.mark.parametrize(
    ("on", "matched"),
    [
        ("*", {"list", "create", "get"}),
        ("requests.create", {"create"}),
        ("POST /requests", {"create"}),
        ("GET /requests", {"list"}),
        (GET.key, {"get"}),
        ("GET /requests/3-1", {"get"}),
        ("GET /requests/3-2", set()),
        ("token", {"token"}),
        ("POST /oauth/v3/token", {"token"}),
        ("GET /me", set()),
    ],
)
def test_a_fault_names_the_calls_that_it_matches(on: str, matched: set[str]) -> None:
    calls = {
        "list": (Call("GET", f"{BASE}/requests"), LIST),
        "create": (order("A"), CREATE),
        "get": (Call("GET", f"{BASE}/requests/3-1"), GET),
        "token": (Call("POST", "/oauth/v3/token"), None),
    }
    fault = Fault("drop-before", on)
    assert {name for name, (call, operation) in calls.items() if fault.matches(call, operation)} == matched


def test_every_kind_has_an_explanation() -> None:
    assert all(text for text in KINDS.values())
