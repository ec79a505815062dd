"""The prepared description has the shape that models are made from, and says everything that the vendored one says."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV30SpecValidator

from openapi.generate.simplify import FREE_FORM, generator_input
from openapi.generate.variables import operation_variables, schema_variables
from openapi.prepare.completeness import missing_from
from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import Prepared, prepare
from openapi.read.document import operations
from openapi.read.errors import BuildError, IncompleteResult, UnusableDescription
from openapi.repair.rules import repair
from tests.openapi import descriptions
from tests.openapi.descriptions import ROOT, Document, in_path, operation, query, ref, small
from tests.rebuilt import rebuilt

TEXT = {"type": "string"}
OVERLAY = read_overlay(ROOT / "openapi/overlay.yaml")


def prepared(document: Document, overlay: list[dict[str, Any]] | None = None) -> Prepared:
    return prepare(json.dumps(document).encode(), overlay or [])


def schemas(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = prepared(document).document["components"]["schemas"]
    return found


def with_call(found: Any, **components: Any) -> Document:
    document = small(**components)
    document["paths"]["/things"] = {"post": found}
    return document


# ---- classes ----


def test_inline_objects_and_enums_become_components_named_after_their_place() -> None:
    inner = {"type": "object", "properties": {"deep": {"type": "object", "properties": {"kind": {"enum": ["A"]}}}}}
    found = schemas(
        small(Thing={"type": "object", "properties": {"inner": inner, "many": {"type": "array", "items": inner}}})
    )
    assert found["Thing"]["properties"] == {
        "inner": ref("ThingInner"),
        "many": {"type": "array", "items": ref("ThingManyItem")},
    }
    assert found["ThingInner"]["properties"]["deep"] == ref("ThingInnerDeep")
    assert found["ThingInnerDeep"]["properties"]["kind"] == ref("ThingInnerDeepKind")
    assert found["ThingInnerDeepKind"]["enum"] == ["A"]


def test_inline_bodies_and_answers_become_components_and_equal_answers_one() -> None:
    error = {"type": "object", "properties": {"code": {"type": "integer"}}}
    document = with_call(
        operation({"type": "object", "properties": {"a": TEXT}}, body={"type": "object", "properties": {"b": TEXT}})
    )
    for status in ("400", "500"):
        document["paths"]["/things"]["post"]["responses"][status] = operation(error)["responses"]["200"]
    result = prepared(document).document
    post = result["paths"]["/things"]["post"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == ref("ThingsCreateBody")
    answers = [post["responses"][status]["content"]["application/json"]["schema"] for status in ("200", "400", "500")]
    assert answers == [ref("ThingsCreateResponse"), ref("ThingsCreateResponse400"), ref("ThingsCreateResponse400")]


def test_an_inline_enum_of_a_parameter_is_the_component_that_has_the_same_values() -> None:
    kind = {"type": "string", "enum": ["A", "B"]}
    document = small(Kind=kind)
    document["paths"]["/requests"]["get"]["parameters"] = [
        query("kind", **kind),
        query("other", type="string", enum=["X"]),
    ]
    found = prepared(document).document["paths"]["/requests"]["get"]["parameters"]
    assert [one["schema"] for one in found] == [ref("Kind"), ref("RequestsGetOther")]


def test_free_form_objects_and_plain_values_stay_where_they_are() -> None:
    thing = {
        "type": "object",
        "properties": {"free": {"type": "object"}, "text": TEXT, "flag": {"type": "boolean", "enum": [True]}},
    }
    assert schemas(small(Thing=thing))["Thing"] == thing


def test_a_map_with_typed_values_is_a_class() -> None:
    found = schemas(
        small(Thing={"type": "object", "properties": {"map": {"type": "object", "additionalProperties": TEXT}}})
    )
    assert found["Thing"]["properties"]["map"] == ref("ThingMap")


def test_a_name_of_the_overlay_goes_with_what_is_referred_to() -> None:
    document = small(
        Whole={"type": "object", "properties": {"part": {**ref("Part"), "x-python-name": "Piece"}}},
        Part={"type": "object", "properties": {"a": TEXT}},
    )
    found = schemas(document)
    assert found["Whole"]["properties"]["part"] == {"allOf": [ref("Piece")]}
    assert found["Piece"]["x-key"] == "Part"


def test_two_names_for_one_class_are_a_warning_and_the_first_stays() -> None:
    whole = {part: {"allOf": [ref("Part")], "x-python-name": name} for part, name in (("a", "One"), ("b", "Two"))}
    document = small(Whole={"type": "object", "properties": whole}, Part={"type": "object", "properties": {"a": TEXT}})
    result = prepared(document)
    assert "One" in result.document["components"]["schemas"]
    assert [line for line in result.warnings if "asks for the name Two, but Part is One already" in line]


def test_a_class_that_is_renamed_is_renamed_wherever_it_is_mentioned() -> None:
    which = {"propertyName": "a", "mapping": {"x": "a-b"}}
    thing = {"type": "object", "properties": {"a": TEXT}, "discriminator": which}
    document = small(**{"a-b": thing, "User": {"type": "array", "items": ref("a-b")}})
    found = schemas(document)
    assert found["User"]["items"] == ref("AB")
    assert found["AB"]["discriminator"]["mapping"] == {"x": "#/components/schemas/AB"}


def test_names_of_members_that_cannot_be_used_are_a_warning_and_the_values_give_the_names() -> None:
    enum = {"type": "string", "enum": ["new", "old"], "x-enum-varnames": ["A", "a"]}
    found = prepared(small(Kind=enum))
    assert found.document["components"]["schemas"]["Kind"]["x-enum-varnames"] == ["NEW", "OLD"]
    said = "#/components/schemas/Kind: its x-enum-varnames are not one identifier for each value: values give the names"
    assert said in found.warnings


# ---- what the templates are told ----


def test_the_calls_of_the_rebuilt_description_are_told_as_users_see_them() -> None:
    told = operation_variables(prepared(rebuilt(), OVERLAY).document)
    listed = {
        one["id"]: (one["method"], one["path"], one["paged"], one["token"], one["api_key"]) for one in told.values()
    }
    assert listed == {
        "requests.list": ("GET", "/requests", True, True, True),
        "requests.create": ("POST", "/requests", False, True, True),
        "requests.get": ("GET", "/requests/{requestId}", False, True, True),
        "catalog.list": ("GET", "/catalogItems", True, True, True),
        "catalog.get": ("GET", "/catalogItems/{catalogItemId}", False, True, True),
        "service.status": ("GET", "/status", False, True, False),
        "service.version": ("GET", "/version", False, True, False),
        "service.specification": ("GET", "/doc", False, True, False),
        "service.me": ("GET", "/me", False, True, True),
    }
    assert told["requests_list"]["flags"] == ["isOverdue", "isArchived"]
    assert told["requests_create"]["success"] == "201"


def test_classes_are_told_by_which_way_they_travel() -> None:
    told = schema_variables(prepared(rebuilt(), OVERLAY).document)
    assert (told["Request"]["request"], told["Request"]["response"]) == (False, True)
    assert (told["NewRequest"]["request"], told["NewRequest"]["response"]) == (True, False)
    assert (told["DisconnectionProperties"]["request"], told["RequestPriorityFilter"]["request"]) == (True, True)


def test_the_generator_is_shown_free_form_objects_by_a_mark() -> None:
    document = small(
        Free={"type": "object"}, Thing={"type": "object", "properties": {"a": ref("Free"), "b": {"type": "object"}}}
    )
    shown = generator_input(prepared(document).document)["components"]["schemas"]
    assert shown == {
        "Thing": {"type": "object", "properties": {"a": {"example": FREE_FORM}, "b": {"example": FREE_FORM}}}
    }


def test_alternatives_beside_properties_are_one_object_to_the_generator() -> None:
    other = {"type": "object", "required": ["b"], "properties": {"b": TEXT}}
    thing = {"type": "object", "properties": {"a": TEXT}, "oneOf": [ref("Other"), {"required": ["a"]}]}
    shown = generator_input(prepared(small(Thing=thing, Other=other)).document)["components"]["schemas"]["Thing"]
    assert shown == {"type": "object", "properties": {"a": TEXT, "b": TEXT}}


# ---- nothing is lost, and if, it is named ----


@pytest.mark.parametrize("make", [rebuilt, descriptions.sloppy, descriptions.wider])
def test_the_prepared_description_is_valid(make: Any) -> None:
    document = prepared(make(), OVERLAY).document
    assert [error.message for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


def test_preparing_is_the_same_every_time() -> None:
    assert prepared(rebuilt(), OVERLAY).text() == prepared(rebuilt(), OVERLAY).text()


def test_the_rebuilt_description_gives_no_warning() -> None:
    assert prepared(rebuilt(), OVERLAY).warnings == ()


LOSSES: dict[str, Any] = {
    "operation GET /requests/{requestId}": lambda d: d["paths"].pop("/requests/{requestId}"),
    "operation POST /requests": lambda d: d["paths"]["/requests"].pop("post"),
    "parameter sort (query) of GET /requests": lambda d: d["paths"]["/requests"]["get"]["parameters"].pop(2),
    "response 503 of GET /requests": lambda d: d["paths"]["/requests"]["get"]["responses"].pop("503"),
    "content of 200 of GET /me": lambda d: d["paths"]["/me"]["get"]["responses"]["200"].pop("content"),
    "content of body of POST /requests": lambda d: d["paths"]["/requests"]["post"].pop("requestBody"),
    "model LocationType": lambda d: d["components"]["schemas"].pop("LocationType"),
    "property Request.subStep": lambda d: d["components"]["schemas"]["Request"]["properties"].pop("subStep"),
    "property C_GENERIC_S1.type": lambda d: d["components"]["schemas"]["C_GENERIC_S1"]["allOf"].pop(0),
    "value 'UNKNWON' of Request.priority": lambda d: d["components"]["schemas"]["RequestPriority"]["enum"].pop(),
    "value 'LOW' of RequestPriorityFilter": lambda d: d["components"]["schemas"]["RequestPriorityFilter"]["enum"].pop(),
}


@pytest.mark.parametrize(("lost", "lose"), LOSSES.items(), ids=LOSSES)
def test_whatever_a_step_loses_is_named(lost: str, lose: Any) -> None:
    before, _ = repair(rebuilt())
    after = copy.deepcopy(before)
    lose(after)
    assert lost in missing_from(after, before, ())


def test_what_a_rule_is_known_to_leave_out_is_not_lost() -> None:
    document = descriptions.sloppy()
    result, faults = repair(document)
    assert missing_from(result, document, faults) == []
    assert missing_from(result, document, ()) != []


def test_a_step_that_loses_something_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(document: Document) -> list[str]:
        del document["components"]["schemas"]["Quote"]
        return []

    monkeypatch.setattr("openapi.prepare.steps.shape_schemas", careless)
    with pytest.raises(IncompleteResult, match="model Quote") as caught:
        prepared(rebuilt(), OVERLAY)
    assert "model Quote" in caught.value.lost


# ---- what stands on the description ----


@pytest.mark.parametrize(
    ("path", "method", "losses"),
    [
        ("/requests", "post", ["requests.submit stops working: the description no longer has requests.create"]),
        ("/requests/{requestId}", "get", [
            "requests.submit stops working: the description no longer has requests.get",
            "requests.wait stops working: the description no longer has requests.get",
        ]),
        ("/catalogItems/{catalogItemId}", "get", [
            "catalog.validate stops working: the description no longer has catalog.get",
        ]),
    ],
)  # fmt: skip
def test_a_hand_written_method_that_loses_its_operation_is_named(path: str, method: str, losses: list[str]) -> None:
    document = rebuilt()
    del document["paths"][path][method]
    assert [line for line in prepared(document, OVERLAY).warnings if "stops working" in line] == losses


def test_a_body_that_is_not_json_is_refused_with_a_way_out() -> None:
    document = with_call(operation({}, body=TEXT))
    body = document["paths"]["/things"]["post"]["requestBody"]
    body["content"] = {"multipart/form-data": body["content"]["application/json"]}
    with pytest.raises(UnusableDescription, match=r"POST /things takes multipart/form-data.*overlay action"):
        prepared(document)
    way_out = [{"target": "$.paths['/things'].post", "remove": True}]
    assert "things_create" not in operation_variables(prepared(document, way_out).document)


def test_classes_keep_their_names_in_a_file_that_is_laid_out_like_the_published_v2() -> None:
    ours, theirs = (prepared(make(), OVERLAY) for make in (rebuilt, descriptions.in_place))
    assert theirs.warnings == ()
    ours_named, theirs_named = (set(one.document["components"]["schemas"]) for one in (ours, theirs))
    assert ours_named - theirs_named == {"NewRequestCommon"}
    assert theirs_named - ours_named == set()
    assert "properties" in generator_input(theirs.document)["components"]["schemas"]["NewRequest"]["properties"]


JUNK: list[Any] = [
    None, True, 5, -1.5, "", "x", [], [[]], ["a", None], {}, {"a": 1}, {"type": []}, {"$ref": "x"}, {"$ref": None},
    ref("Request"),
]  # fmt: skip


def places(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*so_far, key)
        yield from places(one, (*so_far, key))


def faulty() -> Document:
    found = descriptions.sloppy()
    paths = {path: found["paths"][path] for path in ("/requests", "/requests/{requestId}", "/me")}
    return {**found, "paths": paths}


FAULTY = faulty()


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(places(FAULTY), key=str)), st.sampled_from(JUNK)), min_size=1, max_size=3)
)
# Each of these crashed it once.
@example([(("components", "schemas", "R_BVPN_S1A", "allOf", 1, "required"), [[]])])
@example([(("components", "securitySchemes"), [[]])])
@example([(("components", "securitySchemes"), 5)])
@example([(("paths", "/requests/{requestId}"), {"$ref": None})])
def test_junk_anywhere_is_repaired_or_refused_and_never_crashes_the_build(junk: list[tuple[Any, Any]]) -> None:
    document = copy.deepcopy(FAULTY)
    for place, value in junk:
        holder: Any = document
        with contextlib.suppress(KeyError, IndexError, TypeError):  # Junk may be where the place was.
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = copy.deepcopy(value)
    try:
        result = prepared(document, OVERLAY).document
    except BuildError:
        return
    generator_input(result)
    assert set(schema_variables(result)) == set(result["components"]["schemas"])
    assert len(operation_variables(result)) == len(list(operations(result)))


def test_a_path_with_other_placeholders_is_the_same_call() -> None:
    document = rebuilt()
    document["paths"]["/requests/{id}"] = document["paths"].pop("/requests/{requestId}")
    get = document["paths"]["/requests/{id}"]["get"]
    get["parameters"] = [
        in_path("id"),
        *(one for one in get["parameters"] if one.get("$ref") != "#/components/parameters/RequestId"),
    ]
    result = prepared(document, OVERLAY)
    assert result.warnings == ()
    assert operation_variables(result.document)["requests_get"]["path"] == "/requests/{id}"


def test_a_description_that_was_prepared_before_is_prepared_again() -> None:
    once = prepare(json.dumps(rebuilt()).encode(), OVERLAY)
    twice = prepare(json.dumps(once.document).encode(), OVERLAY)
    assert schemas_of(twice) == schemas_of(once)
    assert {call["id"] for call in operation_variables(twice.document).values()} == {
        call["id"] for call in operation_variables(once.document).values()
    }


def schemas_of(description: Prepared) -> set[str]:
    return set(description.document["components"]["schemas"])
