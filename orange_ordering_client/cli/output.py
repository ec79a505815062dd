"""Results on stdout: tables for people, JSON or JSON lines for machines."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO

import attrs
from rich.console import Console
from rich.table import Table

from orange_ordering_client.cli.failures import Failure, note
from orange_ordering_client.cli.streams import STDOUT
from orange_ordering_client.cli.tables import Column, fields_of, table

__all__ = ["Output", "console_on", "json_text", "show"]

_ENDLESS = 100_000

# These characters are valid in JSON, but terminals and log viewers interpret them.
_ACTED_UPON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return JSON that is safe to show on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _ACTED_UPON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def console_on(stream: TextIO) -> Console:
    """Return a console that uses colours on a terminal only, and not if `NO_COLOR` is set."""
    # Output to a pipe is not fitted to a terminal's width.
    is_terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=is_terminal,
        width=None if is_terminal else _ENDLESS,
        highlight=False,
        markup=False,
        emoji=False,
    )


@attrs.frozen
class Output:
    """The form in which a command writes its results.

    `items` and `one` write the result at the end of a command. They do not raise if stdout fails: `carry_out` reports
    it, when the exit code is known. `line` raises `OSError`, since a command that goes on has to end.

    Attributes:
        form: requested form.
    """

    form: Literal["table", "json", "jsonl"]

    @classmethod
    def of(cls, as_json: bool, as_lines: bool) -> Output:
        """Return the output for the options `--json` and `--jsonl`.

        Raises:
            Failure: both were given.
        """
        if as_json and as_lines:
            raise Failure("--json and --jsonl exclude each other: give one of them.")
        return cls("json" if as_json else "jsonl" if as_lines else "table")

    @property
    def for_people(self) -> bool:
        """Whether the output is for a person."""
        return self.form == "table"

    def items(self, items: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, none: str) -> None:
        """Write a list.

        Args:
            items: items in wire form.
            columns: columns of the table.
            none: message for an empty list; if it is empty, nothing is written.
        """
        with STDOUT.writing():
            if self.form == "json":
                _write(json_text(list(items), indent=2))
            elif self.form == "jsonl":
                for item in items:
                    self.line(item)
            elif items:
                show(table(columns, items, console_on(sys.stdout).width))
            elif none:
                note(none)

    def one(self, item: Mapping[str, Any]) -> None:
        """Write an object."""
        with STDOUT.writing():
            if self.form == "json":
                _write(json_text(item, indent=2))
            elif self.form == "jsonl":
                self.line(item)
            else:
                grid = Table.grid(padding=(0, 2, 0, 0))
                grid.add_column(style="bold", no_wrap=True)
                grid.add_column(overflow="fold")
                for name, value in fields_of(item):
                    grid.add_row(name, value)
                show(grid)

    def line(self, item: object) -> None:
        """Write one JSON line, and flush it."""
        _write(json_text(item))
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """Write a sentence if the output is for a person."""
        if self.for_people:
            _write(text)


def show(drawn: Table) -> None:
    """Write a table to stdout."""
    if sys.stdout.isatty():
        console_on(sys.stdout).print(drawn)
        return
    text = io.StringIO()
    console_on(text).print(drawn)
    for line in text.getvalue().splitlines():
        _write(line.rstrip())


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
