"""Text of a description that tries to become code stays text, wherever it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi.generate.project import generate_package
from tests.openapi.conftest import project_in
from tests.openapi.descriptions import Document, query, ref, small

CODE = '\\"); become_code() #'
TEXT = {"type": "string"}


def hostile() -> Document:
    """A description with the text at each place that the generated package writes."""
    enum = {**TEXT, "enum": [CODE, f"a\t{CODE}"], "x-enum-varnames": [f"A{CODE}", "become_code(); A"], "default": CODE}
    thing = {
        "type": "object",
        "title": CODE,
        "description": CODE,
        "required": [CODE],
        "properties": {
            CODE: {**TEXT, "description": CODE, "default": CODE},
            "kind": {**enum, "description": CODE},
            "level": {"type": "integer", "enum": [1, 2], "x-enum-varnames": [f"A{CODE}", CODE]},
            "text": {**TEXT, "format": CODE, "pattern": CODE, "x-python-name": CODE},
            "inner": {"type": "object", "x-python-name": f"Inner{CODE}", "properties": {CODE: TEXT}},
        },
    }
    union = {
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": CODE, "mapping": {CODE: "Cat", f"d{CODE}": "Dog"}},
    }
    animal = {"type": "object", "properties": {CODE: TEXT}}
    key = f"Thing{CODE}"
    document = small(**{key: thing, "Pet": union, "Cat": animal, "Dog": animal})
    document["info"] = {"title": CODE, "version": CODE, "description": CODE}
    listed = {"application/json": {"schema": {"type": "array", "items": ref(key)}}}
    found: dict[str, Any] = {
        "operationId": CODE,
        "tags": [CODE],
        "summary": CODE,
        "description": CODE,
        "deprecated": True,
        "parameters": [{**query(CODE), "description": CODE, "deprecated": True}, query("kind", **enum)],
        "responses": {"200": {"description": CODE, "content": listed}},
    }
    body = {"description": CODE, "content": {"application/json": {"schema": ref("Pet")}}}
    document["paths"][f"/things/{CODE}"] = {"get": found, "put": {**found, "requestBody": body}}
    return document


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ast.Module]:
    """The modules of the package, by name."""
    directory = tmp_path_factory.mktemp("hostile")
    project = project_in(directory / "project", hostile())
    (directory / "stage").mkdir()
    tree = generate_package(project, project.vendored.read_bytes(), directory / "stage").tree
    return {path.relative_to(tree).as_posix(): _parsed(path) for path in sorted(tree.rglob("*.py"))}


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _calls(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_no_text_is_called(modules: dict[str, ast.Module]) -> None:
    assert len(modules) > 8
    assert [name for name, module in modules.items() if "become_code" in _calls(module)] == []


def test_the_known_words_of_a_filter_are_its_values(modules: dict[str, ast.Module]) -> None:
    words = {
        word
        for module in modules.values()
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg == "words"
        for known in ast.literal_eval(node.value).values()
        for word in known
    }
    assert words == {CODE, f"a\t{CODE}"}
