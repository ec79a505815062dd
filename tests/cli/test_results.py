"""The results file: right whenever the program is killed, and never another file spoiled."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.order_files import OrderLine, read_orders
from orange_ordering_client.cli.results import Api, ResultsFile
from orange_ordering_client.orders.file_locks import IntentFileError

API = Api("https://api.example/v3", "0123456789ab")


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


def in_file(line: OrderLine, status: str = "placed") -> dict[str, Any]:
    """A record as it is in the file."""
    return record(line, status, api=API.base_url, client=API.client)


def written(path: Path, *records: dict[str, Any]) -> str:
    text = "".join(f"{json.dumps(each)}\n" for each in records)
    path.write_text(text)
    return text


def test_a_record_outlives_the_process_and_is_private(path: Path, lines: list[OrderLine]) -> None:
    with ResultsFile(path, API) as results:
        results.append(record(lines[0]))

    assert path.stat().st_mode & 0o777 == 0o600
    with ResultsFile(path, API) as results:
        assert results.placed(lines[0]) == in_file(lines[0])
        assert results.placed(lines[1]) is None


@pytest.mark.parametrize("status", ["unknown", "refused", "not_placed"])
def test_an_order_that_is_not_known_to_exist_is_to_be_sent(path: Path, lines: list[OrderLine], status: str) -> None:
    with ResultsFile(path, API) as results:
        results.append(record(lines[0], status))

        assert results.placed(lines[0]) is None


def test_an_order_of_other_content_is_not_the_one_that_was_placed(path: Path, lines: list[OrderLine]) -> None:
    with ResultsFile(path, API) as results:
        results.append({**record(lines[0]), "digest": "other"})

        assert results.placed(lines[0]) is None


@pytest.mark.parametrize("kept", [1, 5, 9, 30])
def test_a_line_that_a_kill_cut_off_is_removed(path: Path, lines: list[OrderLine], kept: int) -> None:
    with ResultsFile(path, API) as results:
        results.append(record(lines[0]))
    whole = path.read_bytes()
    path.write_bytes(whole + json.dumps(record(lines[1])).encode()[:kept])

    with ResultsFile(path, API) as results:
        assert results.placed(lines[1]) is None
        results.append(record(lines[2]))

    assert path.read_bytes() == whole + f"{json.dumps(in_file(lines[2]))}\n".encode()


def test_tidying_leaves_the_last_record_of_each_order_in_their_order(path: Path, lines: list[OrderLine]) -> None:
    stranger = {**in_file(lines[0]), "customerReference": "ELSEWHERE"}
    with ResultsFile(path, API) as results:
        for found in (stranger, record(lines[2]), record(lines[0], "refused"), record(lines[1]), record(lines[0])):
            results.append(found)
        results.tidy(lines)

    assert [json.loads(line) for line in path.read_text().splitlines()] == [*map(in_file, lines), stranger]
    assert not path.with_name("results.jsonl.new").exists()


FOREIGN = [
    "mine",
    "mine\n",
    "{}\n",
    "[]\n",
    '{"line": 1}\n',
    '{"line": 1, "type": "T", "customerReference": "A", "status": "placed", "api": "https://api.example/v3"}\n',
    '{"line": 1, "type": "T", "customerReference": "A", "status": "placed", "api": 1, "client": "c"}\n',
    '{"type": "T", "customerReference": "A", "status": "b"}\n',
    f"{'[' * 100_000}\n",
]


@pytest.mark.parametrize("text", FOREIGN, ids=[text[:20] for text in FOREIGN])
def test_a_file_of_something_else_is_left_alone(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(Failure, match="line 1 is no result of submit-many: give --results a file of its own"):
        ResultsFile(path, API)

    assert path.read_text() == text


def test_two_programs_do_not_write_the_same_file(path: Path) -> None:
    with (
        ResultsFile(path, API),
        pytest.raises(Failure, match="is being written by another submit-many: wait for its end"),
    ):
        ResultsFile(path, API)

    ResultsFile(path, API).close()


def test_a_folder_is_no_results_file(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be written: Is a directory"):
        ResultsFile(tmp_path, API)


def test_a_full_disk_is_an_error(path: Path, lines: list[OrderLine], monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with ResultsFile(path, API) as results:
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
        with pytest.raises(OSError, match="No space left"):
            results.append(record(lines[0]))
        monkeypatch.undo()

    with ResultsFile(path, API) as results:
        assert results.placed(lines[0]) is None


OTHERS = [Api("https://sandbox.example/v3", API.client), Api(API.base_url, "ba9876543210")]


@pytest.mark.parametrize("other", OTHERS, ids=["another address", "another client"])
def test_results_of_another_api_are_refused_and_left_alone(path: Path, lines: list[OrderLine], other: Api) -> None:
    text = written(path, in_file(lines[0]), record(lines[1], api=other.base_url, client=other.client))

    with pytest.raises(Failure) as refused:
        ResultsFile(path, API)

    assert refused.value.code == 2
    assert f"line 2 is a result of another API ({other}); this run is for {API}" in str(refused.value)
    assert "give --results another file" in str(refused.value)
    assert path.read_text() == text


def test_an_earlier_version_did_not_record_the_api_so_its_orders_are_to_be_looked_for(
    path: Path, lines: list[OrderLine]
) -> None:
    written(path, record(lines[0]), record(lines[1], "refused"), record(lines[2], digest="other"))

    with ResultsFile(path, API) as results:
        assert [results.placed(line) for line in lines] == [None, None, None]
        assert [results.status(line) for line in lines] == ["unknown", "refused", None]


def test_the_status_of_an_order_is_that_of_its_last_record(path: Path, lines: list[OrderLine]) -> None:
    with ResultsFile(path, API) as results:
        results.append(record(lines[0], "unknown"))
        results.append(record(lines[0]))
        results.append(record(lines[1], "unknown", digest="other"))

        assert [results.status(line) for line in lines] == ["placed", "unknown", None]


@pytest.mark.parametrize("left", ["", '{"li', '{"line": 1, "cust'])
def test_what_a_kill_left_of_a_tidying_is_replaced(path: Path, lines: list[OrderLine], left: str) -> None:
    Path(f"{path}.new").write_text(left)
    with ResultsFile(path, API) as results:
        results.append(record(lines[0]))
        results.tidy(lines)

    assert json.loads(path.read_text()) == in_file(lines[0])
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_file_with_the_name_of_the_new_one_is_left_alone(path: Path, lines: list[OrderLine]) -> None:
    new = Path(f"{path}.new")
    new.write_text('{"event": "file", "id": "1"}')
    with ResultsFile(path, API) as results:
        results.append(record(lines[0]))
        with pytest.raises(FileExistsError, match=r"another file has this name: '.*results\.jsonl\.new'"):
            results.tidy(lines)

    assert new.read_text() == '{"event": "file", "id": "1"}'
    assert json.loads(path.read_text()) == in_file(lines[0])


def test_a_link_with_the_name_of_the_new_file_is_not_followed(path: Path, lines: list[OrderLine]) -> None:
    other = path.with_name("other")
    other.write_text("")
    Path(f"{path}.new").symlink_to(other)
    with ResultsFile(path, API) as results:
        results.append(record(lines[0]))
        with pytest.raises(IntentFileError, match=r"results\.jsonl\.new is a link; links are not followed"):
            results.tidy(lines)

    assert other.read_text() == ""
    assert json.loads(path.read_text()) == in_file(lines[0])
