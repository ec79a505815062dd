"""What makes a call go to another address, or carry another type, is a difference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.openapi.compare.test_differences import found, said, sending
from tests.openapi.descriptions import Document, in_path, operation, small

HERE = [{"url": "https://api.orange.com/v3"}]
THERE = [{"url": "https://other.example/v9/"}]


def at(*paths: str) -> Document:
    document = small()
    document["paths"] |= {path: {"get": operation({})} for path in paths}
    for path in paths:
        if "{" in path:
            document["paths"][path]["get"]["parameters"] = [in_path(path.split("{")[1].split("}")[0])]
    return document


def served(level: str, servers: Any) -> Document:
    document = small()
    document["servers"] = HERE
    item = document["paths"]["/requests"]
    holder = {"path": item, "operation": item["get"]}[level]
    if servers is not None:
        holder["servers"] = servers
    return document


@pytest.mark.parametrize(("old", "new"), [("/a", "/a/"), ("/a/", "/a"), ("/a/{id}", "/a/{other}/")])
def test_a_slash_at_the_end_of_a_path_breaks(old: str, new: str) -> None:
    assert said(found(at(old), at(new))) == {(f"GET {old}", f"its path is written {new} now", True)}


def test_the_name_of_a_placeholder_is_no_difference() -> None:
    assert found(at("/a/{id}"), at("/a/{other}")) == []


def test_two_paths_that_differ_in_their_slash_are_two_operations() -> None:
    assert said(found(at("/a"), at("/a", "/a/"))) == {("GET /a/", "operation added", False)}
    assert said(found(at("/a", "/a/"), at("/a/"))) == {("GET /a", "operation removed", True)}


@pytest.mark.parametrize("level", ["path", "operation"])
@pytest.mark.parametrize(
    ("old", "new", "text", "breaking"),
    [
        (None, THERE, "is at https://other.example/v9 now, where it was at https://api.orange.com/v3", True),
        (THERE, None, "is at https://api.orange.com/v3 now, where it was at https://other.example/v9", True),
        (HERE, [*HERE, *THERE],
         "is at https://api.orange.com/v3, https://other.example/v9 now, where it was at https://api.orange.com/v3",
         False),
    ],
    ids=["come", "gone", "one more"],
)  # fmt: skip
def test_the_servers_of_a_path_and_of_an_operation_are_compared(
    level: str, old: Any, new: Any, text: str, breaking: bool
) -> None:
    assert said(found(served(level, old), served(level, new))) == {("GET /requests", text, breaking)}


@pytest.mark.parametrize("servers", [HERE, []], ids=["named again", "empty"])
def test_servers_that_are_those_of_the_document_are_no_difference(servers: Any) -> None:
    assert found(served("path", None), served("path", servers)) == []


def taking(*media_types: str) -> Document:
    document = sending({"type": "object"})
    body = document["paths"]["/requests"]["get"]["requestBody"]
    body["content"] = dict.fromkeys(media_types, body["content"]["application/json"])
    return document


VENDOR = "application/vnd.orange.order-v3+json"


@pytest.mark.parametrize(
    ("old", "new", "gone"),
    [
        (["application/json"], [VENDOR], "application/json"),
        ([VENDOR], ["application/vnd.orange.order-v4+json"], VENDOR),
        (["application/json"], ["application/json; charset=utf-8", VENDOR], None),
        (["application/json"], ["*/*"], None),
        ([VENDOR], [f"{VENDOR};charset=utf-8"], None),
    ],
    ids=["vendor type", "another vendor type", "one more", "any", "charset"],
)
def test_a_body_of_another_type_breaks(old: list[str], new: list[str], gone: str | None) -> None:
    expected = {("GET /requests", f"no longer takes {gone}", True)} if gone else set()
    assert said(found(taking(*old), taking(*new))) == expected
