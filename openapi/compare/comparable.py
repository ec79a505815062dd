"""A description in the form that two of them are compared in: cured and overlaid, so that spelling is no difference.

Not the prepared form: that one renames and hoists schemas for Python's sake, and drops what only servers care about.
"""

from __future__ import annotations

import copy
from typing import Any

from openapi.prepare.overlay import applied
from openapi.prepare.schema_names import pascal
from openapi.prepare.shape import HINT
from openapi.read.document import Document, array, component, map_schemas, obj, operations, parameters
from openapi.read.parse import parse
from openapi.repair.calls import unsendable_parameter
from openapi.repair.rules import RULES
from openapi.repair.schemas import malformed_discriminator, required_without_property

__all__ = ["HEADERS", "comparable", "labels"]

HEADERS = "x-header-parameters"
"""Where a comparable description keeps the parameters that generated methods cannot send: a server may demand them."""

_PLACES = ("header", "cookie")
# They leave out what Python has no use for, and what a server may check all the same.
_NOT_APPLIED = (malformed_discriminator, required_without_property)


def comparable(data: bytes, actions: list[dict[str, Any]]) -> Document:
    """Read a description for comparing it.

    Args:
        data: the description, as received.
        actions: of the overlay, in order.

    Raises:
        UnusableDescription: the file is not a description of this API.
    """
    document = copy.deepcopy(parse(data)[0])
    for rule in RULES:
        if rule is unsendable_parameter:
            _keep_headers(document)
        if rule not in _NOT_APPLIED:
            list(rule(document))
    return applied(document, actions)[0]


def _keep_headers(document: Document) -> None:
    for _, _, operation in operations(document):
        kept = [copy.deepcopy(one) for one in parameters(operation) if one.get("in") in _PLACES]
        if kept:
            operation[HEADERS] = kept


def labels(document: Document) -> dict[str, str]:
    """Give each component schema the name that its class has, as far as the overlay or its key says it."""
    found = {key: pascal(key) for key in obj(obj(document.get("components")).get("schemas"))}

    def visit(schema: dict[str, Any], where: str) -> dict[str, Any]:
        parts = array(schema.get("allOf"))
        reference = schema.get("$ref") or (obj(parts[0]).get("$ref") if len(parts) == 1 else None)
        key = component(reference) or component(where)
        if HINT in schema and key in found:
            found[key] = str(schema[HINT])
        return schema

    map_schemas(copy.deepcopy(document), visit)
    return found
