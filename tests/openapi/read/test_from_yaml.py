"""YAML is read by the core schema of YAML 1.2, and nothing that it says is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.read.errors import UnusableDescription
from openapi.read.from_yaml import json_from_yaml
from openapi.read.parse import as_json, parse
from openapi.repair.rules import repair

SMALL = """
openapi: 3.0.3
info: {title: Small, version: 3.10}
paths:
  /requests:
    get: {responses: {200: {description: ok}}}
"""
SCALARS: list[tuple[str, Any]] = [
    ("no", "no"), ("ON", "ON"), ("y", "y"), ("12:30", "12:30"), ("2026-01-02", "2026-01-02"),
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), ("1_000", "1_000"), ("0b11", "0b11"), ("=", "="),
    ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("007", 7), ("0o17", 15), ("0x1F", 31),
    ("+12", 12), ("-1.5", -1.5), ("1e3", 1000.0), (".5", 0.5), ("'12'", "12"), ("!!str 12", "12"), ("!!int '12'", 12),
]  # fmt: skip


def read(text: str) -> Any:
    return json.loads(json_from_yaml(text, 10_000))


@pytest.mark.parametrize(("written", "value"), SCALARS, ids=[written or "nothing" for written, _ in SCALARS])
def test_a_scalar_is_what_yaml_1_2_says(written: str, value: Any) -> None:
    assert read(f"a: {written}") == {"a": value}


@pytest.mark.parametrize("key", ["on", "no", "null", "200", "1.0", "012", "2026-01-02", "~"])
def test_a_key_is_the_text_as_written(key: str) -> None:
    assert read(f"{key}: x") == {key: "x"}


def test_values_of_a_string_are_the_text_as_written() -> None:
    schema = "{type: string, enum: [1.10, 007, True], default: 1.10, maxLength: 5}"
    assert read(schema) == {"type": "string", "enum": ["1.10", "007", "True"], "default": "1.10", "maxLength": 5}
    assert read("{type: number, enum: [1.10]}") == {"type": "number", "enum": [1.1]}


def test_the_version_is_the_text_as_written() -> None:
    document = repair(parse(SMALL.encode())[0])[0]
    assert document["info"]["version"] == "3.10"


def test_an_alias_is_its_value_and_a_merge_key_adds_what_is_not_there() -> None:
    text = """
base: &base {a: 1, b: 2}
both: {<<: [*base, {b: 3, c: 4}], a: 0}
same: *base
"""
    assert read(text) == {"base": {"a": 1, "b": 2}, "both": {"b": 2, "c": 4, "a": 0}, "same": {"a": 1, "b": 2}}


def test_a_key_that_stands_twice_is_merged_and_named_as_in_json() -> None:
    document, repairs = parse((SMALL + "  /requests:\n    post: {responses: {201: {description: ok}}}\n").encode())
    assert set(document["paths"]["/requests"]) == {"get", "post"}
    assert [(one.fault, one.where) for one in repairs] == [("key-twice", "/requests")]


def nested(levels: int) -> str:
    lines = ["openapi: 3.0.3", "x0: &x0 [a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(lines)


def test_aliases_do_not_grow_beyond_the_limit() -> None:
    with pytest.raises(ValueError, match="with its aliases it stands for more than"):
        json_from_yaml(nested(30), 10_000)


def test_nested_merge_keys_are_resolved_once() -> None:
    lines = ["x0: &x0 {a: 1}"]
    lines += [f"x{level}: &x{level} {{<<: [{', '.join([f'*x{level - 1}'] * 9)}]}}" for level in range(1, 30)]
    assert read("\n".join(lines))["x29"] == {"a": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &a [*a]", "an alias stands inside its own value"),
        ("a: &a {<<: *a}", "an alias stands inside its own value"),
        ("a: {<<: 1}", "<< needs a mapping"),
        ("a: !thing 1", "JSON has no !thing"),
        ("? [a]\n: 1", "a key is not a scalar"),
        ("a: " + "[" * 500 + "]" * 500, "nested too deeply"),
    ],
    ids=["alias in itself", "merge of itself", "merge of a number", "own tag", "list as key", "deep"],
)
def test_what_json_cannot_say_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UnusableDescription) as caught:
        as_json(f"openapi: 3.0.3\n{text}".encode())
    assert sentence in str(caught.value)
