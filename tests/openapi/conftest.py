"""Projects to build in, and builds that several tests look at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi.generate.project import TARGET, VENDORED, Built, Project, build
from tests.openapi import descriptions

ROOT = descriptions.ROOT
MakeProject = Callable[[Any], Project]


def project_in(root: Path, description: Any) -> Project:
    """Copy this project's build inputs, with another description; bytes are taken as they are."""
    (root / "openapi").mkdir(parents=True)
    (root / "orange_ordering_client").mkdir()
    shutil.copy(ROOT / "openapi/overlay.yaml", root / "openapi")
    shutil.copy(ROOT / "generator-config.yaml", root)
    shutil.copytree(ROOT / "custom_templates", root / "custom_templates")
    data = description if isinstance(description, bytes) else json.dumps(description).encode()
    (root / VENDORED).write_bytes(data)
    return Project(root)


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Make projects of their own, in directories that go with the test."""
    made: list[Path] = []

    def make(description: Any) -> Project:
        made.append(tmp_path / f"project{len(made)}")
        return project_in(made[-1], description)

    return make


def package_with(directory: Path, description: Any) -> tuple[Path, Built]:
    """Build a description and put the tree into a copy of the package, ready to be imported from the directory."""
    project = project_in(directory / "project", description)
    stage = directory / "stage"
    stage.mkdir()
    built = build(project, project.vendored.read_bytes(), stage)
    package = directory / "orange_ordering_client"
    shutil.copytree(
        ROOT / "orange_ordering_client", package, ignore=shutil.ignore_patterns("_generated", "__pycache__")
    )
    built.tree.rename(directory / TARGET)
    return directory, Built(directory / TARGET, built.prepared)


@pytest.fixture(scope="session")
def sloppy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """The package, generated from a description that has every fault at once."""
    return package_with(tmp_path_factory.mktemp("sloppy"), descriptions.sloppy())


@pytest.fixture(scope="session")
def wider(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """The package, generated from a description with three more resources."""
    return package_with(tmp_path_factory.mktemp("wider"), descriptions.wider())
