"""The rule that repairs discriminators."""

from __future__ import annotations

from collections.abc import Iterator

from openapi.read.document import SCHEMA_PREFIX, Document, Schema, array, component, map_schemas, obj
from openapi.read.errors import Repair
from openapi.read.merging import named_by

__all__ = ["malformed_discriminator"]


def malformed_discriminator(document: Document) -> Iterator[Repair]:
    """Complete the mapping of a discriminator, or remove one that does not map values to schemas (FACTS, Models).

    The published one names the property `type`, whose values are catalog items, not schemas. A validator would find no
    schema of that name and reject the data.
    """
    known = obj(obj(document.get("components")).get("schemas"))
    found: list[Repair] = []

    def visit(schema: Schema, where: str) -> Schema:
        if "discriminator" not in schema:
            return schema
        said = obj(schema["discriminator"])
        options = [*array(schema.get("oneOf")), *array(schema.get("anyOf"))]
        targets = {value: component(target) or target for value, target in obj(said.get("mapping")).items()}
        mapping = {value: key for value, key in targets.items() if isinstance(key, str) and key in known}
        # The value of an option without a mapping is its key (OpenAPI 3.0.3, Discriminator Object).
        implicit = [key for key in (named_by(obj(one)) for one in options) if key and key not in mapping.values()]
        mapping |= {key: key for key in implicit if key not in mapping}
        if not isinstance(said.get("propertyName"), str) or not mapping:
            note = "it maps no value to a schema: removed"
            found.append(Repair("malformed-discriminator", where, note, warns=bool(options)))
            return {key: value for key, value in schema.items() if key != "discriminator"}
        better = {
            "propertyName": said["propertyName"],
            "mapping": {value: f"{SCHEMA_PREFIX}{key}" for value, key in mapping.items()},
        }
        if said == better:
            return schema
        found.append(Repair("malformed-discriminator", where, "written in the form of OpenAPI"))
        return {**schema, "discriminator": better}

    map_schemas(document, visit)
    yield from found
