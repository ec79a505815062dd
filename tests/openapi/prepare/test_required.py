"""What a description requires of a body is required, and nothing is of an answer."""

from __future__ import annotations

from typing import Any

from openapi.generate.simplify import generator_input
from tests.openapi.descriptions import operation, ref, small
from tests.openapi.prepare.test_steps import TEXT, prepared, schemas, with_call


def test_nothing_of_an_answer_is_required_and_what_a_body_requires_is() -> None:
    thing = {"type": "object", "required": ["a"], "properties": {"a": TEXT, "part": ref("Part")}}
    part = {"type": "object", "required": ["b"], "properties": {"b": TEXT}}
    found = schemas(with_call(operation(ref("Reply"), body=ref("Thing")), Thing=thing, Part=part, Reply=thing))
    assert found["Thing"]["required"] == ["a"]
    assert found["Part"]["required"] == ["b"]
    assert "required" not in found["Reply"]


def test_what_no_call_refers_to_may_be_a_body_and_keeps_what_it_requires() -> None:
    thing = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
    base, variant = {**thing, "required": []}, {"allOf": [ref("Base"), thing]}
    found = schemas(small(Apart=thing, Base=base, Variant=variant))
    assert found["Apart"]["required"] == ["a"]
    assert found["Variant"]["allOf"][1]["required"] == ["a"]


def test_a_variant_of_a_body_keeps_what_it_requires() -> None:
    base = {"type": "object", "required": ["type"], "properties": {"type": TEXT, "properties": {"type": "object"}}}
    variant = {
        "allOf": [ref("Base"), {"type": "object", "required": ["properties"], "properties": {"properties": ref("Own")}}]
    }
    own = {"type": "object", "required": ["x"], "properties": {"x": TEXT}}
    document = with_call(operation({}, body=ref("Base")), Base=base, Variant=variant, Own=own)
    found = schemas(document)
    assert found["Variant"]["allOf"][1]["required"] == ["properties"]
    assert found["Own"]["required"] == ["x"]
    shown = generator_input(prepared(document).document)["components"]["schemas"]["Variant"]
    assert shown["properties"]["properties"] == ref("Own")
    assert sorted(shown["required"]) == ["properties", "type"]


def test_what_only_answers_have_is_not_required_of_a_body_wherever_it_is_described() -> None:
    number = {"type": "string", "readOnly": True}
    said: dict[str, Any] = {
        "Number": number,
        "Base": {
            "type": "object",
            "required": ["id", "own", "by", "text"],
            "properties": {"id": number, "own": ref("Number"), "by": {**ref("Text"), "readOnly": True}, "text": TEXT},
        },
        "Text": TEXT,
        "Variant": {"allOf": [ref("Base"), {"required": ["id", "note"], "properties": {"note": TEXT}}]},
        "Only": {"allOf": [ref("Base")], "required": ["id"]},
    }
    found = schemas(with_call(operation({}, body=ref("Base")), **said))
    assert found["Base"]["required"] == ["text"]
    assert found["Variant"]["allOf"][1]["required"] == ["note"]
    assert "required" not in found["Only"]
    assert set(found["Base"]["properties"]) == {"id", "own", "by", "text"}
