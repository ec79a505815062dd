"""A tree generated from a description with everything in it, importable."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from openapi.generate.generator import generate_tree
from openapi.generate.project import Project
from openapi.generate.variables import operation_variables, schema_variables
from tests.generated.everything import DESCRIPTION

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def everything_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package `everything_generated`, as the templates write it."""
    job = tmp_path_factory.mktemp("everything")
    variables = {
        "description_sha256": "0" * 64,
        "operations": operation_variables(DESCRIPTION),
        "schemas": schema_variables(DESCRIPTION),
    }
    variables["operations"]["things_list"]["flags"] = ["isOpen"]
    tree = generate_tree(DESCRIPTION, variables, Project(ROOT).sources, job)
    return tree.rename(job / "everything_generated")


@pytest.fixture(scope="session")
def everything(everything_tree: Path) -> Iterator[ModuleType]:
    """Its models."""
    sys.path.insert(0, str(everything_tree.parent))
    yield importlib.import_module("everything_generated.models")
    sys.path.remove(str(everything_tree.parent))


@pytest.fixture(scope="session")
def things(everything: ModuleType) -> ModuleType:
    """Its one resource."""
    return importlib.import_module("everything_generated.resources.things")
