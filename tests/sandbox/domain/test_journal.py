"""What arrived and what was done about it."""

from __future__ import annotations

from orange_ordering_client.sandbox import Fault, Sandbox
from tests.sandbox.conftest import Api


async def test_calls_are_noted_as_they_arrive(sandbox: Sandbox, api: Api) -> None:
    await api.order(sandbox, "A")
    await api.get("/requests", status="NEW")
    await api.get("/nothing")
    token, create, listing, lost = sandbox.journal.received
    assert (token.operation, token.status) == ("token", 200)
    assert (create.operation, create.reference, create.type, create.status) == (
        "requests.create",
        "A",
        "R_BVPN_FR_1",
        201,
    )
    assert create.committed == sandbox.journal.committed[0].id
    assert create.delivered
    assert (listing.operation, listing.query) == ("requests.list", "status=NEW")
    assert (lost.operation, lost.status) == ("", 404)


async def test_an_order_that_was_made_twice_is_a_duplicate(sandbox: Sandbox, api: Api) -> None:
    ids = [await api.order(sandbox, "A") for _ in range(2)]
    await api.order(sandbox, "B")
    assert sandbox.journal.duplicates() == {("A", "R_BVPN_FR_1"): ids}


async def test_one_reference_for_two_types_is_no_duplicate(sandbox: Sandbox, api: Api) -> None:
    await api.order(sandbox, "A")
    await api.post(sandbox.example("C_BVPN_FR_1", "A"))
    assert not sandbox.journal.duplicates()


async def test_orders_without_a_reference_cannot_be_told_apart(sandbox: Sandbox, api: Api) -> None:
    body = sandbox.example()
    del body["customerReference"]
    await api.post(body)
    await api.post(body)
    assert len(sandbox.journal.committed) == 2
    assert not sandbox.journal.duplicates()


async def test_an_order_that_was_sent_and_never_made_is_lost(sandbox: Sandbox, api: Api) -> None:
    sandbox.faults.add(Fault("error:503/5", "POST /requests", reference="A"))
    await api.post(sandbox.example(reference="A"))
    await api.post(sandbox.example(reference="B"))
    assert sandbox.journal.lost() == ["A"]
    assert sandbox.journal.lost(["B", "C"]) == ["C"]
    await api.order(sandbox, "A")
    assert sandbox.journal.lost() == []
    assert [entry.status for entry in sandbox.journal.of("A")] == [503, 201]


async def test_the_summary_counts(sandbox: Sandbox, api: Api) -> None:
    sandbox.faults.add(Fault("error:503/5", "POST /requests"))
    await api.post(sandbox.example())
    await api.order(sandbox)
    assert sandbox.journal.summary() == {
        "received": 3,
        "committed": 1,
        "duplicates": 0,
        "lost": 0,
        "faults": {"error": 1},
        "statuses": {"200": 1, "503": 1, "201": 1},
    }


async def test_a_journal_can_be_bounded_and_cleared() -> None:
    sandbox = Sandbox(journal_keeps=2)
    for number in range(5):
        sandbox.journal.receive(at="", operation="requests.list", method="GET", path=str(number), query="")
    assert [entry.path for entry in sandbox.journal.received] == ["3", "4"]
    assert sandbox.journal.summary()["received"] == 5
    sandbox.journal.clear()
    assert not sandbox.journal.received
