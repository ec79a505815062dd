"""Which faults there are, how they are written, and which calls they strike."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.api.errors import TABLE
from orange_ordering_client.sandbox.api.messages import Call
from orange_ordering_client.sandbox.faults.fault import KINDS
from orange_ordering_client.sandbox.faults.in_force import Faults
from tests.sandbox.conftest import BASE, Api, code

SANDBOX = Sandbox()
OPERATIONS = {operation.id: operation for operation in SANDBOX.description.operations}
LIST, CREATE, GET = (OPERATIONS[name] for name in ("requests.list", "requests.create", "requests.get"))


def order(reference: str) -> Call:
    return Call("POST", f"{BASE}/requests", body=b'{"customerReference": "%s"}' % reference.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POST /requests:drop-after:0.1", Fault("drop-after", "POST /requests", probability=0.1, times=math.inf)),
        ("POST /requests:drop-after", Fault("drop-after", "POST /requests", times=math.inf)),
        ("*:error:503/5:0.05", Fault("error:503/5", "*", probability=0.05, times=math.inf)),
        ("requests.list:error:503/6", Fault("error:503/6", "requests.list", times=math.inf)),
        ("token:latency:2", Fault("latency:2", "token", times=math.inf)),
        ("token:latency:0.5:1", Fault("latency:0.5", "token", probability=1.0, times=math.inf)),
        ("*:html:502", Fault("html:502", "*", times=math.inf)),
        ("*:html:0.5", Fault("html", "*", probability=0.5, times=math.inf)),
        ("*:html:.5", Fault("html", "*", probability=0.5, times=math.inf)),
        ("*:rate-limit:403/3:0.2", Fault("rate-limit:403/3", "*", probability=0.2, times=math.inf)),
        ("GET /requests:shift:-1", Fault("shift:-1", "GET /requests", times=math.inf)),
        ("GET /requests:shift:0.3", Fault("shift", "GET /requests", probability=0.3, times=math.inf)),
        ("GET /requests:cap-pages:100", Fault("cap-pages:100", "GET /requests", times=math.inf)),
        ("*:cap-pages:1:0.5", Fault("cap-pages:1", "*", probability=0.5, times=math.inf)),
        ("*:change-reference:upper:0.1", Fault("change-reference:upper", probability=0.1, times=math.inf)),
        ("*:change-reference:1", Fault("change-reference:1", times=math.inf)),
        ("GET /requests:wrong-counts:missing", Fault("wrong-counts:missing", "GET /requests", times=math.inf)),
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
    ("on", "strikes"),
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
def test_a_fault_names_the_calls_it_strikes(on: str, strikes: set[str]) -> None:
    calls = {
        "list": (Call("GET", f"{BASE}/requests"), LIST),
        "create": (order("A"), CREATE),
        "get": (Call("GET", f"{BASE}/requests/3-1"), GET),
        "token": (Call("POST", "/oauth/v3/token"), None),
    }
    fault = Fault("drop-before", on)
    assert {name for name, (call, operation) in calls.items() if fault.matches(call, operation)} == strikes


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        (Fault("drop-before"), [1, 0, 0, 0]),
        (Fault("drop-before", times=2), [1, 1, 0, 0]),
        (Fault("drop-before", times=math.inf), [1, 1, 1, 1]),
        (Fault("drop-before", nth=3), [0, 0, 1, 0]),
        (Fault("drop-before", probability=1), [1, 1, 1, 1]),
        (Fault("drop-before", probability=0), [0, 0, 0, 0]),
        (Fault("drop-before", probability=1, times=2), [1, 1, 0, 0]),
        (Fault("drop-before", reference="B"), [0, 1, 0, 0]),
    ],
)
def test_a_fault_strikes_as_often_as_it_says(fault: Fault, struck: list[int]) -> None:
    faults = Faults()
    faults.add(fault)
    assert [len(faults.select(order(reference), CREATE)) for reference in "ABAB"] == struck


def test_faults_that_are_used_up_are_gone() -> None:
    faults = Faults()
    faults.add("*:latency:0", Fault("drop-before"))
    faults.select(order("A"), CREATE)
    assert [str(fault) for fault in faults] == ["*:latency:0"]
    faults.clear()
    assert len(faults) == 0


def test_only_one_fault_replaces_the_answer_but_others_may_join_it() -> None:
    faults = Faults()
    faults.add("*:latency:0", "*:error:500/1", "*:drop-after", "*:delayed-visibility:5")
    assert [fault.name for fault in faults.select(order("A"), CREATE)] == ["latency", "error", "delayed-visibility"]


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_same_calls_are_struck_in_whatever_order_they_arrive(seed: int, shuffler: random.Random) -> None:
    def struck(references: list[str]) -> dict[str, list[bool]]:
        faults = Faults(seed)
        faults.add("requests.create:drop-after:0.3")
        found: dict[str, list[bool]] = {}
        for reference in references:
            found.setdefault(reference, []).append(bool(faults.select(order(reference), CREATE)))
        return found

    calls = [f"R-{number}" for number in range(20)] * 2
    shuffled = shuffler.sample(calls, len(calls))
    assert struck(calls) == struck(shuffled)


def test_a_probability_is_kept_in_the_long_run() -> None:
    faults = Faults(seed=3)
    faults.add("requests.create:drop-after:0.3")
    struck = sum(bool(faults.select(order(f"R-{number}"), CREATE)) for number in range(5000))
    assert 1400 < struck < 1600


@pytest.mark.parametrize(("status", "number"), TABLE)
async def test_every_row_of_the_error_table_can_be_provoked(
    api: Api, sandbox: Sandbox, status: int, number: int
) -> None:
    sandbox.faults.add(Fault(f"error:{status}/{number}", "GET /me"))
    answer = await api.get("/me")
    assert code(answer) == (status, number)
    assert answer.json()["message"]
    assert ("allow" in answer.headers) == (status == 405)
    assert (await api.get("/me")).status_code == 200


@pytest.mark.parametrize(("status", "number"), TABLE)
def test_every_row_has_words_in_both_languages(status: int, number: int) -> None:
    english, french = TABLE[status, number]
    assert english
    assert french


def test_every_kind_has_an_explanation() -> None:
    assert all(text for text in KINDS.values())
