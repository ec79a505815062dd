"""Every fault over real sockets: what goes over the wire, and what is true afterwards."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic

import httpx
import pytest

from orange_ordering_client.sandbox import Fault, Sandbox
from orange_ordering_client.sandbox.faults.altered_replies import UNKNOWN_VALUE
from tests.sandbox.conftest import BASE, MONDAY, Api, code

CREATE, LIST = "POST /requests", "GET /requests"


async def test_dropped_before_nothing_was_done(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("drop-before", CREATE))
    with pytest.raises(httpx.TransportError):
        await wire.post(sandbox.example())
    assert len(sandbox.requests) == 0
    assert (sandbox.journal.received[-1].status, sandbox.journal.received[-1].delivered) == (None, False)
    assert (await wire.post(sandbox.example())).status_code == 201


async def test_dropped_after_the_order_exists_and_the_answer_is_lost(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("drop-after", CREATE))
    with pytest.raises(httpx.TransportError):
        await wire.post(sandbox.example())
    assert len(sandbox.requests) == 1
    entry = sandbox.journal.received[-1]
    assert (entry.status, entry.delivered, entry.committed) == (None, False, sandbox.journal.committed[0].id)


async def test_a_truncated_body_ends_before_its_length(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("truncate", LIST))
    sandbox.requests.seed(10)
    async with wire.http.stream("GET", f"{BASE}/requests", headers=wire.headers) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await answer.aread()
    assert 0 < answer.num_bytes_downloaded < int(answer.headers["content-length"])
    assert not sandbox.journal.received[-1].delivered


async def test_a_slow_body_arrives_in_pieces(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("slow:0.3", LIST))
    sandbox.requests.seed(10)
    started = monotonic()
    async with wire.http.stream("GET", f"{BASE}/requests", headers=wire.headers) as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert len(pieces) > 3
    assert monotonic() - started >= 0.25


async def test_a_slow_body_outlasts_an_impatient_caller(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("slow:30", LIST))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.get(f"{BASE}/requests", headers=wire.headers, timeout=0.2)


async def test_after_latency_an_order_is_made_though_nobody_waits_any_more(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("latency:0.3", CREATE))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.post(f"{BASE}/requests", json=sandbox.example(), headers=wire.headers, timeout=0.1)
    assert len(sandbox.requests) == 0
    async with asyncio.timeout(5):
        while not len(sandbox.requests):  # noqa: ASYNC110  # the sandbox has no event for it, and needs none
            await asyncio.sleep(0.02)
    assert sandbox.journal.committed[0].reference == "WAN-042"


async def test_stalled_the_order_exists_while_the_caller_waits(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("stall:30", CREATE))
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.post(f"{BASE}/requests", json=sandbox.example(), headers=wire.headers, timeout=0.2)
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    "kind", ["error:502/3", "error:500/1", "error:504/6", "error:503/5", "html", "html:502", "empty:504"]
)
async def test_an_injected_answer_comes_instead_of_the_work(sandbox: Sandbox, wire: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert (await wire.post(sandbox.example())).status_code >= 500
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    "kind", ["error-after:502/3", "error-after:500/1", "error-after:504/6", "html-after", "html-after:504"]
)
async def test_an_injected_answer_may_come_after_the_work(sandbox: Sandbox, wire: Api, kind: str) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert (await wire.post(sandbox.example())).status_code >= 500
    assert len(sandbox.requests) == 1


async def test_a_gateway_answers_in_html(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("html", LIST))
    answer = await wire.get("/requests")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert answer.text.startswith("<html>")


async def test_a_gateway_answers_with_nothing(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("empty:504", LIST))
    answer = await wire.get("/requests")
    assert (answer.status_code, answer.content) == (504, b"")


@pytest.mark.parametrize("status", [429, 403])
async def test_a_rate_limit_can_be_injected(sandbox: Sandbox, wire: Api, status: int) -> None:
    sandbox.faults.add(Fault(f"rate-limit:{status}/7", LIST))
    answer = await wire.get("/requests")
    assert code(answer) == (status, 53)
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(("kind", "number"), [("expire-token", 42), ("revoke-token", 41)])
async def test_a_token_ends_in_the_middle(sandbox: Sandbox, wire: Api, kind: str, number: int) -> None:
    sandbox.faults.add(Fault(kind, CREATE))
    assert code(await wire.post(sandbox.example())) == (401, number)
    assert code(await wire.post(sandbox.example())) == (401, number)
    await wire.sign_in()
    assert (await wire.post(sandbox.example())).status_code == 201


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


@pytest.mark.parametrize(("step", "seen_again"), [(1, 1), (3, 3), (-1, 0), (-2, 0)])
async def test_a_page_shifts_while_the_list_is_read(sandbox: Sandbox, wire: Api, step: int, seen_again: int) -> None:
    sandbox.requests.seed(20)
    sandbox.faults.add(Fault(f"shift:{step}", LIST))
    first = await wire.ids(limit=10)
    second = await wire.ids(limit=10, offset=10)
    assert len(set(first) & set(second)) == seen_again
    assert len(sandbox.requests) == 20 + step
    assert not sandbox.journal.committed


async def test_filters_may_be_ignored(sandbox: Sandbox, wire: Api) -> None:
    for reference in ("A", "B"):
        await wire.order(sandbox, reference)
    sandbox.faults.add(Fault("ignore-filters", LIST), Fault("ignore-sort", LIST))
    assert len(await wire.ids(customerReference="A", sort="-createdAt")) == 2


async def test_the_order_asked_for_may_be_ignored(sandbox: Sandbox, wire: Api) -> None:
    ids = [await wire.order(sandbox, reference) for reference in ("A", "B")]
    sandbox.faults.add(Fault("ignore-sort", LIST))
    assert await wire.ids(sort="-createdAt") == ids
    assert await wire.ids(sort="-createdAt") == ids[::-1]


async def test_a_new_request_may_take_its_time_to_appear_in_lists(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("delayed-visibility:5", CREATE))
    request_id = await wire.order(sandbox)
    assert await wire.ids(customerReference="WAN-042") == await wire.ids() == []
    assert (await wire.get(f"/requests/{request_id}")).status_code == 200
    sandbox.clock.advance(seconds=5)
    assert await wire.ids(customerReference="WAN-042") == await wire.ids() == [request_id]


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("error:401/41", 401, "invalid_client"), ("error:400/22", 400, "invalid_request")],
)
async def test_the_token_endpoint_fails_in_its_own_words(
    sandbox: Sandbox, wire: Api, kind: str, status: int, error: str
) -> None:
    sandbox.faults.add(Fault(kind, "token"))
    answer = await wire.sign_in()
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_the_token_endpoint_fails_in_other_ways_too(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add(Fault("error:503/5", "token"), Fault("drop-before", "token", nth=2))
    assert (await wire.sign_in()).status_code == 503
    with pytest.raises(httpx.TransportError):
        await wire.sign_in()
    assert (await wire.sign_in()).status_code == 200


async def test_a_share_of_all_calls_fails_and_others_go_on(sandbox: Sandbox, wire: Api) -> None:
    sandbox.faults.add("POST /requests:drop-after:0.2", "POST /requests:drop-before:0.2", "POST /requests:truncate:0.2")
    gate = asyncio.Semaphore(16)

    async def place(number: int) -> bool:
        async with gate:
            with contextlib.suppress(httpx.TransportError):
                return (await wire.post(sandbox.example(reference=f"R-{number}"))).status_code == 201
            return False

    answered = sum(await asyncio.gather(*(place(number) for number in range(200))))
    assert 60 < answered < 140
    assert answered < len(sandbox.journal.committed) < 200
    assert not sandbox.journal.duplicates()


async def test_the_server_ends_though_somebody_still_waits() -> None:
    sandbox = Sandbox(now=MONDAY)
    sandbox.faults.add("*:latency:60", "token:latency:60")
    async with httpx.AsyncClient(timeout=60) as http:
        async with sandbox.serve() as url:
            waiting = asyncio.create_task(http.post(f"{url}/oauth/v3/token"))
            async with asyncio.timeout(5):
                while not sandbox.journal.received:  # noqa: ASYNC110  # as above
                    await asyncio.sleep(0.02)
            started = monotonic()
        assert monotonic() - started < 2
        with pytest.raises(httpx.TransportError):
            await waiting
