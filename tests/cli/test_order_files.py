"""Files of orders: every fault with its line, before anything is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client.cli import order_files
from orange_ordering_client.cli.failures import Failure
from orange_ordering_client.cli.order_files import read_orders

ORDER = {"type": "R_BVPN_FR_1", "requestedAt": "2026-12-17", "customerReference": "WAN-1"}
HEADER = "type,customerReference,requestedAt"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def order(**changes: Any) -> str:
    return json.dumps(ORDER | changes)


def test_json_lines_are_orders_with_their_line_numbers(tmp_path: Path) -> None:
    lines, faults = read_orders(write(tmp_path, "o.jsonl", f"{order()}\n\n{order(customerReference='WAN-2')}"))

    assert [(line.line, line.reference, line.type) for line in lines] == [
        (1, "WAN-1", "R_BVPN_FR_1"),
        (3, "WAN-2", "R_BVPN_FR_1"),
    ]
    assert faults == []


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_columns_are_paths_and_empty_cells_are_left_out(tmp_path: Path, separator: str) -> None:
    header = ["type", "customerReference", "requestedAt", "comment", "properties.a.b", "properties.a.n:json"]
    rows = [header, ["R_BVPN_FR_1", "WAN-1", "2026-12-17", "", "x", "3"]]
    text = "\ufeff" + "\r\n".join(separator.join(row) for row in rows)

    (line,), faults = read_orders(write(tmp_path, "o.csv", text))

    assert line.to_dict() == ORDER | {"properties": {"a": {"b": "x", "n": 3}}}
    assert faults == []


def test_a_csv_row_is_counted_from_its_first_line(tmp_path: Path) -> None:
    text = f'{HEADER},comment\nT,A,2026-12-17,"two\nlines"\n,,,\nT,B,2026-12-17,\nT,C,soon,\n'

    lines, faults = read_orders(write(tmp_path, "o.csv", text))

    assert [line.line for line in lines] == [2, 5]
    assert [fault.line for fault in faults] == [6]


FAULTS = [
    ("o.jsonl", f"{order()}\n{{\n[]", {2: "It is not JSON: Expecting property name", 3: "not a JSON object"}),
    ("o.jsonl", order(type=3, requestedAt="soon", properties=[], customerReference=""), {1: "type: expected text."}),
    ("o.jsonl", f"{order()}\n{order(customerReference='wan 1')}\n{order(customerReference='WAN-1')}", {3: "line 1"}),
    ("o.jsonl", order(reqested_at="x"), {1: "'reqested_at' is no part of an order: write 'requestedAt'."}),
    ("o.jsonl", f"{'[' * 100_000}\n{'1' * 5000}", {1: "It is nested too deeply", 2: "a number that is too long"}),
    ("o.csv", f"{HEADER}\nT,A", {2: "It has 2 cells where the first line has 3"}),
    ("o.csv", f"{HEADER},comment:json\nT,A,2026-12-17,x", {2: "does not hold JSON"}),
    ("o.csv", f"{HEADER},comment:json\nT,A,2026-12-17,{'[' * 100_000}", {2: "':json' off its name"}),
    ("o.csv", f"{HEADER},properties:json,properties.a\nT,A,2026-12-17,3,x", {2: "is a part of another column"}),
]


@pytest.mark.parametrize(("name", "text", "expected"), FAULTS, ids=[next(iter(row[2].values())) for row in FAULTS])
def test_a_fault_has_its_line(name: str, text: str, expected: dict[int, str], tmp_path: Path) -> None:
    _, faults = read_orders(write(tmp_path, name, text))

    assert {fault.line for fault in faults} == set(expected)
    for line, words in expected.items():
        assert any(words in fault.text for fault in faults if fault.line == line), faults


def test_all_faults_of_one_order_are_told(tmp_path: Path) -> None:
    text = order(type=3, requestedAt="soon", properties=[], customerReference="")

    _, faults = read_orders(write(tmp_path, "o.jsonl", text))

    assert [fault.text.partition(":")[0] for fault in faults[:3]] == ["type", "requestedAt", "properties"]
    assert "no customerReference" in faults[3].text


UNREADABLE: list[tuple[str, str | bytes, str]] = [
    ("o.jsonl", "", "holds no order: write one a line"),
    ("o.csv", "", "has no column 'type'"),
    ("o.csv", HEADER, "holds no order"),
    ("o.csv", "type,requestedAt\n", "has no column 'customerReference': its first line must name the columns"),
    ("o.csv", f"{HEADER},comment,comment\n", "has the column 'comment' twice"),
    ("o.csv", f"{HEADER},custmer.id\n", "has the column 'custmer.id', which no order has: use type, requestedAt"),
    ("o.csv", f'{HEADER}\nT,"A,2026', "is not CSV in line 2"),
    ("o.jsonl", b"{}\n\xff", "is not UTF-8 in line 2: save it as UTF-8"),
]


@pytest.mark.parametrize(("name", "text", "said"), UNREADABLE, ids=[row[2] for row in UNREADABLE])
def test_a_file_that_cannot_be_read_is_refused_whole(name: str, text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        read_orders(write(tmp_path, name, text))

    assert said in str(caught.value)


def test_a_file_without_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_files, "LARGEST", 10)

    with pytest.raises(Failure, match="is larger than"):
        read_orders(write(tmp_path, "o.jsonl", order()))
