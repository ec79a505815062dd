"""`requests submit-many`: each order once, and a record of what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from orange_ordering_client.cli import submit_many
from orange_ordering_client.cli.results import ResultsFile
from tests.cli.conftest import Cli, Said, Served, interrupted_when, records
from tests.cli.killing import killed_and_run_again
from tests.servers import closed_port


def committed(served: Served) -> Counter[str]:
    return Counter(str(made.reference) for made in served.sandbox.journal.committed)


def test_every_order_is_placed_and_recorded_in_the_order_of_the_file(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    references = [f"MANY-{number}" for number in range(12)]

    said = many(order_file(*references), "--json")

    assert (said.code, said.err) == (0, "")
    assert said.json == {
        "orders": 12,
        "placed": 12,
        "alreadyThere": 0,
        "unknown": 0,
        "refused": 0,
        "notPlaced": 0,
        "results": str(tmp_path / "results.jsonl"),
    }
    assert [record["customerReference"] for record in records(tmp_path)] == references
    assert [record["line"] for record in records(tmp_path)] == list(range(1, 13))
    assert all(committed(served)[reference] == 1 for reference in references)


def test_run_again_it_sends_nothing_and_says_the_same(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("AGAIN-1", "AGAIN-2")
    first = many(orders, "--json").json
    before = records(tmp_path)
    received = len(served.sandbox.journal.received)

    assert many(orders, "--json").json == first
    assert records(tmp_path) == before
    assert len(served.sandbox.journal.received) == received


def test_without_its_results_file_it_finds_what_is_there(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("FOUND-1")
    many(orders)
    (tmp_path / "results.jsonl").unlink()

    assert many(orders, "--json").json["alreadyThere"] == 1
    assert committed(served)["FOUND-1"] == 1


def test_a_file_with_a_fault_is_not_begun(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("CHECK-1", "CHECK-2")
    first, second = orders.read_text().splitlines()
    orders.write_text(f"{first}\n{second.replace('SP-1000', '')}\n{{\n")

    said = many(orders, "--jsonl")

    assert said.code == 2
    assert [fault["line"] for fault in said.lines] == [2, 3]
    assert "Nothing was sent" in said.err
    assert "2 faults" in said.err
    assert not committed(served)["CHECK-1"]
    assert not (tmp_path / "intents.jsonl").exists()


def test_a_catalog_out_of_reach_does_not_hide_the_faults_of_the_file(
    many: Callable[..., Said], order_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = order_file("CHECK-3")
    orders.write_text(f"{orders.read_text()}{{\n")
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", f"http://127.0.0.1:{closed_port()}/v3")

    said = many(orders, "--timeout", "1")

    assert said.code == 2
    assert "It is not JSON" in said.out
    assert "Not checked wholly: " in said.err


def test_a_dry_run_checks_and_sends_nothing(
    cli: Cli, many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("DRY-1", "DRY-2")

    assert cli("requests", "submit-many", orders, "--dry-run", "--json").json == {
        "orders": 2,
        "faults": 0,
        "toBeSent": 2,
        "sent": 0,
    }
    assert not list(tmp_path.glob("results*"))
    many(order_file("DRY-1"))
    assert many(order_file("DRY-1", "DRY-2"), "--dry-run", "--json").json["toBeSent"] == 1
    assert not committed(served)["DRY-2"]


def test_a_refused_order_stops_no_other_and_is_tried_again(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("REFUSED-1", "REFUSED-2")
    served.sandbox.rules.available = False
    served.sandbox.faults.add("POST /requests:error:422/3620:1")
    said = many(orders, "--json")
    served.sandbox.faults.clear()
    served.sandbox.rules.available = True

    assert said.code == 1
    assert said.json["refused"] == 2
    assert {record["errorType"] for record in records(tmp_path)} == {"BusinessRuleViolation"}
    assert all("3620" in record["error"] for record in records(tmp_path))
    assert many(orders, "--json").json["placed"] == 2
    assert [record["status"] for record in records(tmp_path)] == ["placed", "placed"]


def test_an_order_of_unknown_outcome_counts_as_unknown(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")

    said = many(order_file("UNKNOWN-1"), "--visible-within", "0.1", "--json")

    assert (said.code, said.json["unknown"]) == (3, 1)
    assert records(tmp_path)[0]["errorType"] == "OutcomeUnknown"


def test_an_order_that_could_not_be_sent_is_told_from_a_refused_one(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:rate-limit:429/900:1")

    said = many(order_file("BUSY-1"), "--json")

    assert (said.code, said.json["notPlaced"]) == (1, 1)
    assert records(tmp_path)[0]["status"] == "not_placed"


def test_where_nothing_gets_through_the_rest_is_left(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    served.sandbox.faults.add("POST /requests:rate-limit:429/900:1")
    references = [f"STOP-{number}" for number in range(5)]

    said = many(order_file(*references), "--concurrency", "1")

    assert said.code == 1
    assert "Stopped, as nothing gets through" in said.err
    assert "Run the same command again to go on" in said.err
    assert len(records(tmp_path)) == 3


def test_results_that_cannot_be_written_end_it_as_unknown(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ResultsFile, record: object) -> None:
        raise OSError(28, "No space left on device")

    orders = order_file("FULL-1")
    monkeypatch.setattr(ResultsFile, "append", full)
    said = many(orders)
    monkeypatch.undo()

    assert said.code == 3
    assert "No space left on device" in said.err
    assert "run the same command again" in said.err
    assert committed(served)["FULL-1"] == 1


def test_without_the_extra_for_schemas_it_says_what_is_not_checked(
    many: Callable[..., Said], order_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orange_ordering_client.cli.checking.available", lambda: False)

    said = many(order_file("PLAIN-1"))

    assert said.code == 0
    assert "pip install 'orange-ordering-client[validate]'" in said.err


def test_an_error_that_is_not_the_sdk_s_is_recorded_as_unknown() -> None:
    assert submit_many._failed(RuntimeError("anything")) == "unknown"


def test_ctrl_c_says_how_far_it_came_and_the_next_run_goes_on(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served
) -> None:
    references = [f"CTRLC-{number}" for number in range(30)]
    orders = order_file(*references)
    served.sandbox.faults.add("POST /requests:latency:0.2:1")

    with interrupted_when(lambda: committed(served)["CTRLC-1"] == 1):
        said = many(orders)
    served.sandbox.faults.clear()

    assert (said.code, said.out) == (130, "")
    assert said.err.startswith("Interrupted: ")
    assert said.err.endswith("of 30 orders. Run the same command again to go on.\n")
    assert many(orders, "--resend", "--visible-within", "1").code == 0
    assert all(committed(served)[reference] == 1 for reference in references)


def test_a_catalog_out_of_reach_stops_a_file_without_faults(
    many: Callable[..., Said], order_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", f"http://127.0.0.1:{closed_port()}/v3")

    said = many(order_file("AWAY-1"), "--timeout", "0.3")

    assert (said.code, said.out) == (1, "")


def test_killed_at_random_and_run_again_no_order_is_placed_twice(tmp_path: Path) -> None:
    tally = killed_and_run_again(tmp_path, count=40, kills=3, seed=14)

    assert tally.kills >= 2, "too few runs were alive to be killed"
    assert tally.code == 0
    assert len(tally.committed) == 40
    assert set(tally.committed.values()) == {1}
    assert [record["line"] for record in tally.results] == list(range(1, 41))
    assert {record["status"] for record in tally.results} <= {"placed", "already_there"}
    assert tally.summary["placed"] + tally.summary["alreadyThere"] == 40
