"""Ten thousand requests."""

from __future__ import annotations

import tracemalloc
from time import perf_counter

import pytest

from orange_ordering_client.sandbox import Sandbox
from tests.sandbox.conftest import MONDAY, Api

MANY = 10_000


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = Sandbox(seed=1, now=MONDAY)
    sandbox.requests.seed(MANY)
    return sandbox


async def test_the_last_page_of_a_filtered_and_sorted_list_comes_soon(sandbox: Sandbox, wire: Api) -> None:
    taken = []
    for _ in range(3):
        started = perf_counter()
        answer = await wire.get(
            "/requests", offset=9_750, sort="-createdAt", status="NEW,IN_PROGRESS,COMPLETED,REJECTED,CANCELED"
        )
        taken.append(perf_counter() - started)
        assert len(answer.json()) == 250
        assert answer.headers["x-total-count"] == str(MANY)
    # A tenth of it is usual; the quickest of three, on a machine that runs other tests besides.
    assert min(taken) < 1.0


async def test_one_order_is_found_by_its_reference_without_reading_the_others(sandbox: Sandbox, api: Api) -> None:
    await api.order(sandbox, "WAN-042")
    started = perf_counter()
    for _ in range(50):
        assert len(await api.ids(customerReference="WAN-042", type="R_BVPN_FR_1")) == 1
    assert perf_counter() - started < 1.0


def test_requests_take_the_memory_that_the_page_states_for_ten_thousand() -> None:
    sandbox = Sandbox(seed=1, now=MONDAY)
    tracemalloc.start()
    try:
        # A fifth of them: counting memory makes it slow.
        sandbox.requests.seed(MANY // 5)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 60 * 2**20 / 5
