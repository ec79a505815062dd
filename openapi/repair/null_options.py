"""The rule that reads the null option of a union, as OpenAPI 3.1 writes it, as `nullable`."""

from __future__ import annotations

from collections.abc import Iterator

from openapi.read.document import Document, Schema, array, is_array, map_schemas, obj
from openapi.read.errors import Repair
from openapi.read.merging import is_null

__all__ = ["null_option"]

_ANNOTATIONS = {"description", "title", "deprecated", "readOnly", "writeOnly", "nullable"}


def null_option(document: Document) -> Iterator[Repair]:
    """Replace the null option of an `anyOf` or `oneOf` by `nullable`; one option that is left is no union any more."""
    found: list[Repair] = []

    def visit(schema: Schema, where: str) -> Schema:
        for keyword in ("anyOf", "oneOf"):
            options = [obj(one) for one in array(schema.get(keyword))]
            kept = [one for one in options if not is_null(document, one)]
            if not is_array(schema.get(keyword)) or len(kept) == len(options):
                continue
            found.append(Repair("null-option", where, f"the null option of its {keyword} was replaced by nullable"))
            rest = {key: value for key, value in schema.items() if key != keyword}
            if len(kept) > 1:
                schema = {**rest, keyword: kept, "nullable": True}
            else:
                rest.pop("discriminator", None)  # It chose between the options.
                schema = {**(_beside(rest, kept[0]) if kept else rest), "nullable": True}
        return schema

    map_schemas(document, visit)
    yield from found


def _beside(rest: Schema, option: Schema) -> Schema:
    """Combine the keywords beside a union with its only option."""
    if "$ref" not in option and rest.keys() <= _ANNOTATIONS:
        return {**option, **rest}
    return {**rest, "allOf": [*array(rest.get("allOf")), option]}
