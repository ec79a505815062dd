"""Schemas of a hostile server: the event loop, other types, memory and the end of the program are not affected.

Each is served by a server on a real socket and evaluated in the real worker processes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client.catalog import Catalog
from orange_ordering_client.validation import processes
from tests.calls import calling
from tests.servers import Server, answer, serving

EVIL = r"^(([a-z])+.)+[A-Z]([a-z])+$"
TEXT = "a" * 60
DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT2020 = "https://json-schema.org/draft/2020-12/schema"


def fanned(keyword: str, width: int, levels: int) -> dict[str, Any]:
    """References that multiply: `width` of them on each of `levels` levels."""
    inner = {f"l{n}": {keyword: [{"$ref": f"#/definitions/l{n + 1}"}] * width} for n in range(levels)}
    return {"definitions": {**inner, f"l{levels}": {"type": "object"}}, "$ref": "#/definitions/l0"}


def nested(levels: int) -> str:
    return '{"properties": {"x": ' * levels + "{}" + "}}" * levels


def of_x(**rules: Any) -> dict[str, Any]:
    return {"properties": {"x": rules}}


HOSTILE: dict[str, tuple[Any, Any]] = {
    # name: schema, value of x in the order
    "huge quantifier": (of_x(pattern="a{10000000}"), TEXT),
    "draft-04 enum of objects": (
        {"$schema": DRAFT4, **of_x(enum=[{"a": n, "b": {"c": n}} for n in range(3_000)])},
        {"a": -1},
    ),
    "uniqueItems": (of_x(uniqueItems=True), [{"a": n, "b": [n]} for n in range(3_000)]),
    "catastrophic regex": (of_x(pattern=EVIL), TEXT),
    "catastrophic lookahead": (of_x(pattern=r"^(?=(a+)+$)b|(a|aa)+!$"), TEXT),
    "nested quantifiers": (of_x(pattern="((a{1,1000}){1,1000}){1,1000}!"), TEXT * 10),
    "multiplied quantifiers": (of_x(pattern="(" * 50 + "a" + "{1000})" * 50), TEXT),
    "backreference": (of_x(pattern=r"^(a*)*(a*)*(a*)*\1\2\3!$"), TEXT),
    "patternProperties": (of_x(patternProperties={EVIL: {}}), {TEXT: 1}),
    "patternProperties, additionalProperties": (
        of_x(patternProperties={EVIL: {}}, additionalProperties=False),
        {TEXT: 1},
    ),
    "propertyNames": (of_x(propertyNames={"pattern": EVIL}), {TEXT: 1}),
    "unevaluatedProperties": (
        {"$schema": DRAFT2020, **of_x(patternProperties={EVIL: {}}, unevaluatedProperties=False)},
        {TEXT: 1},
    ),
    "nested deep": (nested(400), 1),
    "nested deeper than the parser": (nested(100_000)[:900_000], 1),
    "reference loop": ({"$ref": "#"}, 1),
    "loop of two references": (
        {
            "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
            "$ref": "#/definitions/a",
        },
        1,
    ),
    "allOf that multiplies": (fanned("allOf", 10, 20), 1),
    "anyOf that multiplies": (
        {**fanned("anyOf", 10, 20), "definitions": {**fanned("anyOf", 10, 20)["definitions"], "l20": {"type": "null"}}},
        1,
    ),
    "oneOf that multiplies": (fanned("oneOf", 10, 20), 1),
    "references that double": (fanned("allOf", 2, 40), 1),
    "huge enum": (of_x(enum=[f"value {n}" * 5 for n in range(15_000)]), TEXT),
    "enum too large": (of_x(enum=list(range(100_000))), 1),
    "text too large": (of_x(const="x" * 5_000_000), 1),
    "1e400": ('{"properties": {"x": {"multipleOf": 1e400}}}', 5),
    "a number of 5,000 digits": ('{"properties": {"x": {"multipleOf": 1' + "0" * 5_000 + "}}}", 5),
    "length of 300 digits": ('{"properties": {"x": {"minLength": -1' + "0" * 300 + "}}}", TEXT),
    "remote reference": (of_x(**{"$ref": "http://127.0.0.1:9/evil.json"}), 1),
    "file reference": (of_x(**{"$ref": "file:///dev/zero"}), 1),
    "unknown dialect": ({"$schema": "https://orange.example/odd", **of_x(type="string")}, 1),
    "dynamic reference": (
        {
            "$schema": DRAFT2020,
            "$dynamicAnchor": "n",
            **of_x(**{"$dynamicRef": "#n"}),
            "allOf": [{"$dynamicRef": "#n"}],
        },
        1,
    ),
    "dependentSchemas": ({"$schema": DRAFT2020, "dependentSchemas": {"x": {"$ref": "#"}}}, 1),
    "unevaluatedProperties that multiplies": (
        {"$schema": DRAFT2020, **fanned("allOf", 10, 20), "unevaluatedProperties": False},
        1,
    ),
    "contains": (
        {"$schema": DRAFT2020, **of_x(contains={"pattern": EVIL}, minContains=10**100, maxContains=10**101)},
        [TEXT] * 1_000,
    ),
    "formats": (
        of_x(allOf=[{"format": name} for name in ("email", "regex", "uri", "date")] * 1_000),
        TEXT * 1_000,
    ),
    "not a schema": (of_x(type=["strnig"] * 1_000), 1),
}

_LOOP_SECONDS = 0.05
_ANSWER_SECONDS = 2.0
_BYTES = 300 * 1024 * 1024
_SLACK = 3
"""Bounds of time are those of an idle machine. Tests may run beside others on the same cores."""


def selling(server: Server, request_type: str, schema: Any) -> None:
    server.on(f"/catalogItems/{request_type}", answer({"id": request_type, "schema": schema}))


def as_text(schema: Any) -> str:
    return schema if isinstance(schema, str) else json.dumps(schema)


def peak(pid: int) -> int:
    """Bytes of memory that a process had at most; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


class Watch:
    """The longest time that the event loop was held, and the most memory that one child process had."""

    def __init__(self) -> None:
        self.held = 0.0
        self.memory = 0


@asynccontextmanager
async def watching(pids: set[int]) -> AsyncIterator[Watch]:
    watch = Watch()

    async def look() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            watch.held = max(watch.held, now - last)
            watch.memory = max([watch.memory, *map(peak, pids)])
            last = time.monotonic()

    # A collection of everything that the suite has made by then takes longer than what is measured.
    gc.disable()
    task = asyncio.create_task(look())
    try:
        yield watch
    finally:
        task.cancel()
        gc.enable()


@pytest.fixture
def pids(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The process ids of all workers, gone ones included."""
    seen: set[int] = set()

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            seen.add(self.pid)

    monkeypatch.setattr(processes.subprocess, "Popen", Seen)
    return seen


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_schema_holds_up_nothing(name: str, pids: set[int]) -> None:
    schema, value = HOSTILE[name]
    order = {"type": "X", "x": value}
    async with serving() as server, calling(server) as pipeline:
        selling(server, "X", as_text(schema))
        selling(server, "GOOD", {"properties": {"x": {"type": "string"}}})
        catalog = Catalog(pipeline)
        await catalog.validate_wire({"type": "GOOD", "x": "warm"})
        async with watching(pids) as watch:
            started = time.monotonic()
            task = asyncio.create_task(catalog.validate_wire(order))
            await asyncio.sleep(0.05)
            other = await catalog.validate_wire({"type": "GOOD", "x": 1})
            other_seconds = time.monotonic() - started
            result = await task
            seconds = time.monotonic() - started
        assert [violation.path for violation in other.violations] == ["$.x"]
        assert other_seconds < 1.0 * _SLACK
        assert watch.held < _LOOP_SECONDS * _SLACK
        assert seconds < _ANSWER_SECONDS * _SLACK
        assert watch.memory < _BYTES
        # An `enum`, `uniqueItems` or quantifier that can be evaluated after all may be answered properly.
        assert result.warnings or {violation.rule for violation in result.violations} <= {"enum", "pattern", "format"}
    assert not any(map(peak, pids))
