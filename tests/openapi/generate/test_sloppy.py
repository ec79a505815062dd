"""A description with every fault at once, and one with more resources, become code that works and checkers accept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openapi.generate.completeness import missing_from_tree
from openapi.generate.project import Built
from openapi.generate.variables import operation_variables
from openapi.read.document import operations
from tests.openapi import descriptions
from tests.openapi.descriptions import ROOT
from tests.type_checking import type_check

# On one worker: mypy reads the types of the libraries once for all of them.
pytestmark = pytest.mark.xdist_group("types")

Package = tuple[Path, Built]
GENERATED = "orange_ordering_client/_generated"


def python(directory: Path, *arguments: str) -> str:
    """Run Python where the copied package is found before the installed one."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603  # our own
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(directory: Path, name: str) -> str:
    """Run one of the programs beside this file with the copied package."""
    shutil.copy(Path(__file__).with_name(name), directory)
    return python(directory, name)


def test_every_operation_of_the_sloppy_description_is_generated(sloppy: Package) -> None:
    document = sloppy[1].prepared.document
    found = {(method, path) for path, method, _ in operations(document)}
    assert found == {(method, path) for path, method, _ in operations(descriptions.sloppy())}
    assert missing_from_tree(sloppy[1].tree, document) == []


def test_the_sloppy_description_gives_the_same_nine_names_and_one_more(sloppy: Package) -> None:
    assert sorted(one["id"] for one in operation_variables(sloppy[1].prepared.document).values()) == [
        "catalog.get",
        "catalog.list",
        "hello.get",
        "requests.create",
        "requests.get",
        "requests.list",
        "service.me",
        "service.specification",
        "service.status",
        "service.version",
    ]


def test_code_from_the_sloppy_description_is_strictly_typed(sloppy: Package, mypy_cache: Path) -> None:
    assert type_check(sloppy[0], GENERATED, mypy_cache) == ""


def test_code_from_the_sloppy_description_works(sloppy: Package) -> None:
    said = program(sloppy[0], "uses_sloppy.py")
    assert json.loads(said) == {
        "written back": True,
        "deep": "y",
        "colour": "IN_PROGRESS",
        "colours": ["In Progress", "IN_PROGRESS", "in-progress", "", "2G", "-"],
        "done": "2026-01-02T03:04:05+00:00",
    }


# Those that stand on generated code.
OVERLAY_TESTS = [
    "tests/test_client.py",
    "tests/test_client_calls.py",
    "tests/orders/test_submission.py",
    "tests/test_catalog.py",
]


def test_the_tests_of_the_overlay_pass_on_code_from_the_sloppy_description(sloppy: Package) -> None:
    directory, _ = sloppy
    shutil.copytree(ROOT / "tests", directory / "tests", ignore=shutil.ignore_patterns("__pycache__", "openapi"))
    shutil.copy(ROOT / "pyproject.toml", directory)
    found = [name for name in OVERLAY_TESTS if (directory / name).exists()]
    assert found
    said = python(directory, "-m", "pytest", "-q", "-p", "no:cacheprovider", *found)
    assert " passed" in said


# ---- three more resources ----

NEW = ("orders", "quotes", "reports")


def test_every_operation_of_the_wider_description_has_a_sensible_name(wider: Package) -> None:
    told = [one for one in operation_variables(wider[1].prepared.document).values() if one["resource"] in NEW]
    assert {f"{one['method']} {one['path']}": one["id"] for one in told} == {
        "GET /orders": "orders.list",
        "POST /orders": "orders.create",
        "GET /orders/{orderId}": "orders.get",
        "PATCH /orders/{orderId}": "orders.update",
        "DELETE /orders/{orderId}": "orders.delete",
        "GET /orders/{orderId}/notes": "orders.list_notes",
        "POST /orders/{orderId}/notes": "orders.create_note",
        "GET /orders/{orderId}/notes/{noteId}": "orders.get_note",
        "GET /orders/{orderId}/attachments": "orders.list_attachments",
        "GET /orders/{orderId}/attachments/{attachmentId}": "orders.get_attachment",
        "POST /orders/{orderId}/cancel": "orders.cancel",
        "GET /quotes": "quotes.list",
        "GET /quotes/{quoteId}": "quotes.get",
        "PUT /quotes/{quoteId}": "quotes.update",
        "GET /reports": "reports.list",
        "GET /reports/{reportId}/file": "reports.get_file",
    }  # fmt: skip


def test_code_from_the_wider_description_is_strictly_typed(wider: Package, mypy_cache: Path) -> None:
    assert type_check(wider[0], GENERATED, mypy_cache) == ""


def test_resources_that_nobody_wrote_a_line_for_are_used_like_the_others(wider: Package) -> None:
    said = program(wider[0], "uses_wider.py")
    assert json.loads(said) == {
        "order": ["1", "NEW", True],
        "notes": ["t"],
        "note": "hello",
        "quote": "1",
        "file": "%PDF",
        "deleted": None,
        "seen": [
            "POST /token",
            "GET /orders",
            "GET /orders/1/notes",
            "POST /orders/1/notes",
            "GET /quotes/1",
            "GET /reports/1/file",
            "DELETE /orders/1",
        ],
    }


NOWHERE = [
    "GET /requests: a parameter that is defined nowhere was left out",
    "#/components/schemas/Request/properties/owner: '#/components/schemas/Customer_' is defined nowhere: untyped",
]


@pytest.mark.parametrize(("make", "lost"), [("sloppy", NOWHERE), ("wider", [])], ids=["sloppy", "wider"])
def test_nothing_but_missing_credentials_and_parts_is_left_to_look_at(
    make: str, lost: list[str], request: pytest.FixtureRequest
) -> None:
    _, built = request.getfixturevalue(make)
    # Neither description declares security: one warning for each kind of credential, and no other.
    assert [one.split(" for ")[0] for one in built.prepared.warnings] == [
        "The description does not require the API key",
        "The description does not require a token",
        *lost,
    ]
