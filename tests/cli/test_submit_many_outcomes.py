"""`requests submit-many`: what it says of an order is certain, also where it stops early or an earlier run did."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orange_ordering_client.cli.order_files import read_orders
from orange_ordering_client.cli.results import ResultsFile
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.sandbox import Fault
from tests.cli.conftest import Cli, Said, Served

Many = Callable[..., Said]
OrderFile = Callable[..., Path]


@pytest.fixture
def many(cli: Cli, tmp_path: Path) -> Many:
    """Submit a file with an intents file and a results file beside it."""

    def run(orders: Path, *more: str) -> Said:
        files = ("--intents", tmp_path / "intents.jsonl", "--results", tmp_path / "results.jsonl")
        return cli("requests", "submit-many", orders, *files, *more, "--visible-within", "0.1", "--timeout", "5")

    return run


def statuses(folder: Path) -> dict[str, str]:
    """The last status of each order in the results file."""
    found = map(json.loads, (folder / "results.jsonl").read_text().splitlines())
    return {record["customerReference"]: record["status"] for record in found}


def committed(served: Served, prefix: str) -> set[str]:
    references = (str(made.reference) for made in served.sandbox.journal.committed)
    return {reference for reference in references if reference.startswith(prefix)}


def refuse_the_key(served: Served, reference: str) -> None:
    """Answer 401 to this order, also after a fresh token."""
    served.sandbox.faults.add(Fault("error:401/40", "POST /requests", reference=reference, times=2))


def break_the_claims(folder: Path) -> None:
    """Let no order be claimed: a file is where their folder must be."""
    shutil.rmtree(folder / "intents.jsonl.claims", ignore_errors=True)
    (folder / "intents.jsonl.claims").write_text("")


def test_when_it_stops_orders_under_way_end_and_are_recorded_and_no_other_begins(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    references = [f"WAY-{number}" for number in range(12)]
    for reference in references[:3]:
        served.sandbox.faults.add(Fault("stall:1", "POST /requests", reference=reference))
    refuse_the_key(served, "WAY-3")

    said = many(order_file(*references), "--concurrency", "4")

    assert said.code == 2
    assert "Stopped, as nothing gets through: The API answered 401" in said.err
    assert "(3 placed, 0 already there, 0 unknown, 0 refused, 1 not placed of 12 orders." in said.err
    assert statuses(tmp_path) == {"WAY-0": "placed", "WAY-1": "placed", "WAY-2": "placed", "WAY-3": "not_placed"}
    assert committed(served, "WAY-") == {"WAY-0", "WAY-1", "WAY-2"}


def test_when_it_stops_an_order_under_way_of_unknown_outcome_decides_the_exit_code(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add(Fault("stall:0.5", "POST /requests", reference="LOST-0"))
    served.sandbox.faults.add(Fault("drop-after", "POST /requests", reference="LOST-0"))
    served.sandbox.faults.add(Fault("delayed-visibility:60", "POST /requests", reference="LOST-0"))
    refuse_the_key(served, "LOST-1")

    said = many(order_file("LOST-0", "LOST-1"))

    assert said.code == 3
    assert "Stopped, as nothing gets through" in said.err
    assert statuses(tmp_path) == {"LOST-0": "unknown", "LOST-1": "not_placed"}


def test_when_it_stops_an_unknown_outcome_of_an_earlier_run_decides_the_exit_code(
    many: Many, order_file: OrderFile, served: Served
) -> None:
    served.sandbox.faults.add(Fault("drop-before", "POST /requests", reference="BEFORE-1", times=5))
    many(order_file("BEFORE-1"))
    served.sandbox.faults.clear()
    refuse_the_key(served, "BEFORE-0")

    said = many(order_file("BEFORE-0", "BEFORE-1"), "--concurrency", "1")

    assert said.code == 3
    assert "(0 placed, 0 already there, 1 unknown, 0 refused, 1 not placed of 2 orders." in said.err


def test_when_results_cannot_be_written_orders_under_way_end_and_the_intents_know_them(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def full(self: ResultsFile, record: object) -> None:
        tried.append(record)
        raise OSError(28, "No space left on device")

    orders = order_file(*(f"ROOM-{number}" for number in range(8)))
    for reference in ("ROOM-1", "ROOM-2"):
        served.sandbox.faults.add(Fault("stall:0.5", "POST /requests", reference=reference))
    monkeypatch.setattr(ResultsFile, "append", full)
    said = many(orders, "--concurrency", "3")

    assert said.code == 3
    assert "The results cannot be written: No space left on device." in said.err
    assert len(tried) == 1
    with IntentFile(tmp_path / "intents.jsonl") as intents:
        found = [intents.recall(line.key) for line in read_orders(orders)[0]]
    assert all(intent is not None and intent.request_id for intent in found[:3])
    assert found[3:] == [None] * 5


def test_an_order_of_unknown_outcome_stays_so_where_it_cannot_be_claimed(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    orders = order_file("CLAIM-1")
    assert many(orders).code == 3
    served.sandbox.faults.clear()
    break_the_claims(tmp_path)

    said = many(orders)

    assert said.code == 3
    assert "(0 placed, 0 already there, 1 unknown, 0 refused, 0 not placed of 1 orders." in said.err
    assert statuses(tmp_path) == {"CLAIM-1": "unknown"}
    assert "Whether an earlier run placed this order is unknown." in (tmp_path / "results.jsonl").read_text()


def test_an_order_of_unknown_outcome_stays_so_where_its_intent_was_lost_and_it_cannot_be_claimed(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    orders = order_file("FORGOTTEN-1")
    many(orders)
    served.sandbox.faults.clear()
    (tmp_path / "intents.jsonl").unlink()
    break_the_claims(tmp_path)

    assert many(orders).code == 3
    assert statuses(tmp_path) == {"FORGOTTEN-1": "unknown"}


def test_an_order_that_only_the_intents_know_is_not_called_not_placed(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    orders = order_file("KILLED-1")
    many(orders)
    served.sandbox.faults.clear()
    (tmp_path / "results.jsonl").unlink()  # as if the run had been killed before it wrote the result
    break_the_claims(tmp_path)

    assert many(orders).code == 3
    assert statuses(tmp_path) == {"KILLED-1": "unknown"}


def test_an_order_that_was_never_sent_is_not_placed_where_it_cannot_be_claimed(
    many: Many, order_file: OrderFile, tmp_path: Path
) -> None:
    break_the_claims(tmp_path)

    assert many(order_file("NEVER-1")).code == 2
    assert statuses(tmp_path) == {"NEVER-1": "not_placed"}


def test_an_order_of_unknown_outcome_is_refused_once_it_was_looked_for_and_orange_refuses_it(
    many: Many, order_file: OrderFile, served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")
    orders = order_file("LOOKED-1")
    many(orders)
    served.sandbox.faults.clear()
    (tmp_path / "intents.jsonl").unlink()
    served.sandbox.faults.add("POST /requests:error:422/3620:1")

    assert many(orders, "--json").json["refused"] == 1
    assert statuses(tmp_path) == {"LOOKED-1": "refused"}
