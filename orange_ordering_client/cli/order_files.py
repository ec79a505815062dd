"""Orders in files: a file is read and checked completely before anything is sent, and every fault names its line."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import attrs

from orange_ordering_client.cli.failures import Failure, sentence_of
from orange_ordering_client.cli.tables import Column
from orange_ordering_client.errors import DecodeError, OrderingError
from orange_ordering_client.text import safe_repr

# The functions below import the models only when they read orders, so that a usage error is reported sooner.
if TYPE_CHECKING:
    from orange_ordering_client._generated.models.new_request import NewRequest
    from orange_ordering_client.orders.key import Key

__all__ = ["FAULT_COLUMNS", "Fault", "OrderLine", "read_one", "read_orders"]

FAULT_COLUMNS: Final = (Column("LINE", "line", rank=0), Column("FAULT", "fault", rank=0))
LARGEST: Final = 256 * 1024 * 1024


@lru_cache
def _names() -> tuple[str, ...]:
    """Return the wire names of an order's attributes."""
    from orange_ordering_client._generated.models.new_request import NewRequest

    names = (field.name for field in attrs.fields(NewRequest) if field.name != "additional_properties")
    return tuple(re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in names)


@attrs.frozen
class Fault:
    """A fault in one line of a file.

    Attributes:
        line: number of the line, counted from 1.
        text: a sentence.
    """

    line: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as a JSON object."""
        return {"line": self.line, "fault": self.text}


class Faulty(ValueError):
    """An order that cannot be sent.

    Args:
        faults: one sentence for each fault.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@attrs.frozen
class OrderLine:
    """One order of a file.

    Attributes:
        line: number of its first line, counted from 1.
        order: order to submit.
        key: key that identifies the order.
        digest: digest of the content.
    """

    line: int
    order: NewRequest
    key: Key
    digest: str

    @property
    def reference(self) -> str:
        """The customer reference."""
        return self.key.reference

    @property
    def type(self) -> str:
        """The id of its catalog item."""
        return self.key.type

    def to_dict(self) -> dict[str, Any]:
        """Return the wire form, which `submit_many` requires."""
        return self.order.to_dict()


def read_one(path: Path) -> OrderLine:
    """Read the one order of a JSON file, or of stdin if the path is `-`.

    Raises:
        Failure: there is no valid order; the message says why.
    """
    name = "stdin" if str(path) == "-" else str(path)
    try:
        return _order(1, _json(_text(path)))
    except json.JSONDecodeError as error:
        raise Failure(
            f"{name} is not JSON: {error.msg} in line {error.lineno}. Write one order as a JSON object."
        ) from None
    except Faulty as error:
        raise Failure(f"{name}: {error}") from None


def read_orders(path: Path) -> tuple[list[OrderLine], list[Fault]]:
    """Read a file, and return its orders and its faults.

    Args:
        path: `.csv` file (columns are dotted wire names), `.jsonl` file (one order a line) or `.json` file (one order).

    Raises:
        Failure: the file cannot be read, or contains no order.
    """
    if path.suffix == ".json":
        return [read_one(path)], []
    if path.suffix not in (".csv", ".jsonl"):
        raise Failure(f"{path} is neither .csv nor .jsonl: give the file one of these names, as its content is.")
    text = _text(path)
    sources = _csv(path, text) if path.suffix == ".csv" else _json_lines(text)
    lines: list[OrderLine] = []
    faults: list[Fault] = []
    first: dict[tuple[str, str], int] = {}
    for number, source in sources:
        try:
            line = _order(number, source())
        except json.JSONDecodeError as error:
            faults.append(Fault(number, f"It is not JSON: {error.msg} at column {error.colno}."))
            continue
        except Faulty as error:
            faults += [Fault(number, text) for text in error.faults]
            continue
        # Spellings of the same reference count as equal, because a server may treat them as equal.
        if (before := first.setdefault(line.key.folded, number)) != number:
            faults.append(
                Fault(number, f"customerReference {line.reference!r} is that of line {before}: give it its own.")
            )
        lines.append(line)
    if not lines and not faults:
        raise Failure(f"{path} holds no order: write one a line.")
    return lines, faults


def _text(path: Path) -> str:
    name = "stdin" if str(path) == "-" else str(path)
    try:
        data = _data(path)
    except OSError as error:
        raise Failure(f"{name} cannot be read: {error.strerror}. Check the path and its permissions.") from None
    if len(data) > LARGEST:
        raise Failure(f"{name} is larger than {LARGEST >> 20} MiB: split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Failure(f"{name} is not UTF-8 in line {line}: save it as UTF-8.") from None


def _data(path: Path) -> bytes:
    if str(path) != "-":
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    # Bytes, because the text of stdin is decoded by the locale, and another spelling is another order.
    stdin: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stdin is None:
        raise Failure("stdin is closed: give the order by a pipe, or by the path of a file.")
    return stdin.read(LARGEST + 1)


def _json(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (json.JSONDecodeError, Faulty):
        raise
    except RecursionError:
        raise Faulty(["It is nested too deeply: check its brackets."]) from None
    except ValueError:
        raise Faulty(["It has a number that is too long to be read: write it as text."]) from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    # Python would keep the last value of a key silently, and other readers the first.
    found = dict(members)
    if len(found) == len(members):
        return found
    times = Counter(key for key, _ in members)
    raise Faulty([
        f"One of its objects has the key {safe_repr(key)} more than once: leave one value of it."
        for key, count in times.items() if count > 1
    ])  # fmt: skip


def _json_lines(text: str) -> Iterator[tuple[int, Callable[[], object]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, partial(_json, line)


def _csv(path: Path, text: str) -> Iterator[tuple[int, Callable[[], object]]]:
    header = text.partition("\n")[0]
    # French spreadsheets separate cells by semicolons.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ",", strict=True
    )
    try:
        names = [name.strip() for name in next(reader, list[str]())]
        _check_header(path, names)
        before = reader.line_num
        for row in reader:
            begins, before = before + 1, reader.line_num
            if any(cell.strip() for cell in row):
                yield begins, partial(_nested, names, row)
    except csv.Error as error:
        raise Failure(f"{path} is not CSV in line {reader.line_num}: {error}. Close every quote.") from None


def _check_header(path: Path, names: list[str]) -> None:
    for wanted in ("type", "customerReference", "requestedAt"):
        if wanted not in names:
            raise Failure(
                f"{path} has no column {wanted!r}: its first line must name the columns, such as type,"
                " customerReference, requestedAt, properties.servicePoint.id."
            )
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"{path} has the column {name!r} twice: leave one of them out.")
        top = re.split(r"[.:]", name)[0]
        if top not in _names():
            raise Failure(
                f"{path} has the column {name!r}, which no order has: use {', '.join(_names())}, or parts of them."
            )


def _nested(names: list[str], row: list[str]) -> dict[str, Any]:
    if len(row) != len(names):
        raise Faulty(
            [f"It has {len(row)} cells where the first line has {len(names)}: quote cells that hold separators."]
        )
    order: dict[str, Any] = {}
    cells = [(name, cell) for name, cell in zip(names, row, strict=True) if cell.strip()]
    for place, (name, cell) in enumerate(cells):
        if not _merge(order, _part(name, cell)):
            other = next(before for before, text in cells[:place] if not _merge(_part(before, text), _part(name, cell)))
            raise Faulty([f"Columns {other!r} and {name!r} give the same part of the order: leave one of them empty."])
    return order


def _part(name: str, cell: str) -> dict[str, Any]:
    """Return the part of an order that a column gives."""
    path, _, form = name.partition(":")
    part: Any = cell.strip()
    if form == "json":
        try:
            part = _json(cell)
        except Faulty as error:
            raise Faulty([f"Column {name!r}: {fault}" for fault in error.faults]) from None
        except json.JSONDecodeError:
            raise Faulty([f"Column {name!r} does not hold JSON: correct it, or leave ':json' off its name."]) from None
    for key in reversed(path.split(".")):
        part = {key: part}
    return cast("dict[str, Any]", part)


def _merge(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    """Add a part to an order; return whether the order had no value in its place."""
    waiting = [(whole, part)]
    while waiting:
        there, added = waiting.pop()
        for key, value in added.items():
            if key not in there:
                there[key] = value
            elif isinstance(there[key], dict) and isinstance(value, dict):
                waiting.append((there[key], cast("dict[str, Any]", value)))
            else:
                return False
    return True


def _order(line: int, source: object) -> OrderLine:
    """Return the order for its wire form.

    Raises:
        Faulty: the order has faults; the exception lists all of them.
    """
    from orange_ordering_client._generated.models.new_request import NewRequest
    from orange_ordering_client.orders.order import checked

    if not isinstance(source, dict):
        raise Faulty(["It is not a JSON object: write one order as {...}."])
    wire = cast("dict[str, Any]", source)
    faults = [
        f"{name!r} is no part of an order: write {like!r}."
        for name in wire
        if name not in _names() and (like := _meant(name))
    ]
    whole = dict(wire)
    while True:
        try:
            order = NewRequest.from_dict(whole)
            break
        except DecodeError as error:
            path = error.path.partition(".")[2]
            faults.append(f"{path}: {error.reason}.")
            # A valid value replaces the faulty one, so that the next fault is found.
            whole[re.split(r"[.\[]", path)[0]] = {"type": "-", "requestedAt": "2026-01-01"}.get(path)
    try:
        sent = checked(order)
    except OrderingError as error:
        faults.append(sentence_of(error))
    else:
        if not faults:
            return OrderLine(line, order, sent.key, _digest(sent.wire))
    raise Faulty(faults)


def _meant(name: str) -> str | None:
    plain = {known.lower(): known for known in _names()}
    found = difflib.get_close_matches(name.replace("_", "").lower(), plain, n=1, cutoff=0.85)
    return plain[found[0]] if found else None


def _digest(wire: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(wire, sort_keys=True, default=str).encode()).hexdigest()[:16]
