"""Faults that alter a reply."""

from __future__ import annotations

import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.faults.altered_replies import UNKNOWN_VALUE
from tests.sandbox.conftest import Api, code

LIST = "GET /requests"


async def test_values_appear_that_no_enumeration_has(sandbox: Sandbox, wire: Api) -> None:
    request_id = await wire.order(sandbox)
    sandbox.faults.add(Fault("unknown-enum", LIST))
    item = (await wire.get("/requests", displayLinks="true")).json()[0]
    assert {item[name] for name in ("status", "step", "subStep", "priority", "category")} == {UNKNOWN_VALUE}
    assert item["_links"]["self"]["method"] == UNKNOWN_VALUE
    assert sandbox.requests[request_id]["status"] == "NEW"


@pytest.mark.parametrize("kind", ["unknown-enum", "wrong-counts"])
async def test_what_alters_answers_leaves_refusals_alone(sandbox: Sandbox, wire: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, LIST))
    assert code(await wire.get("/requests", limit=1000)) == (400, 28)


async def test_counts_contradict_each_other_as_in_the_portals_own_example(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("wrong-counts", LIST), Fault("wrong-counts:missing", LIST, nth=2))
    answer = await wire.get("/requests")
    assert (answer.headers["x-result-count"], answer.headers["x-total-count"]) == ("106", "25")
    assert not {"x-result-count", "x-total-count"} & set((await wire.get("/requests")).headers)
