"""The templates, on a description with every kind of property: what renders, decodes, and is written back."""

from __future__ import annotations

import datetime
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import attrs
import pytest

from orange_ordering_client.errors import DecodeError
from tests.generated.everything import HOSTILE, SCHEMAS
from tests.type_checking import type_check

# On one worker: mypy reads the types of the libraries once for all of them.
pytestmark = pytest.mark.xdist_group("types")

ROOT = Path(__file__).resolve().parents[2]

FULL: dict[str, Any] = {
    "any": [1, {"a": None}],
    "object": {"a": None},
    "bool": False,
    "const": "fixed",
    "date": "2015-04-09",
    "dateTime": "2015-04-09T10:11:12Z",
    "colour": "dark blue",
    "level": -3,
    "float": 1.5,
    "int": 7,
    "list": ["a", "b"],
    "grid": [[1, 2], [], [3]],
    "dates": ["2015-04-09", "2015-04-09T00:00:00Z"],
    "moments": ["2015-04-09", "2015-04-09T00:00:00Z"],
    "colours": ["red", "mauve"],
    "objects": [{}, {"a": 1}],
    "child": {"id": "child", "child": {"id": "grandchild"}},
    "children": [{"id": "1"}, {"id": "2", "new": True}],
    "rows": [[{"name": "x"}], []],
    "partner": {"name": "y", "everything": {"partner": {"name": "z"}}},
    "either": "2015-04-09",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "file": "text",
    "counts": {"a": 1, "b": 2},
    "type": "t",
    "id": "i",
    "schema": "s",
    "self": "me",
    "class": "c",
    "_hidden": "h",
    'quo"ted': "q",
}


def test_every_kind_decodes_and_is_written_back(everything: ModuleType) -> None:
    assert set(FULL) | {"none"} == set(SCHEMAS["Everything"]["properties"])
    assert everything.Everything.from_dict(FULL).to_dict() == FULL


def test_every_kind_is_a_python_value(everything: ModuleType) -> None:
    one = everything.Everything.from_dict(FULL)
    assert one.date == datetime.date(2015, 4, 9)
    assert one.dates == [datetime.date(2015, 4, 9)] * 2
    assert one.date_time == datetime.datetime(2015, 4, 9, 10, 11, 12, tzinfo=datetime.UTC)
    assert one.colour is everything.Colour.DARK_BLUE
    assert [colour.is_known for colour in one.colours] == [True, False]
    assert one.level is everything.Level.VALUE_NEGATIVE_3
    assert one.uuid == UUID("12345678-1234-5678-1234-567812345678")
    assert one.either == datetime.date(2015, 4, 9)
    assert one.rows == [[everything.Partner(name="x")], []]
    assert one.counts.additional_properties == {"a": 1, "b": 2}
    assert one.child.child == everything.Everything(id="grandchild")
    assert one.children[1].additional_properties == {"new": True}
    assert one.partner.everything.partner.name == "z"


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("object", [], "object"),
        ("bool", 2, "bool"),
        ("bool", [], "bool"),
        ("const", "other", "const"),
        ("date", 1, "date"),
        ("dateTime", "x", "dateTime"),
        ("colour", 1, "colour"),
        ("level", "1", "level"),
        ("level", True, "level"),
        ("float", "1", "float"),
        ("float", True, "float"),
        ("int", True, "int"),
        ("int", 1.5, "int"),
        ("list", [1], "list[0]"),
        ("grid", [[1], [2, "x"]], "grid[1][1]"),
        ("dates", ["2015-04-09", None], "dates[1]"),
        ("moments", ["2015-04-09", 1], "moments[1]"),
        ("colours", [[]], "colours[0]"),
        ("objects", [{}, 1], "objects[1]"),
        ("child", {"child": {"id": 1}}, "child.child.id"),
        ("children", [{}, {"children": [{"id": 1}]}], "children[1].children[0].id"),
        ("rows", [[], [{"name": 1}]], "rows[1][0].name"),
        ("either", "x", "either"),
        ("uuid", "x", "uuid"),
        ("file", 1, "file"),
        ("none", 1, "none"),
        ("counts", {"a": "x"}, "counts.a"),
        ("counts", [], "counts"),
        ("child", [], "child"),
        ("child", "x", "child"),
        ("children", [{}, []], "children[1]"),
        ('quo"ted', 1, 'quo"ted'),
    ],
)
def test_every_kind_refuses_what_it_is_not(everything: ModuleType, key: str, value: Any, path: str) -> None:
    with pytest.raises(DecodeError) as caught:
        everything.Everything.from_dict({key: value})
    assert caught.value.path == f"Everything.{path}"


def test_hostile_nesting_is_refused_not_a_crash(everything: ModuleType) -> None:
    for wrap in (
        lambda deep: {"child": deep},
        lambda deep: {"children": [deep]},
        lambda deep: {"partner": {"everything": deep}},
    ):
        deep: dict[str, Any] = {}
        for _ in range(5000):
            deep = wrap(deep)
        with pytest.raises(DecodeError, match="nested too deeply") as caught:
            everything.Everything.from_dict(deep)
        assert caught.value.path == "Everything"


def test_open_objects_with_typed_values_keep_both_kinds_of_keys(everything: ModuleType) -> None:
    payload = {"title": "t", "first": [{"name": "a"}], "second": []}
    pages = everything.Pages.from_dict(payload)
    assert pages.additional_properties == {"first": [everything.Partner(name="a")], "second": []}
    assert pages.to_dict() == payload
    with pytest.raises(DecodeError) as caught:
        everything.Pages.from_dict({"first": [{"name": 1}]})
    assert caught.value.path == "Pages.first[0].name"


def test_only_what_a_body_alone_requires_must_be_there(everything: ModuleType) -> None:
    order = everything.Order(name="n", day=datetime.date(2015, 4, 9), parts=[everything.Shared(code="c")])
    assert order.to_dict() == {"name": "n", "day": "2015-04-09", "parts": [{"code": "c"}]}
    assert everything.Order.from_dict(order.to_dict()) == order
    for key in ("name", "day", "parts"):
        with pytest.raises(DecodeError, match="missing") as caught:
            everything.Order.from_dict({name: value for name, value in order.to_dict().items() if name != key})
        assert caught.value.path == f"Order.{key}"
    with pytest.raises(DecodeError) as caught:
        everything.Order.from_dict({**order.to_dict(), "parts": [{}, {"size": "x"}]})
    assert caught.value.path == "Order.parts[1].size"


def test_what_is_sent_and_answered_is_required_of_the_sender_only(everything: ModuleType) -> None:
    with pytest.raises(TypeError, match="code"):
        everything.Shared()
    answered = everything.Shared.from_dict({"size": 1})
    assert answered.code is None
    assert answered.to_dict() == {"size": 1}


def test_names_stay_as_plain_as_python_lets_them(everything: ModuleType) -> None:
    names = {field.name for field in attrs.fields(everything.Everything)}
    assert {"type", "id", "schema", "hidden", "any", "date", "uuid", "quoted"} <= names
    assert {"class_", "self_", "list_", "float_"} <= names
    assert {field.name for field in attrs.fields(everything.Links)} == {"field_links", "links", "additional_properties"}


def test_text_of_the_description_stays_text(everything: ModuleType) -> None:
    doc = inspect.getdoc(everything.Everything)
    assert doc is not None
    assert doc.startswith(HOSTILE)


def test_every_kind_is_typed(everything_tree: Path, mypy_cache: Path) -> None:
    assert type_check(everything_tree.parent, ".", mypy_cache, search=ROOT) == ""


@pytest.mark.parametrize("template", sorted((ROOT / "custom_templates").rglob("*.jinja")), ids=lambda path: path.name)
def test_every_template_says_first_why_it_differs_from_stock(template: Path) -> None:
    first = template.read_text("utf-8").splitlines()[0]
    assert first.startswith(("{# Differs from stock: ", "{# Not in stock: "))
    assert first.endswith(" #}")


def test_every_generated_file_says_do_not_edit_and_how(everything_tree: Path) -> None:
    for path in everything_tree.rglob("*.py"):
        head = path.read_text("utf-8")[:400]
        assert head.startswith('"""Do not edit: generated from')
        assert "make generate" in head
        assert "0" * 64 in head
