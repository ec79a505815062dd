"""Payloads made from the description: shaped as it says, or with something wrong anywhere.

Hypothesis gives the randomness, this module the shape: strategies composed for objects of this size cost a hundred
times what is tested, and would leave no time for 500 of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.resources import files
from random import Random
from typing import Any

Schema = dict[str, Any]

DESCRIPTION: Schema = json.loads(
    files("orange_ordering_client._generated").joinpath("description.json").read_text("utf-8")
)
SCHEMAS: dict[str, Schema] = DESCRIPTION["components"]["schemas"]

_LETTERS = "aZ09 -:.+TZé語\U0001f600\x00\ud800\"\\'"
_NUMBERS = (0, -1, 1, 2**70, 0.0, -0.0, 1.0, 1.5, 1e300, -1e-300)
_LATEST = date.max.toordinal()


def resolved(schema: Schema) -> Schema:
    """Follow references and put `allOf` together."""
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rsplit("/", 1)[1]]
    if "allOf" not in schema:
        return schema
    merged: Schema = {"type": "object", "properties": {}, "required": []}
    for part in [*schema["allOf"], {key: value for key, value in schema.items() if key != "allOf"}]:
        whole = resolved(part)
        merged["properties"].update(whole.get("properties", {}))
        merged["required"] += whole.get("required", [])
        merged.update({key: value for key, value in whole.items() if key not in ("properties", "required")})
    return merged


def anything(random: Random, depth: int = 3) -> Any:
    """Any JSON."""
    kind = random.randrange(8 if depth else 6)
    if kind == 6:
        return [anything(random, depth - 1) for _ in range(random.randrange(4))]
    if kind == 7:
        return {text(random): anything(random, depth - 1) for _ in range(random.randrange(4))}
    return (None, random.random() < 0.5, random.choice(_NUMBERS), random.randint(-9, 9), text(random), day(random))[
        kind
    ]


def text(random: Random) -> str:
    """Any text, with what is odd in it more often than it should be."""
    return "".join(random.choices(_LETTERS, k=random.randrange(6)))


def day(random: Random) -> str:
    """A date, spelled in one way or another."""
    found = date.fromordinal(random.randint(1, _LATEST))
    return random.choice((found.isoformat(), found.isoformat(), f"{found:%Y%m%d}".zfill(8), moment(random)))


def moment(random: Random) -> str:
    """A date-time, spelled in one way or another."""
    micros = random.choice((0, 0, 1000 * random.randrange(1000), random.randrange(1_000_000)))
    zone = random.choice((UTC, UTC, timezone(timedelta(minutes=random.randint(-720, 840))), None))
    found = datetime.fromordinal(random.randint(2, _LATEST - 1)).replace(
        hour=random.randrange(24),
        minute=random.randrange(60),
        second=random.randrange(60),
        microsecond=micros,
        tzinfo=zone,
    )
    written = found.isoformat(random.choice("TTT "), random.choice(("auto", "auto", "milliseconds", "seconds")))
    return written.replace("+00:00", random.choice(("Z", "Z", "+00:00", "-00:00", "+0000")))


def shaped(schema: Schema, random: Random) -> Any:
    """A value as described, with what a client must survive: nulls, unknown keys, unknown enum values."""
    schema = resolved(schema)
    makers: dict[str, Callable[[], Any]] = {
        "string": lambda: _string(schema, random),
        "integer": lambda: random.choice((random.randint(-9, 9), 2**70, 3.0)),
        "number": lambda: random.choice(_NUMBERS),
        "boolean": lambda: random.random() < 0.5,
        "array": lambda: [shaped(schema["items"], random) for _ in range(random.randrange(4))],
        "object": lambda: _object(schema, random),
    }
    if schema.get("x-python-type") == "boolean":
        return random.choice((True, False, "true", "false", "True", 0, 1, "0", "1"))
    return makers.get(schema.get("type", ""), lambda: anything(random))()


def _string(schema: Schema, random: Random) -> str:
    if "enum" in schema and random.random() < 0.8:
        return str(random.choice(schema["enum"]))
    return {"date": day, "date-time": random.choice((moment, moment, day))}.get(schema.get("format", ""), text)(random)


def _object(schema: Schema, random: Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    often = random.choice((0.2, 0.8, 1.0))
    for key, value in schema.get("properties", {}).items():
        if key in schema.get("required", []):
            made[key] = shaped(value, random)
        elif random.random() < often:
            made[key] = None if random.random() < 0.1 else shaped(value, random)
    if random.random() < 0.3 or not schema.get("properties"):
        for _ in range(random.randrange(1, 3)):
            made.setdefault(text(random), anything(random))
    shuffled = list(made.items())
    random.shuffle(shuffled)
    return dict(shuffled)


def broken(schema: Schema, random: Random) -> Any:
    """The same with anything at all in one place."""
    value = shaped(schema, random)
    at, holder, key = value, None, None
    while isinstance(at, (dict, list)) and at and random.randrange(4):
        holder = at
        key = random.choice(sorted(at)) if isinstance(at, dict) else random.randrange(len(at))
        at = at[key]
    if holder is None:
        return anything(random)
    odd = anything(random)
    holder[key] = None if odd == "" else odd  # Empty text may count as absent, and is then not written back.
    return value


def comparable(value: Any) -> Any:
    """JSON to compare: without the nulls that mean absent, and without Python's belief that True is 1."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return ("boolean", value) if isinstance(value, bool) else value
