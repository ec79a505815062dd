"""Our names and corrections reach the description, and what they no longer fit is noticed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from openapi.prepare.overlay import apply_overlay, read_overlay
from openapi.read.document import obj
from openapi.read.errors import BuildError
from openapi.repair.rules import repair
from tests.openapi.descriptions import ROOT, in_path, operation, query, small
from tests.rebuilt import rebuilt

GET = "$.paths['/requests'].get"


def one(target: str, **action: Any) -> list[dict[str, Any]]:
    return [{"target": target, **action}]


def test_an_update_is_merged_into_what_is_there() -> None:
    result, unmatched = apply_overlay(
        small(), one(GET, update={"operationId": "requests_list", "responses": {"404": {}}})
    )
    found = result["paths"]["/requests"]["get"]
    assert found["operationId"] == "requests_list"
    assert list(found["responses"]) == ["200", "404"]
    assert unmatched == []


def test_an_update_of_an_array_is_appended() -> None:
    result, _ = apply_overlay(small(), one(f"{GET}.tags", update="More"))
    assert result["paths"]["/requests"]["get"]["tags"] == ["Requests", "More"]


def test_an_update_of_a_plain_value_replaces_it() -> None:
    result, _ = apply_overlay(small(), one("$.info.title", update="Better"))
    assert result["info"]["title"] == "Better"


def test_an_update_reaches_every_match_and_none_shares_its_value() -> None:
    document = small(A={"type": "object"}, B={"type": "object"})
    actions = one("$.components.schemas.*", update={"x-tags": []}) + one(
        "$.components.schemas.A.x-tags", update="only A"
    )
    result, _ = apply_overlay(document, actions)
    assert result["components"]["schemas"]["A"]["x-tags"] == ["only A"]
    assert result["components"]["schemas"]["B"]["x-tags"] == []


def test_what_is_removed_is_gone_wherever_it_matches() -> None:
    document = small()
    document["paths"]["/requests"]["get"]["parameters"] = [query("a"), query("b"), query("a")]
    result, unmatched = apply_overlay(document, one(f"{GET}.parameters[?(@.name=='a')]", remove=True))
    assert result["paths"]["/requests"]["get"]["parameters"] == [query("b")]
    assert unmatched == []


def test_remove_false_removes_nothing() -> None:
    result, _ = apply_overlay(small(), one(GET, remove=False))
    assert result == small()


def test_actions_see_what_earlier_ones_did() -> None:
    actions = one("$.info", update={"x-new": {"a": 1}}) + one("$.info.x-new", update={"b": 2})
    assert apply_overlay(small(), actions)[0]["info"]["x-new"] == {"a": 1, "b": 2}


def test_the_document_and_the_overlay_stay_as_they_are() -> None:
    document, actions = small(), one("$.info", update={"x": []})
    before = copy.deepcopy((document, actions))
    apply_overlay(document, actions)
    assert (document, actions) == before


@pytest.mark.parametrize("path", ["/requests/{requestId}", "/requests/{id}", "/requests/{request-id}/"])
def test_a_path_is_found_whatever_its_placeholders_are_called(path: str) -> None:
    document = small()
    document["paths"][path] = {"get": operation({}, in_path(path.split("{")[1].split("}")[0]))}
    result, unmatched = apply_overlay(
        document, one("$.paths['/requests/{requestId}'].get", update={"operationId": "x"})
    )
    assert result["paths"][path]["get"]["operationId"] == "x"
    assert unmatched == []


def test_an_update_that_matches_nothing_is_reported() -> None:
    _, unmatched = apply_overlay(
        small(), one("$.components.schemas.Gone", update={"x": 1}, description="Gone is Better")
    )
    assert unmatched == ["the overlay's $.components.schemas.Gone is not in the description: Gone is Better"]


def test_an_optional_action_may_match_nothing() -> None:
    optional = {"x-optional": True, "update": {"x": 1}}
    assert apply_overlay(small(), [{"target": "$.components.schemas.Gone", **optional}]) == (small(), [])


def test_what_is_to_be_removed_and_is_not_there_is_no_finding() -> None:
    assert apply_overlay(small(), one("$.components.schemas.Gone", remove=True))[1] == []


def test_a_target_that_misses_a_call_that_is_there_is_a_mistake() -> None:
    with pytest.raises(BuildError, match="matches nothing, but the description has this operation"):
        apply_overlay(small(), one("$.paths['/requests'].GET", update={"operationId": "x"}))


@pytest.mark.parametrize("target", ["$.paths[", "$.paths['/requests'].get[?(", ""])
def test_a_target_that_is_no_json_path_is_refused(target: str) -> None:
    with pytest.raises(BuildError, match="overlay cannot be applied at"):
        apply_overlay(small(), one(target, update={}))


UNREADABLE = {
    "not yaml": ("overlay: [", "cannot be read"),
    "not an overlay": ("actions: []", "not an OpenAPI Overlay 1.0 file"),
    "no target": ("overlay: 1.0.0\nactions: [{update: {}}]", "action 1 needs a target"),
    "no effect": ("overlay: 1.0.0\nactions: [{target: $.info}]", "action 1 needs a target, and update or remove"),
}


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_is_no_overlay_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    with pytest.raises(BuildError, match=sentence):
        read_overlay(path)


def test_a_missing_overlay_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"nowhere\.yaml cannot be read"):
        read_overlay(tmp_path / "nowhere.yaml")


def test_every_action_of_ours_says_why() -> None:
    actions = read_overlay(ROOT / "openapi/overlay.yaml")
    assert [action["target"] for action in actions if not action.get("description")] == []


def test_every_correction_of_ours_gives_its_source() -> None:
    names = {"x-python-name", "operationId", "tags"}
    actions = read_overlay(ROOT / "openapi/overlay.yaml")
    corrections = [action for action in actions if not names & obj(action.get("update")).keys()]
    assert len(corrections) >= 3
    assert [action["target"] for action in corrections if "FACTS" not in action["description"]] == []


def test_every_update_of_ours_fits_the_rebuilt_description() -> None:
    assert apply_overlay(repair(rebuilt())[0], read_overlay(ROOT / "openapi/overlay.yaml"))[1] == []


SUPPLIED = {"target": "$.paths", "description": "known", "x-if-absent": True, "update": {"/me": {"get": {"x": 1}}}}


def test_what_is_absent_is_supplied_and_said() -> None:
    result, said = apply_overlay(small(), [SUPPLIED])
    assert result["paths"]["/me"] == {"get": {"x": 1}}
    assert said == ["$.paths lacks /me, which the overlay supplies: known"]


def test_what_is_there_stays_as_it_is() -> None:
    document = small()
    document["paths"]["/me"] = {"get": {"x": 2}}
    assert apply_overlay(document, [SUPPLIED]) == (document, [])


def test_of_parameters_only_those_that_are_absent_are_supplied() -> None:
    document = small()
    there = {"name": "a", "in": "query", "schema": {"type": "integer"}}
    document["paths"]["/requests"]["get"]["parameters"] = [there]
    new = {"name": "b", "in": "query", "schema": {}}
    action = {**SUPPLIED, "target": GET, "update": {"parameters": [{**there, "schema": {}}, new]}}
    result, said = apply_overlay(document, [action])
    assert result["paths"]["/requests"]["get"]["parameters"] == [there, new]
    assert len(said) == 1
