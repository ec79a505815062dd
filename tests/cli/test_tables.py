"""Tables that fit their width, and values that make no terminal act."""

from __future__ import annotations

import io

import pytest

from orange_ordering_client.cli.output import console_on, json_text
from orange_ordering_client.cli.tables import Column, fields_of, table

COLUMNS = (Column("ID", "id", rank=0), Column("NAME", "a.name", rank=1, flexible=True), Column("DAY", "day", rank=2))
ITEM = {"id": "3-0001", "a": {"name": "A site with a long name"}, "day": "2026-01-31"}


def drawn(width: int, *items: dict[str, object]) -> list[str]:
    text = io.StringIO()
    console_on(text).print(table(COLUMNS, items, width))
    return [line.rstrip() for line in text.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (100, "3-0001  A site with a long name  2026-01-31"),
        (40, "3-0001  A site with a lo…  2026-01-31"),
        (24, "3-0001  A site with a…"),
        (19, "3-0001  A site wi…"),
        (12, "3-0001"),
    ],
)
def test_what_does_not_fit_is_cut_then_left_out(width: int, row: str) -> None:
    lines = drawn(width, ITEM)

    assert len(lines) == 2
    assert (lines[1].split("…")[0][:17], "2026-01-31" in lines[1]) == (row.split("…")[0][:17], "2026-01-31" in row)
    assert max(map(len, lines)) <= width


def test_what_always_stays_is_folded_rather_than_lost() -> None:
    assert "".join(drawn(100, {"id": "x" * 8})[1:]).strip() == "x" * 8


def test_columns_that_always_stay_are_there_in_the_narrowest_terminal() -> None:
    text = io.StringIO()
    columns = (Column("LINE", "line", rank=0), Column("FAULT", "fault", rank=0))
    console_on(text).print(table(columns, [{"line": 12, "fault": "It is wrong"}], 8))

    assert "12" in text.getvalue()
    assert "It is wrong" in text.getvalue()


def test_a_table_without_rows_is_its_header() -> None:
    assert drawn(80) == ["ID  NAME  DAY"]


def test_a_path_that_leads_nowhere_is_an_empty_cell() -> None:
    assert drawn(80, {"id": "1", "a": "text"})[1] == "1"


def test_an_object_is_flattened_to_names_and_texts() -> None:
    item = {"a": {"b": True, "c": None}, "l": [1, "x"], "o": [{"n": False}], "t": "y" * 500}

    rows = dict(fields_of(item))

    assert rows == {
        "a.b": "yes",
        "a.c": "",
        "l": "1, x",
        "o.0.n": "no",
        "t": "y" * 400 + "… (500 characters; --json shows all)",
    }


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "‮", "a\nb"])
def test_no_text_of_a_server_makes_a_terminal_act(text: str) -> None:
    assert text not in "\n".join(drawn(100, {"id": text}))
    assert text not in json_text({"id": text})
