"""The OpenAPI description that the sandbox serves."""

from __future__ import annotations

import pytest

from orange_ordering_client.sandbox import Sandbox


def test_attributes_are_collected_from_every_part_of_a_schema(sandbox: Sandbox) -> None:
    found = sandbox.description.attributes({"$ref": "#/components/schemas/NewRequest"})
    assert {"type", "requestedAt", "properties"} <= found.keys()


def test_the_description_is_never_fetched_from_elsewhere(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="outside"):
        sandbox.description.resolve({"$ref": "https://example.com/schema.json"})
