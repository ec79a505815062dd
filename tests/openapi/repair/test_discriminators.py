"""A discriminator names every option of its union, as OpenAPI says."""

from __future__ import annotations

from typing import Any

import pytest

from openapi.repair.rules import repair
from tests.openapi.descriptions import ref, small

ANIMAL = {"type": "object", "properties": {"kind": {"type": "string"}}}
CAT, DOG = (f"#/components/schemas/{key}" for key in ("Cat", "Dog"))


def mapping_of(discriminator: Any, *options: Any) -> Any:
    pet = {"oneOf": list(options) or [ref("Cat"), ref("Dog")], "discriminator": discriminator}
    document, faults = repair(small(Cat=ANIMAL, Dog=ANIMAL, Pet=pet))
    warned = [one.where for one in faults if one.warns]
    return document["components"]["schemas"]["Pet"].get("discriminator", {}).get("mapping"), warned


@pytest.mark.parametrize(
    ("mapping", "whole"),
    [
        (None, {"Cat": CAT, "Dog": DOG}),
        ({"cat": CAT}, {"cat": CAT, "Dog": DOG}),
        ({"cat": "Cat", "dog": DOG}, {"cat": CAT, "dog": DOG}),
        ({"Dog": CAT}, {"Dog": CAT}),
    ],
    ids=["none", "one option", "all options", "a value that is the key of another"],
)
def test_an_option_without_a_mapping_is_named_by_its_key(mapping: Any, whole: Any) -> None:
    said = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    assert mapping_of(said) == (whole, [])


def test_an_option_in_an_all_of_is_named_too() -> None:
    options = [{"allOf": [ref(key)], "description": key} for key in ("Cat", "Dog")]
    assert mapping_of({"propertyName": "kind"}, *options) == ({"Cat": CAT, "Dog": DOG}, [])


def test_a_union_whose_discriminator_is_removed_is_a_warning() -> None:
    assert mapping_of({"mapping": {"cat": CAT}}) == (None, ["#/components/schemas/Pet"])
