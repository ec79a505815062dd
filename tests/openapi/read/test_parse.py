"""What is no description of this API is refused in one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openapi.build import main
from openapi.prepare.steps import prepare
from openapi.read.errors import UnusableDescription
from openapi.read.parse import MAX_BYTES, as_json, parse, read
from tests.openapi.conftest import MakeProject
from tests.openapi.descriptions import small


def altered(**changes: object) -> bytes:
    return json.dumps({**small(), **changes}).encode()


UNUSABLE = {
    "empty": (b"", "empty"),
    "only spaces": (b" \n ", "empty"),
    "a login page": (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "a login page after a byte order mark": (b"\xef\xbb\xbf\n<html>", "web page"),
    "xml": (b"<?xml version='1.0'?><a/>", "web page"),
    "plain text": (b"no such file", "not JSON: Expecting value at line 1, column 1"),
    "truncated": (altered()[:-20], "not JSON"),
    "yaml that cannot be read": (b"openapi: 3.0.0\ninfo: {\n", "looks like YAML, but is invalid YAML"),
    "yaml without paths": (b"openapi: 3.0.0\ninfo: {}\n", "no operations"),
    "two zeros": (b"\x00\xff", "not text"),
    "no text": (b"\x89PNG\r\n\x1a\n\x00", "not text"),
    "not a number": (b'{"openapi": NaN}', "NaN is not a JSON number"),
    "nested without end": (b"[" * 200_000, "nested too deeply"),
    "a list": (b"[]", "a list"),
    "a string": (b'"openapi"', "a str"),
    "other json": (b'{"name": "x"}', "without an `openapi` version"),
    "swagger 2": (
        json.dumps({"swagger": "2.0", "paths": {}}).encode(),
        "Swagger 2.0 description; OpenAPI 3.0 is needed",
    ),
    "openapi 4": (altered(openapi="4.0.0"), "OpenAPI 4.0.0"),
    "no paths": (altered(paths={}), "no operations"),
    "paths that are none": (altered(paths=["/requests"]), "no operations"),
    "another api": (altered(paths={"/pets": {"get": {}}}), "no /requests"),
    "too large": (b" " * (MAX_BYTES + 1), "larger than 20 MB"),
}


@pytest.mark.parametrize(("data", "sentence"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_is_no_description_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnusableDescription) as caught:
        parse(data)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_is_never_read_beyond_the_limit(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(UnusableDescription, match="larger than 20 MB"):
        read(huge)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableDescription, match=r"nowhere\.json cannot be read: No such file"):
        read(tmp_path / "nowhere.json")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_the_encoding_of_windows_tools_is_read_too(encoding: str) -> None:
    data = json.dumps(small(), ensure_ascii=False).encode(encoding)
    document, _ = parse(data)
    assert document == small()
    assert parse(as_json(data))[0] == small()
    if encoding == "utf-8":
        assert as_json(data) == data


def test_yaml_is_read_as_the_json_that_it_means() -> None:
    text = """
info: {title: Small, version: 2026-01-02}
openapi: 3.0.3
paths:
  /requests:
    get:
      responses:
        200: {description: ok, x-at: 2026-01-02T03:04:05Z, x-on: [true, null]}
"""
    document = json.loads(as_json(text.encode()))
    assert document == parse(text.encode())[0]
    assert document["info"]["version"] == "2026-01-02"
    response = document["paths"]["/requests"]["get"]["responses"]["200"]
    assert response == {"description": "ok", "x-at": "2026-01-02T03:04:05Z", "x-on": [True, None]}


def test_half_a_character_is_replaced_and_named() -> None:
    document = small()
    document["info"]["title"] = "a\ud800b"
    found, repairs = parse(json.dumps(document).encode())
    assert found["info"]["title"] == "a\ufffdb"
    assert [one.fault for one in repairs] == ["half-a-character"]
    document["info"]["title"] = "\U0001f600"
    assert parse(json.dumps(document).encode()) == (document, [])


def test_a_key_that_stands_twice_is_merged_and_named() -> None:
    text = json.dumps(small()).replace('"/requests": {', '"/requests": {"post": {"responses": {}}}, "/requests": {')
    document, repairs = parse(text.encode())
    assert set(document["paths"]["/requests"]) == {"get", "post"}
    assert [(one.fault, one.where) for one in repairs] == [("key-twice", "/requests")]


def test_what_a_key_says_at_its_first_place_is_kept_at_any_depth() -> None:
    first, second = ({"type": "object", "properties": {name: {"type": "string"}}} for name in ("a", "b"))
    text = json.dumps(small(Thing=first, Other={})).replace('"Other": {}', f'"Thing": {json.dumps(second)}')
    document, _ = parse(text.encode())
    assert set(document["components"]["schemas"]["Thing"]["properties"]) == {"a", "b"}


def test_schemas_nested_too_deeply_are_refused_in_one_sentence() -> None:
    deep: dict[str, object] = {"type": "string"}
    for _ in range(700):
        deep = {"type": "array", "items": deep}
    with pytest.raises(UnusableDescription, match="nested too deeply"):
        prepare(json.dumps(small(Deep=deep)).encode(), [])


@pytest.mark.parametrize("command", ["generate", "drift", "check"])
def test_the_command_line_answers_2_and_touches_nothing(
    command: str, make_project: MakeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(b"<html>")
    before = sorted(project.root.rglob("*"))
    assert main([command, "--root", str(project.root)]) == 2
    assert "web page" in capsys.readouterr().err
    assert sorted(project.root.rglob("*")) == before
