"""The results file: right whenever the program is killed, and never another file spoiled."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.order_files import OrderLine, read_orders
from orange_ordering_client.cli.results import ResultsFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


@pytest.fixture
def lines(tmp_path: Path) -> list[OrderLine]:
    orders = [{"type": "T", "requestedAt": "2026-12-17", "customerReference": f"WAN-{number}"} for number in range(3)]
    file = tmp_path / "orders.jsonl"
    file.write_text("".join(f"{json.dumps(order)}\n" for order in orders))
    return read_orders(file)[0]


def record(line: OrderLine, status: str = "placed", **more: Any) -> dict[str, Any]:
    name = {"line": line.line, "customerReference": line.reference, "type": line.type}
    return {**name, "status": status, "digest": line.digest, **more}


def test_a_record_outlives_the_process_and_is_private(path: Path, lines: list[OrderLine]) -> None:
    with ResultsFile(path) as results:
        results.append(record(lines[0]))

    assert path.stat().st_mode & 0o777 == 0o600
    with ResultsFile(path) as results:
        assert results.placed(lines[0]) == record(lines[0])
        assert results.placed(lines[1]) is None


@pytest.mark.parametrize("status", ["unknown", "refused", "not_placed"])
def test_an_order_that_is_not_known_to_exist_is_to_be_sent(path: Path, lines: list[OrderLine], status: str) -> None:
    with ResultsFile(path) as results:
        results.append(record(lines[0], status))

        assert results.placed(lines[0]) is None


def test_an_order_of_other_content_is_not_the_one_that_was_placed(path: Path, lines: list[OrderLine]) -> None:
    with ResultsFile(path) as results:
        results.append({**record(lines[0]), "digest": "other"})

        assert results.placed(lines[0]) is None


@pytest.mark.parametrize("kept", [1, 5, 9, 30])
def test_a_line_that_a_kill_cut_off_is_removed(path: Path, lines: list[OrderLine], kept: int) -> None:
    with ResultsFile(path) as results:
        results.append(record(lines[0]))
    whole = path.read_bytes()
    path.write_bytes(whole + json.dumps(record(lines[1])).encode()[:kept])

    with ResultsFile(path) as results:
        assert results.placed(lines[1]) is None
        results.append(record(lines[2]))

    assert path.read_bytes() == whole + f"{json.dumps(record(lines[2]))}\n".encode()


def test_tidying_leaves_the_last_record_of_each_order_in_their_order(path: Path, lines: list[OrderLine]) -> None:
    stranger = {**record(lines[0]), "customerReference": "ELSEWHERE"}
    with ResultsFile(path) as results:
        for found in (stranger, record(lines[2]), record(lines[0], "refused"), record(lines[1]), record(lines[0])):
            results.append(found)
        results.tidy(lines)

    assert [json.loads(line) for line in path.read_text().splitlines()] == [*map(record, lines), stranger]
    assert not path.with_name("results.jsonl.new").exists()


FOREIGN = [
    "mine",
    "mine\n",
    "{}\n",
    "[]\n",
    '{"line": 1}\n',
    '{"type": "T", "customerReference": "A", "status": "b"}\n',
    f"{'[' * 100_000}\n",
]


@pytest.mark.parametrize("text", FOREIGN, ids=[text[:20] for text in FOREIGN])
def test_a_file_of_something_else_is_left_alone(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(Failure, match="line 1 is no result of submit-many: give --results a file of its own"):
        ResultsFile(path)

    assert path.read_text() == text


def test_two_programs_do_not_write_the_same_file(path: Path) -> None:
    with ResultsFile(path), pytest.raises(Failure, match="is being written by another submit-many: wait for its end"):
        ResultsFile(path)

    ResultsFile(path).close()


def test_a_folder_is_no_results_file(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be written: Is a directory"):
        ResultsFile(tmp_path)


def test_a_full_disk_is_an_error(path: Path, lines: list[OrderLine], monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with ResultsFile(path) as results:
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
        with pytest.raises(OSError, match="No space left"):
            results.append(record(lines[0]))
        monkeypatch.undo()

    with ResultsFile(path) as results:
        assert results.placed(lines[0]) is None
