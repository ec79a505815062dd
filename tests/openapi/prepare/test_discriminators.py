"""What decoders can use of the discriminators, and warnings about what they cannot use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi.prepare.discriminators import discriminators
from openapi.prepare.steps import prepare
from tests.openapi.descriptions import ref, small

TEXT = {"type": "string"}
ANIMAL = {"type": "object", "properties": {"kind": TEXT, "sort": TEXT}}
BOTH = [ref("Cat"), ref("Dog")]
WRAPPED = [{"allOf": [one], "description": "d"} for one in BOTH]


def union(property_name: str | None, mapping: Any = None, options: Any = BOTH) -> Any:
    said = {"propertyName": property_name, **({"mapping": mapping} if mapping else {})}
    return {"oneOf": options, **({"discriminator": said} if property_name else {})}


def of(*unions: Any) -> tuple[Any, list[str]]:
    named = {f"Pet{index}": one for index, one in enumerate(unions)}
    prepared = prepare(json.dumps(small(Cat=ANIMAL, Dog=ANIMAL, Fox=ANIMAL, **named)).encode(), [])
    warnings = [one for one in prepared.warnings if "discriminator" in one]
    return discriminators(prepared.document)[0], warnings


IMPLICIT = {"Cat": "Cat", "Dog": "Dog"}
USED: dict[str, tuple[list[Any], Any]] = {
    "one": ([union("kind", {"c": "Cat", "d": "Dog"})], {"c": "Cat", "d": "Dog"}),
    "of options in an allOf": ([union("kind", None, WRAPPED)], IMPLICIT),
    "beside text": ([union("kind", None, [*BOTH, TEXT])], IMPLICIT),
    "beside null": ([union("kind", None, [*BOTH, {"type": "null"}])], IMPLICIT),
    "with and without a mapping": (
        [union("kind", {"c": "Cat", "d": "Dog"}), union("kind"), union(None)],
        {"c": "Cat", "d": "Dog", **IMPLICIT},
    ),
}


@pytest.mark.parametrize(("unions", "mapping"), USED.values(), ids=USED.keys())
def test_a_discriminator_is_used(unions: Any, mapping: Any) -> None:
    assert of(*unions) == ({"Cat|Dog": {"property": "kind", "mapping": mapping}}, [])


@pytest.mark.parametrize(
    "other",
    [union("sort"), union("kind", {"Cat": "Dog", "Dog": "Cat"})],
    ids=["of another property", "with another meaning"],
)
def test_contradicting_discriminators_of_the_same_classes_are_a_warning(other: Any) -> None:
    found, warnings = of(union("kind"), other)
    assert found == {}
    (warning,) = warnings
    assert warning.startswith("#/components/schemas/Pet1: its discriminator is not used")
    assert warning.endswith("it contradicts that of #/components/schemas/Pet0")


def test_a_discriminator_that_names_none_of_its_classes_is_a_warning() -> None:
    wrapped = [{"allOf": [one, {"properties": {"more": TEXT}}]} for one in BOTH]
    found, warnings = of(union("kind", {"f": "Fox"}, wrapped))
    assert found == {}
    assert [one.rsplit(": ", 1)[1] for one in warnings] == ["it names none of its classes"]
