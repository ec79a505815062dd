"""`requests submit-many`: its files are of one API, none spoils another, and a faulty one hides no outcome."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orange_ordering_client.sandbox import Sandbox
from tests.cli.conftest import Cli, Said, Served, records
from tests.cli.killing import COMMAND


@pytest.fixture
def other_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Sandbox]]:
    """Name another API in the environment, as after a rehearsal against a sandbox."""
    sandbox = Sandbox(seed=15)
    with sandbox.serve_in_thread() as url:

        def turn() -> Sandbox:
            for name, value in sandbox.environment(url).items():
                monkeypatch.setenv(name, value)
            return sandbox

        yield turn


def times(served: Served, reference: str) -> int:
    return sum(made.reference == reference for made in served.sandbox.journal.committed)


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["to send", "to check"])
def test_after_a_rehearsal_its_results_are_refused_for_the_real_api(
    many: Callable[..., Said],
    order_file: Callable[..., Path],
    other_api: Callable[[], Sandbox],
    tmp_path: Path,
    more: tuple[str, ...],
) -> None:
    orders = order_file("REHEARSED-1")
    assert many(orders).code == 0
    before = (tmp_path / "results.jsonl").read_bytes()

    real = other_api()
    said = many(orders, *more)

    assert (said.code, said.out) == (2, "")
    assert "results.jsonl line 1 is a result of another API (http://127.0.0.1:" in said.err
    assert "give --results another file" in said.err
    assert not real.journal.received
    assert (tmp_path / "results.jsonl").read_bytes() == before


def test_results_of_another_client_of_the_same_api_are_refused(
    many: Callable[..., Said], order_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = order_file("CLIENT-1")
    many(orders)
    monkeypatch.setenv("ORANGE_CLIENT_ID", "another-client")

    said = many(orders)

    assert said.code == 2
    assert "results.jsonl line 1 is a result of another API" in said.err


def test_each_record_names_its_api_and_no_credential(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    many(order_file("NAMED-1"))

    text = (tmp_path / "results.jsonl").read_text()
    assert records(tmp_path)[0]["api"] == served.environment["ORANGE_ORDERING_BASE_URL"]
    for name in ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY"):
        assert served.environment[name] not in text


def test_an_order_that_an_earlier_version_placed_is_found_and_not_placed_again(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    orders = order_file("EARLIER-1")
    many(orders)
    (record,) = records(tmp_path)
    del record["api"], record["client"]
    (tmp_path / "results.jsonl").write_text(f"{json.dumps(record)}\n")

    assert many(orders, "--json").json["alreadyThere"] == 1
    assert records(tmp_path)[0]["api"] == served.environment["ORANGE_ORDERING_BASE_URL"]
    assert times(served, "EARLIER-1") == 1


COLLIDING = [
    ("run.jsonl.new", "run.jsonl", "run.jsonl.new is made beside --results, and is also needed for --intents"),
    ("run.jsonl.lock", "run.jsonl", "run.jsonl.lock is made beside --results, and is also needed for --intents"),
    ("run.jsonl", "run.jsonl.lock", "run.jsonl.lock is made beside --intents, and is also needed for --results"),
    ("run.jsonl", "run.jsonl.new", "run.jsonl.new is made beside --intents, and is also needed for --results"),
    ("run.jsonl", "run.jsonl.claims", "run.jsonl.claims is made beside --intents, and is also needed for --results"),
    ("intents.jsonl", "run.jsonl.new", "run.jsonl.new ends in .new, as files that submit-many replaces"),
]


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["to send", "to check"])
@pytest.mark.parametrize(("intents", "results", "fault"), COLLIDING, ids=[f"{one} {two}" for one, two, _ in COLLIDING])
def test_a_name_that_submit_many_needs_itself_is_refused(
    cli: Cli,
    order_file: Callable[..., Path],
    tmp_path: Path,
    intents: str,
    results: str,
    fault: str,
    more: tuple[str, ...],
) -> None:
    orders = order_file("NAME-1")
    files = ("--intents", tmp_path / intents, "--results", tmp_path / results)

    said = cli("requests", "submit-many", orders, *files, *more)

    assert (said.code, said.out) == (2, "")
    assert fault in said.err
    assert "another name" in said.err
    assert list(tmp_path.iterdir()) == [orders]


def test_names_collide_through_a_link_to_their_folder_too(
    cli: Cli, order_file: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    files = ("--intents", tmp_path / "real" / "run.jsonl.new", "--results", tmp_path / "link" / "run.jsonl")

    assert cli("requests", "submit-many", order_file("NAME-2"), *files).code == 2
    assert not list((tmp_path / "real").iterdir())


def test_where_tidying_fails_the_counts_are_shown_and_every_result_is_kept(
    many: Callable[..., Said], order_file: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "results.jsonl.new").mkdir()

    said = many(order_file("UNTIDY-1", "UNTIDY-2"), "--json")

    assert (said.code, said.json["placed"]) == (0, 2)
    assert "results.jsonl has every result, but could not be sorted (" in said.err
    assert "results.jsonl.new: Is a directory); the last record of an order counts." in said.err
    assert "run the same command again to sort it" in said.err
    assert {record["customerReference"] for record in records(tmp_path)} == {"UNTIDY-1", "UNTIDY-2"}


def test_where_tidying_fails_an_unknown_outcome_is_still_told(
    many: Callable[..., Said], order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    (tmp_path / "results.jsonl.new").symlink_to(tmp_path / "orders.jsonl")
    served.sandbox.faults.add("POST /requests:drop-before:1")
    orders = order_file("UNTIDY-3")
    before = orders.read_text()

    said = many(orders, "--visible-within", "0.1", "--json")

    assert (said.code, said.json["unknown"]) == (3, 1)
    assert "results.jsonl.new is a link; links are not followed)" in said.err
    assert orders.read_text() == before


def test_without_a_stderr_it_works_the_same(order_file: Callable[..., Path], served: Served, tmp_path: Path) -> None:
    files = ["--intents", str(tmp_path / "intents.jsonl"), "--results", str(tmp_path / "results.jsonl")]
    command = [*COMMAND, "requests", "submit-many", str(order_file("SILENT-1")), *files, "--json"]

    ended = subprocess.run(  # noqa: S603 -- our own command
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *command], env={**os.environ, **served.environment},
        stdout=subprocess.PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert ended.returncode == 0
    assert json.loads(ended.stdout)["placed"] == 1
    assert times(served, "SILENT-1") == 1
