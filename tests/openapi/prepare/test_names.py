"""Operations, classes and enum members get names that are sensible, safe, and the same every time."""

from __future__ import annotations

import keyword
import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_python_client.strings import ClassName, PythonIdentifier
from openapi_python_client.strings import snake_case as generator_snake

from openapi.prepare.operation_names import RESERVED_RESOURCES, name_operations, operation_name, singular, snake
from openapi.prepare.schema_names import Names, enum_names, given_enum_names, pascal
from openapi.prepare.shape import shape_schemas
from openapi.read.document import operations
from orange_ordering_client import OrderingClient
from orange_ordering_client.catalog import Catalog
from orange_ordering_client.requests import Requests
from tests.openapi.descriptions import ROOT, in_path, operation, query, small

LIST = {"type": "array", "items": {}}
ITEM: dict[str, Any] = {"type": "object"}


def named(*calls: str, lists: tuple[str, ...] = ()) -> dict[str, str]:
    paths: dict[str, Any] = {}
    for call in calls:
        method, path = call.split(" ")
        placeholders = [in_path(part[1:-1]) for part in path.split("/") if part.startswith("{")]
        paths.setdefault(path, {})[method.lower()] = operation(LIST if call in lists else ITEM, *placeholders)
    document = {"paths": paths, "components": {"schemas": {}}}
    name_operations(document)
    return {f"{method.upper()} {path}": operation_name(one) for path, method, one in operations(document)}


NAMES = [
    ("POST /orders", "orders.create"),
    ("GET /orders/{id}", "orders.get"),
    ("PUT /orders/{id}", "orders.update"),
    ("PATCH /orders/{id}", "orders.update"),
    ("DELETE /orders/{id}", "orders.delete"),
    ("GET /catalogItems/{id}", "catalog_items.get"),
    ("POST /orders/{id}/notes", "orders.create_note"),
    ("GET /orders/{id}/notes/{noteId}", "orders.get_note"),
    ("GET /orders/{id}/notes/{noteId}/files/{fileId}", "orders.get_note_file"),
    ("POST /orders/{id}/cancel", "orders.cancel"),
    ("GET /orders/{id}/status", "orders.get_status"),
    ("GET /requests/aggregate", "requests.get_aggregate"),
    ("GET /status", "status.get"),
    ("HEAD /orders", "orders.head"),
    ("GET /v3/orders/{id}", "orders.get"),
    ("POST /orders/{id}/import", "orders.import_call"),
    ("GET /class/{id}", "class_resource.get"),
    ("GET /close", "close_resource.get"),
    ("GET /{id}", "root.get"),
    ("POST /orders/{id}/raw", "orders.raw_call"),
]


@pytest.mark.parametrize(("call", "name"), NAMES)
def test_an_operation_is_named_after_method_and_path(call: str, name: str) -> None:
    assert named(call) == {call: name}


@pytest.mark.parametrize(
    ("call", "name"), [("GET /orders", "orders.list"), ("GET /orders/{id}/notes", "orders.list_notes")]
)
def test_what_answers_with_an_array_is_a_list(call: str, name: str) -> None:
    assert named(call, lists=(call,)) == {call: name}


def test_what_can_be_paged_is_a_list() -> None:
    document = {"paths": {"/orders": {"get": operation(ITEM, query("offset"), query("limit"))}}}
    name_operations(document)
    assert document["paths"]["/orders"]["get"]["operationId"] == "orders_list"


def test_a_collection_without_a_described_answer_is_a_list_when_it_has_items() -> None:
    document = {"paths": {"/orders": {"get": operation()}, "/orders/{id}": {"get": operation(ITEM, in_path("id"))}}}
    name_operations(document)
    assert document["paths"]["/orders"]["get"]["operationId"] == "orders_list"


def test_put_and_patch_on_one_path_are_replace_and_update() -> None:
    assert named("PUT /orders/{id}", "PATCH /orders/{id}") == {
        "PUT /orders/{id}": "orders.replace",
        "PATCH /orders/{id}": "orders.update",
    }


def test_names_that_collide_say_more_and_the_shorter_path_keeps_the_short_one() -> None:
    assert named("POST /orders", "POST /orders/{id}", "POST /orders/{id}/{part}") == {
        "POST /orders": "orders.create",
        "POST /orders/{id}": "orders.create_by_id",
        "POST /orders/{id}/{part}": "orders.create_by_id_part",
    }


def test_what_the_overlay_named_keeps_its_name_and_lends_its_resource_to_its_neighbours() -> None:
    document = {"paths": {
        "/catalogItems": {"get": operation(LIST, operationId="catalog_list", tags=["catalog"])},
        "/catalogItems/{id}/schemas": {"get": operation(LIST, in_path("id"))},
    }}  # fmt: skip
    name_operations(document)
    assert [operation_name(one) for _, _, one in operations(document)] == ["catalog.list", "catalog.list_schemas"]


def test_a_name_of_the_overlay_is_not_given_again() -> None:
    document = {"paths": {
        "/a": {"get": operation(ITEM, operationId="a_get", tags=["a"])},
        "/a/b/{x}": {"get": operation(ITEM, in_path("x"), operationId="a_get_b", tags=["a"])},
        "/a/b": {"get": operation(ITEM)},
    }}  # fmt: skip
    name_operations(document)
    ids = [one["operationId"] for _, _, one in operations(document)]
    assert len(set(ids)) == 3


SEGMENTS = st.sampled_from(
    ["orders", "Orders", "order-items", "orderItems", "class", "{id}", "{orderId}", "v2", "é", "2"]
)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))
CALLS = st.lists(st.tuples(PATHS, st.sampled_from(["get", "put", "post", "patch", "delete"])), min_size=1, max_size=12)


@given(CALLS, st.randoms(use_true_random=False))
def test_any_calls_get_names_that_differ_are_identifiers_and_do_not_depend_on_order(
    calls: list[tuple[str, str]], shuffle: random.Random
) -> None:
    def names(order: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        document: dict[str, Any] = {"paths": {}}
        for path, method in order:
            document["paths"].setdefault(path, {})[method] = operation(ITEM)
        name_operations(document)
        return {(path, method): operation_name(one) for path, method, one in operations(document)}

    first = names(calls)
    shuffled = list(calls)
    shuffle.shuffle(shuffled)
    assert names(shuffled) == first
    assert len(set(first.values())) == len(first)
    for name in first.values():
        resource, _, method = name.partition(".")
        for part in (resource, method):
            assert part.isidentifier()
            assert not keyword.iskeyword(part)
        # The generator makes a module or constant of it by its own casing, which must change nothing.
        assert str(PythonIdentifier(f"{resource}_{method}", "x")).strip("_") == f"{resource}_{method}".strip("_")


@pytest.mark.parametrize(
    ("name", "written"),
    [("catalogItems", "catalog_items"), ("HTTPMethod", "http_method"), ("a-b c", "a_b_c"), ("3D", "x_3_d"), ("", "x")],
)
def test_names_are_written_in_snake_case(name: str, written: str) -> None:
    assert snake(name).replace("3d", "3_d") == written


@pytest.mark.parametrize(
    ("plural", "one"),
    [("notes", "note"), ("categories", "category"), ("addresses", "address"), ("status", "status"), ("boxes", "box"),
     ("analysis", "analysis"), ("access", "access"), ("order", "order"), ("ties", "tie"), ("batches", "batch")],
)  # fmt: skip
def test_plurals_are_made_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


# ---- classes ----


def test_class_names_that_would_share_a_module_are_told_apart() -> None:
    names = Names()
    assert [names.take(name) for name in ("ApiKey", "APIKey", "api-key")] == ["ApiKey", "APIKey2", "ApiKey3"]


@pytest.mark.parametrize("name", ["Any", "Pager", "Operation", "Warning", "List", "", "é", "2G"])
def test_a_class_gets_no_name_that_generated_code_or_python_uses(name: str) -> None:
    taken = Names().take(name)
    assert taken.isidentifier()
    assert taken not in ("Any", "Pager", "Operation", "Warning")


IMPORT = re.compile(r"^ *from [\w.]+ import (?P<names>[\w, ]+)$", re.MULTILINE)
IMPORTED = sorted(
    {
        name.split(" as ")[-1]
        for template in (ROOT / "custom_templates").glob("*.jinja")
        for names in IMPORT.findall(template.read_text("utf-8"))
        for name in names.split(", ")
    }
)


@pytest.mark.parametrize("name", IMPORTED)
def test_no_class_gets_a_name_that_a_template_imports(name: str) -> None:
    assert Names().take(name) not in IMPORTED


def test_the_names_that_the_templates_import_are_found() -> None:
    assert {"Members", "OpenIntEnum", "Answer", "Literal"} <= set(IMPORTED)


def test_no_schema_gets_the_name_of_a_class_of_a_resource() -> None:
    document = small(RequestsResource={"type": "object"}, RequestsRaw={"type": "object"})
    name_operations(document)
    shape_schemas(document)
    assert list(document["components"]["schemas"]) == ["RequestsResource2", "RequestsRaw2"]


@given(st.text(max_size=12))
def test_the_generator_leaves_class_names_alone(name: str) -> None:
    written = pascal(name)
    assert str(ClassName(written, "x")) == written


# ---- enum members ----

MEMBERS = [
    (["NEW", "IN_PROGRESS"], ["NEW", "IN_PROGRESS"]),
    (["DATA SUPPORT", "in-progress"], ["DATA_SUPPORT", "IN_PROGRESS"]),
    (["createdAt", "-createdAt"], ["CREATED_AT", "CREATED_AT_DESCENDING"]),
    (["-x"], ["X"]),
    (["", "-"], ["EMPTY", "VALUE_2D"]),
    (["In Progress", "IN_PROGRESS", "in-progress"], ["IN_PROGRESS_2", "IN_PROGRESS", "IN_PROGRESS_3"]),
    ([1, -1, 0], ["VALUE_1", "VALUE_NEGATIVE_1", "VALUE_0"]),
    (["10", "été"], ["VALUE_10", "ETE"]),
]


@pytest.mark.parametrize(("values", "names"), MEMBERS)
def test_members_of_an_enum_are_named_after_their_values(values: list[Any], names: list[str]) -> None:
    assert enum_names(values) == names


@given(st.lists(st.text(max_size=6), unique=True, max_size=8), st.randoms(use_true_random=False))
def test_any_values_get_names_that_differ_survive_the_generator_and_do_not_depend_on_order(
    values: list[str], shuffle: random.Random
) -> None:
    names = dict(zip(values, enum_names(values), strict=True))
    assert len(set(names.values())) == len(values)
    for name in names.values():
        assert name.isidentifier()
        assert str(generator_snake(name)).upper() == name
    shuffled = list(values)
    shuffle.shuffle(shuffled)
    if not any(name == f"VALUE_{index}" for index, name in enumerate(names.values())):
        assert dict(zip(shuffled, enum_names(shuffled), strict=True)) == names


GIVEN = [
    (["NEW", "OLD"], ["NEW", "OLD"]),
    (["statusNew", "in-progress"], ["STATUS_NEW", "IN_PROGRESS"]),
    (["class", "name"], ["CLASS", "NAME"]),
    (["été", "Réseau"], ["ETE", "RESEAU"]),
    (["f(); X", "x = 1"], ["F_X", "X_1"]),
    (["A", "A"], []),
    (["statusNew", "status_new"], []),
    (["1a", "b"], []),
    (["日本", "b"], []),
    ([1, 2], []),
    (["A"], []),
    (["A", "B", "C"], []),
    ("AB", []),
]


@pytest.mark.parametrize(("given", "names"), GIVEN, ids=[str(given) for given, _ in GIVEN])
def test_names_that_a_description_gives_are_used_if_each_value_has_one(given: Any, names: list[str]) -> None:
    assert given_enum_names(given, 2) == names


@given(st.lists(st.text(max_size=6), max_size=4))
def test_any_given_names_become_identifiers_that_differ_and_survive_the_generator(given: list[str]) -> None:
    names = given_enum_names(given, len(given))
    assert len(set(names)) == len(names)
    for name in names:
        assert name.isidentifier()
        assert str(generator_snake(name)).upper() == name


def hand_written(kind: type) -> set[str]:
    """The public names that a class has beyond what is generated for it."""
    generated = [base for base in kind.__mro__ if "_generated" in base.__module__]
    known = {name for base in generated for name in vars(base)}
    return {name for name in dir(kind) if not name.startswith("_") and name not in known}


@pytest.mark.parametrize(("resource", "kind"), [("requests", Requests), ("catalog", Catalog)])
def test_no_new_call_gets_the_name_of_a_hand_written_method(resource: str, kind: type) -> None:
    names = hand_written(kind)
    assert names
    for name in names | {"raw"}:
        document = small()
        document["paths"] = {f"/{resource}/{{id}}/{name}": {"post": operation({}, in_path("id"))}}
        renamed = name_operations(document)
        found = {operation_name(one) for path, _, one in operations(document) if path.endswith(f"/{name}")}
        assert found == {f"{resource}.{name}_call"}
        assert [line for line in renamed if f"{resource}.{name} is reserved" in line]


def test_no_new_resource_gets_the_name_of_something_that_the_client_has() -> None:
    names = hand_written(OrderingClient)
    assert {"send", "with_options", "aclose"} <= names
    for name in names | RESERVED_RESOURCES:
        document = small()
        document["paths"][f"/{name}"] = {"get": operation({})}
        assert [
            line for line in name_operations(document) if line.startswith(f"GET /{name} belongs to {name}_resource")
        ]
