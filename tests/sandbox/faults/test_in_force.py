"""Which of the faults in force apply to a call."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.api.messages import Call
from orange_ordering_client.sandbox.faults.in_force import Faults
from tests.sandbox.conftest import BASE

CREATE = next(operation for operation in Sandbox().description.operations if operation.id == "requests.create")


def order(reference: str) -> Call:
    return Call("POST", f"{BASE}/requests", body=b'{"customerReference": "%s"}' % reference.encode())


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (Fault("drop-before"), [1, 0, 0, 0]),
        (Fault("drop-before", times=2), [1, 1, 0, 0]),
        (Fault("drop-before", times=math.inf), [1, 1, 1, 1]),
        (Fault("drop-before", nth=3), [0, 0, 1, 0]),
        (Fault("drop-before", probability=1), [1, 1, 1, 1]),
        (Fault("drop-before", probability=0), [0, 0, 0, 0]),
        (Fault("drop-before", probability=1, times=2), [1, 1, 0, 0]),
        (Fault("drop-before", reference="B"), [0, 1, 0, 0]),
        ("*:drop-before", [1, 0, 0, 0]),
        ("*:drop-before:1", [1, 1, 1, 1]),
        ("*:error:503/6", [1, 0, 0, 0]),
        ("*:error:503/6:1", [1, 1, 1, 1]),
    ],
)
def test_a_fault_applies_as_often_as_it_says(fault: Fault | str, applied: list[int]) -> None:
    faults = Faults()
    faults.add(fault)
    assert [len(faults.select(order(reference), CREATE)) for reference in "ABAB"] == applied


def test_faults_that_are_used_up_are_gone() -> None:
    faults = Faults()
    faults.add("*:latency:0:1", Fault("drop-before"))
    faults.select(order("A"), CREATE)
    assert [str(fault) for fault in faults] == ["*:latency:0:1"]
    faults.clear()
    assert len(faults) == 0


def test_only_one_fault_replaces_the_answer_but_others_may_join_it() -> None:
    faults = Faults()
    faults.add("*:latency:0", "*:error:500/1", "*:drop-after", "*:delayed-visibility:5")
    assert [fault.name for fault in faults.select(order("A"), CREATE)] == ["latency", "error", "delayed-visibility"]


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_same_calls_are_chosen_in_whatever_order_they_arrive(seed: int, shuffler: random.Random) -> None:
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
