"""A generated package that has less or more than its description says is noticed before it is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi.generate.completeness import missing_from_tree
from openapi.read.errors import GeneratorFailed
from tests.openapi.descriptions import Document

ENUM: Document = {"paths": {}, "components": {"schemas": {"Kind": {"type": "string", "enum": ["a", "b"]}}}}
DOCSTRING = '"""Kind."""'


def tree_with(directory: Path, *body: str) -> Path:
    """A package with one enum, whose body has the given lines."""
    (directory / "models").mkdir()
    text = "\n    ".join(("class Kind(OpenEnum):", *body))
    (directory / "models/kind.py").write_text(f"{text}\n", "utf-8")
    return directory


def test_an_enum_with_a_member_for_each_value_is_complete(tmp_path: Path) -> None:
    assert missing_from_tree(tree_with(tmp_path, DOCSTRING, 'A = "a"', 'B = "b"'), ENUM) == []


def test_a_value_without_a_member_is_named(tmp_path: Path) -> None:
    assert missing_from_tree(tree_with(tmp_path, DOCSTRING, 'A = "a"', 'B = "x"'), ENUM) == ["value 'b' of Kind"]


@pytest.mark.parametrize(
    "more",
    ['C = "c"', "open('f', 'w')", "C = print()", "C: str = print()", "def f(self): ...", "import os", "A.b = 1"],
)
def test_an_enum_with_more_than_its_values_is_refused(tmp_path: Path, more: str) -> None:
    tree = tree_with(tmp_path, DOCSTRING, 'A = "a"', 'B = "b"', more)
    with pytest.raises(GeneratorFailed, match="Kind was generated with"):
        missing_from_tree(tree, ENUM)


def test_code_in_place_of_the_docstring_of_an_enum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeneratorFailed, match="Kind was generated with"):
        missing_from_tree(tree_with(tmp_path, "print()", 'A = "a"', 'B = "b"'), ENUM)
