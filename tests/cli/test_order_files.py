"""Files of orders: every fault with its line, before anything is sent."""

from __future__ import annotations

import csv
import io
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


def csv_of(row: dict[str, str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([list(row), list(row.values())])
    return text.getvalue()


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
    ("o.csv", f"{HEADER},comment:json\nT,A,2026-12-17,{'[' * 100_000}", {2: "'comment:json': It is nested too"}),
]


@pytest.mark.parametrize(("name", "text", "expected"), FAULTS, ids=[next(iter(row[2].values())) for row in FAULTS])
def test_a_fault_has_its_line(name: str, text: str, expected: dict[int, str], tmp_path: Path) -> None:
    _, faults = read_orders(write(tmp_path, name, text))

    assert {fault.line for fault in faults} == set(expected)
    for line, words in expected.items():
        assert any(words in fault.text for fault in faults if fault.line == line), faults


TWICE_GIVEN = [
    ("properties.site.id", "SP-1", "properties:json", '{"site": {"id": "SP-2"}}'),
    ("properties:json", '{"site": {"id": "SP-2"}}', "properties.site.id", "SP-1"),
    ("properties:json", "3", "properties.site", "SP-1"),
    ("properties.site", "SP-1", "properties.site.id", "SP-2"),
    ("properties.site:json", '{"id": {}}', "properties.site.id", "SP-2"),
    ("requestedAt", "2026-12-17", "requestedAt:json", '"2027-06-01"'),
]


@pytest.mark.parametrize(
    ("one", "cell", "other", "another"), TWICE_GIVEN, ids=[f"{a} {b}" for a, _, b, _ in TWICE_GIVEN]
)
def test_columns_that_give_the_same_part_of_an_order_are_a_fault(
    one: str, cell: str, other: str, another: str, tmp_path: Path
) -> None:
    row = {"type": "T", "customerReference": "A", "requestedAt": "2026-12-17"}
    row.pop(one, None)
    text = csv_of({**row, one: cell, other: another})

    lines, faults = read_orders(write(tmp_path, "o.csv", text))

    assert (lines, [fault.line for fault in faults]) == ([], [2])
    assert faults[0].text.startswith(f"Columns {one!r} and {other!r} give the same part of the order: leave one")


@pytest.mark.parametrize("turned", [False, True], ids=["JSON column first", "JSON column last"])
def test_columns_that_give_different_parts_of_an_object_are_joined_in_any_sequence(
    turned: bool, tmp_path: Path
) -> None:
    parts = [("properties:json", '{"site": {"name": "Paris"}, "n": 1}'), ("properties.site.id", "SP-1")]
    row = {"type": "T", "customerReference": "A", "requestedAt": "2026-12-17"}

    (line,), faults = read_orders(write(tmp_path, "o.csv", csv_of(row | dict(parts[::-1] if turned else parts))))

    assert line.to_dict()["properties"] == {"site": {"name": "Paris", "id": "SP-1"}, "n": 1}
    assert faults == []


def test_a_column_that_is_empty_contradicts_nothing(tmp_path: Path) -> None:
    row = {"type": "T", "customerReference": "A", "requestedAt": "", "requestedAt:json": '"2027-06-01"'}

    (line,), faults = read_orders(write(tmp_path, "o.csv", csv_of(row)))

    assert (line.to_dict()["requestedAt"], faults) == ("2027-06-01", [])


REPEATED = '{"site": {"id": "SP-1", "id": "SP-2", "b": 1, "b": 1, "c": 2}}'
KEYS = ["the key 'id' more than once", "the key 'b' more than once"]


def test_a_key_that_an_object_has_twice_is_a_fault_of_its_line(tmp_path: Path) -> None:
    text = order()[:-1] + f', "properties": {REPEATED}}}\n' + order(customerReference="WAN-2")

    lines, faults = read_orders(write(tmp_path, "o.jsonl", text))

    assert [line.reference for line in lines] == ["WAN-2"]
    assert [fault.line for fault in faults] == [1, 1]
    for fault, words in zip(faults, KEYS, strict=True):
        assert words in fault.text


def test_a_key_that_the_object_of_a_cell_has_twice_is_a_fault_that_names_the_column(tmp_path: Path) -> None:
    row = {"type": "T", "customerReference": "A", "requestedAt": "2026-12-17", "properties:json": REPEATED}

    lines, faults = read_orders(write(tmp_path, "o.csv", csv_of(row)))

    assert lines == []
    for fault, words in zip(faults, KEYS, strict=True):
        assert words in fault.text
        assert fault.text.startswith("Column 'properties:json': ")


def test_a_key_that_the_one_order_of_a_file_has_twice_is_refused(tmp_path: Path) -> None:
    text = order()[:-1] + ', "requestedAt": "2027-07-01"}'

    with pytest.raises(Failure, match="has the key 'requestedAt' more than once: leave one"):
        read_orders(write(tmp_path, "o.json", text))


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
