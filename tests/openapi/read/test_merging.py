"""A schema is read together with what it refers to."""

from __future__ import annotations

from typing import Any

import pytest

from openapi.read.merging import effective, named_by, properties_of

REFERENCE = {"$ref": "#/components/schemas/Site"}


def document(**schemas: dict[str, Any]) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def refer(key: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{key}"}


@pytest.mark.parametrize(
    ("schema", "key"),
    [
        (REFERENCE, "Site"),
        ({"allOf": [REFERENCE], "description": "Where."}, "Site"),
        ({"allOf": [REFERENCE, REFERENCE]}, None),
        ({"allOf": []}, None),
        ({"type": "object"}, None),
        ({"$ref": "#/elsewhere/Site"}, None),
        ({"allOf": "Site"}, None),
    ],
)
def test_the_component_that_a_schema_stands_for(schema: dict[str, Any], key: str | None) -> None:
    assert named_by(schema) == key


def test_members_of_an_all_of_are_merged_and_later_ones_win() -> None:
    described = document(
        Base={"properties": {"id": {"type": "string"}, "name": {"type": "string"}}, "required": ["id"]},
        Site={
            "allOf": [refer("Base"), {"properties": {"name": {"type": "integer"}}, "required": ["id", "name"]}],
            "properties": {"city": {}},
        },
    )

    assert effective(described, refer("Site")) == {
        "properties": {"id": {"type": "string"}, "name": {"type": "integer"}, "city": {}},
        "required": ["id", "name"],
    }


def test_a_schema_that_is_a_member_of_itself_is_merged_once() -> None:
    described = document(Site={"allOf": [refer("Site")], "properties": {"city": {}}})

    assert properties_of(described, refer("Site")) == {"city": {}}


@pytest.mark.parametrize("schema", [None, 7, [], {}, {"allOf": [None, 7]}, refer("Absent")])
def test_what_is_no_object_schema_has_no_properties(schema: object) -> None:
    assert properties_of(document(), schema) == {}
