"""What frameworks read: `typing.get_type_hints` of everything that users call.

FastAPI, typer, beartype and dependency injection evaluate annotations in the globals of a function, where an import for
type checkers alone is missing.
"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from types import ModuleType
from typing import Any, get_type_hints

import pytest

import orange_ordering_client
from orange_ordering_client import OrderingClient, Page, Pager, Request
from orange_ordering_client.catalog import Catalog
from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.later import Later
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.requests import Requests

PACKAGE = orange_ordering_client.__name__
PUBLIC = [
    *("", ".catalog", ".cli", ".contract", ".errors", ".fleet", ".requests", ".sandbox", ".testing"),
    ".validation.results",
]
GENERATED = ["._generated.registry", *(f"._generated.resources.{name}" for name in ("catalog", "requests", "service"))]


def functions_in(owner: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The constructor, methods and properties of a class that have no underscore, also those that it inherits."""
    for name in dir(owner):
        found = inspect.getattr_static(owner, name)
        if isinstance(found, classmethod | staticmethod):
            found = found.__func__
        elif isinstance(found, property):
            found = found.fget
        elif isinstance(found, cached_property):
            found = found.func
        if inspect.isfunction(found) and (name == "__init__" or not name.startswith("_")):
            yield name, found


def annotated_in(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module offers, by the names that users see."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    for name in names:
        found = getattr(module, name)
        if inspect.isclass(found) and found.__module__.startswith(PACKAGE):
            yield name, found
            yield from ((f"{name}.{member}", function) for member, function in functions_in(found))
        elif inspect.isfunction(found):
            yield name, found


ANNOTATED = {
    f"{path.removeprefix('.')}:{name}": found
    for path in (*PUBLIC, *GENERATED)
    for name, found in annotated_in(importlib.import_module(f"{PACKAGE}{path}"))
}


@pytest.mark.parametrize("name", ANNOTATED)
def test_the_annotations_of_all_that_is_public_can_be_evaluated(name: str) -> None:
    get_type_hints(ANNOTATED[name])


def test_methods_constructors_properties_and_generated_resources_are_among_them() -> None:
    assert {
        *(":OrderingClient.__init__", ":OrderingClient.requests", ":OrderingClient.from_env", ":Request.__init__"),
        *("requests:Requests.submit", "requests:Requests.list", "catalog:Catalog.validate", ":Page.has_next"),
        *("fleet:PostgresFleet.migrate", "_generated.resources.service:ServiceRaw.me", "testing:in_process"),
    } <= ANNOTATED.keys()


@pytest.mark.parametrize(
    ("function", "name", "expected"),
    [
        (OrderingClient.requests.func, "return", Requests),  # type: ignore[attr-defined] -- it is a cached_property
        (OrderingClient.catalog.func, "return", Catalog),  # type: ignore[attr-defined] -- it is a cached_property
        (Requests.submit, "return", Submission),
        (Requests.list, "return", Pager[Request]),
        (Submission.__init__, "request", Request),
    ],
)
def test_they_are_the_classes_that_users_import(function: Any, name: str, expected: object) -> None:
    assert get_type_hints(function)[name] == expected


def test_a_page_names_the_pager_that_comes_after_it() -> None:
    assert "Pager" in str(get_type_hints(Page.__init__)["pager"])


def test_the_pool_of_a_fleet_is_that_of_the_extra() -> None:
    assert "AsyncConnectionPool" in str(get_type_hints(PostgresFleet.__init__)["database"])


def test_a_module_that_only_annotations_name_is_imported_by_whoever_evaluates_them() -> None:
    code = (
        "import sys\n"
        "from orange_ordering_client.later import Later\n"
        "module = Later('graphlib')\n"
        "print('graphlib' in sys.modules, module.TopologicalSorter.__name__, 'graphlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 -- our own interpreter

    assert done.stdout.split() == ["False", "TopologicalSorter", "True"]


def test_a_name_that_the_module_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = Later("graphlib").Nothing
