"""The hand-written package is tried on a staged tree before the tree is put in place."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi.build import generate
from openapi.generate.compatibility import incompatibilities
from openapi.generate.project import TARGET, Project, digest
from openapi.read.errors import PackageIncompatible
from tests.openapi.conftest import ROOT, project_in
from tests.rebuilt import rebuilt

# On one worker: mypy reads the types of the libraries once for all of them.
pytestmark = pytest.mark.xdist_group("types")


def whole_project(root: Path, document: Any, mypy_cache: Path) -> Project:
    """A copy of the project with its hand-written package and generated tree, and another description."""
    project = project_in(root, document)
    (root / ".mypy_cache").mkdir()
    (root / ".mypy_cache/openapi").symlink_to(mypy_cache)
    shutil.rmtree(project.package)
    shutil.copytree(ROOT / "orange_ordering_client", project.package, ignore=shutil.ignore_patterns("__pycache__"))
    return project


def without_creation(document: Any) -> None:
    del document["paths"]["/requests"]["post"]


def without_reading(document: Any) -> None:
    path = next(path for path in document["paths"] if path.startswith("/requests/{"))
    del document["paths"][path]


def without_version(document: Any) -> None:
    del document["paths"]["/version"]


def without_a_described_order(document: Any) -> None:
    document["paths"]["/requests"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {}


def test_a_read_only_package_is_tried_in_a_directory_that_can_be_filled(tmp_path: Path) -> None:
    package, tree, directory = (tmp_path / name for name in ("package", "tree", "together"))
    for made in (package, tree, directory):
        made.mkdir()
    (package / "client.py").touch()
    package.chmod(0o555)
    incompatibilities(package, tree, directory, tmp_path / "cache")
    assert (directory / "orange_ordering_client").stat().st_mode & 0o700 == 0o700
    assert package.stat().st_mode & 0o777 == 0o555


@pytest.mark.parametrize(
    ("edits", "methods"),
    [
        ([without_version, without_reading], ["orange-ordering doctor", "requests.wait"]),
        ([without_creation], ["requests.submit"]),
        (
            [without_a_described_order],
            ["orange_ordering_client: cannot be imported: ImportError: no class is generated for NewRequest"],
        ),
    ],
    ids=["two operations", "creation", "the body of an order"],
)
def test_a_description_that_lacks_what_methods_need_is_refused_by_method_and_nothing_changes(
    tmp_path: Path, mypy_cache: Path, edits: list[Callable[[Any], None]], methods: list[str]
) -> None:
    document = copy.deepcopy(rebuilt())
    for edit in edits:
        edit(document)
    project = whole_project(tmp_path / "project", document, mypy_cache)
    before = digest(project.target)
    with pytest.raises(PackageIncompatible) as caught:
        generate(project)
    for method in methods:
        assert any(reason.startswith(method) for reason in caught.value.reasons), caught.value
    assert digest(project.root / TARGET) == before


def test_a_description_that_has_all_that_is_needed_is_put_in_place(tmp_path: Path, mypy_cache: Path) -> None:
    document = rebuilt()
    document["components"]["schemas"]["Request"]["properties"]["owner"] = {"type": "string"}
    project = whole_project(tmp_path / "project", document, mypy_cache)
    _, changed = generate(project)
    assert changed
    assert "owner" in (project.target / "models/request.py").read_text("utf-8")


def test_parameters_that_hand_written_methods_use_are_supplied_with_a_warning(tmp_path: Path) -> None:
    document = rebuilt()
    for item in document["paths"].values():
        for operation in item.values():
            operation.pop("parameters", None)
    item = document["paths"][next(path for path in document["paths"] if path.startswith("/catalogItems/{"))]
    name = next(path for path in document["paths"] if path.startswith("/catalogItems/{")).partition("{")[2].rstrip("}")
    item["get"]["parameters"] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]
    prepared = project_in(tmp_path / "project", document).prepare(json.dumps(document).encode())
    listing = prepared.document["paths"]["/requests"]["get"]["parameters"]
    assert {"customerReference", "sort", "offset", "limit"} <= {one["name"] for one in listing}
    assert any("customerReference" in warning and "requests.list" in warning for warning in prepared.warnings)
    assert any("includes" in warning and "/catalogItems/{" in warning for warning in prepared.warnings)
