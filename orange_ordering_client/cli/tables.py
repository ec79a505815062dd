"""Tables that fit a width: columns that do not fit are shortened or left out, the least important first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import attrs
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from orange_ordering_client.text import printable

__all__ = ["Column", "dig", "fields_of", "shown", "table"]

_GAP: Final = 2
_NARROWEST: Final = 10
"""Smallest useful width of a shortened text, in characters."""

_LONGEST: Final = 400
"""Characters of a value that are shown to a person, so that an attachment does not fill the screen."""

_COLOURS: Final = {
    **dict.fromkeys(("COMPLETED", "ok", "placed"), "green"),
    **dict.fromkeys(("REJECTED", "CANCELED", "CANCELLED", "fault", "refused", "ko"), "red"),
    **dict.fromkeys(("warning", "unknown", "not_placed"), "yellow"),
    **dict.fromkeys(("already_there", "skipped"), "cyan"),
}


@attrs.frozen
class Column:
    """One column of a table.

    Attributes:
        title: heading.
        path: dotted path of the values, in wire names.
        rank: columns of the highest rank are left out first if the width is too small; rank 0 is always kept.
        flexible: whether its texts may be shortened.
    """

    title: str
    path: str
    rank: int = 1
    flexible: bool = False


def dig(item: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path, or None if there is none."""
    value: Any = item
    for name in path.split("."):
        value = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
    return value


def shown(value: object) -> str:
    """Return the text of a value for a person, without characters that a terminal interprets."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value))


def fields_of(item: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return the attributes of an object as dotted names and texts."""
    rows: list[tuple[str, str]] = []
    for name, value in item.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            rows += fields_of(cast("Mapping[str, Any]", value), f"{path}.")
        elif isinstance(value, list) and any(isinstance(part, Mapping) for part in cast("list[object]", value)):
            numbered = {str(place): part for place, part in enumerate(cast("list[object]", value))}
            rows += fields_of(numbered, f"{path}.")
        elif isinstance(value, list):
            rows.append((printable(path), ", ".join(shown(part) for part in cast("list[object]", value))))
        else:
            text = shown(value)
            cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters; --json shows all)"
            rows.append((printable(path), cut))
    return rows


def table(columns: Sequence[Column], items: Sequence[Mapping[str, Any]], width: int) -> Table:
    """Return a table.

    Args:
        columns: columns in their order.
        items: one item per row.
        width: available characters.
    """
    cells = {column: [shown(dig(item, column.path)) for item in items] for column in columns}
    widths = {
        column: max(cell_len(column.title), *(cell_len(text) for text in texts)) if texts else cell_len(column.title)
        for column, texts in cells.items()
    }
    widths = _fitted(widths, width)
    made = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column, size in widths.items():
        made.add_column(
            column.title, width=size, no_wrap=column.flexible, overflow="ellipsis" if column.flexible else "fold"
        )
    for row in range(len(items)):
        made.add_row(*(_coloured(cells[column][row]) for column in widths))
    return made


def _fitted(widths: dict[Column, int], width: int) -> dict[Column, int]:
    left = dict(widths)
    while _needed(left) > width and len(left) > 1:
        worst = max(left, key=lambda column: column.rank)
        if worst.rank == 0:
            break
        del left[worst]
    excess = sum(left.values()) + _GAP * (len(left) - 1) - width
    for column in sorted(left, key=lambda column: -left[column]):
        if excess > 0 and column.flexible:
            cut = min(excess, max(0, left[column] - _NARROWEST))
            left[column] -= cut
            excess -= cut
    return left


def _needed(widths: Mapping[Column, int]) -> int:
    cells = sum(min(size, _NARROWEST) if column.flexible else size for column, size in widths.items())
    return cells + _GAP * (len(widths) - 1)


def _coloured(text: str) -> Text:
    return Text(text, style=_COLOURS.get(text, ""))
