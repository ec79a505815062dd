"""The form of a description for comparisons: repaired and with the overlay, so that spellings make no difference.

The prepared form cannot be used, because it renames and moves schemas, and removes parts that only servers check.
"""

from __future__ import annotations

import copy
from typing import Any

from openapi.prepare.overlay import apply_overlay
from openapi.prepare.schema_names import pascal
from openapi.prepare.shape import HINT
from openapi.read.document import Document, all_schemas, component, obj, operations, parameters
from openapi.read.merging import named_by
from openapi.read.parse import parse
from openapi.repair.discriminators import malformed_discriminator
from openapi.repair.media_types import JSON, odd_media_types, sent_media_type
from openapi.repair.operations import unsendable_parameter
from openapi.repair.requirements import required_without_property
from openapi.repair.rules import RULES

__all__ = ["BODIES", "HEADERS", "comparable", "labels"]

HEADERS = "x-header-parameters"
"""Key for header and cookie parameters, which generated methods do not send, but a server may require."""
BODIES = "x-body-media-types"
"""Key for the media types of a body as a server may check them; vendor types (`+json`) are repaired to JSON."""

_PLACES = ("header", "cookie")
# These rules remove parts that a server may check.
_NOT_APPLIED = (malformed_discriminator, required_without_property)


def comparable(data: bytes, actions: list[dict[str, Any]]) -> Document:
    """Parse a description into the form for comparisons.

    Args:
        data: bytes of the description.
        actions: actions of the overlay, in order.

    Raises:
        UnusableDescription: the file is not a description of this API.
    """
    document = copy.deepcopy(parse(data)[0])
    for rule in RULES:
        if rule is unsendable_parameter:
            _keep_headers(document)
        if rule is odd_media_types:
            _keep_media_types(document)
        if rule not in _NOT_APPLIED:
            list(rule(document))
    return apply_overlay(document, actions)[0]


def _keep_headers(document: Document) -> None:
    for _, _, operation in operations(document):
        kept = [copy.deepcopy(one) for one in parameters(operation) if one.get("in") in _PLACES]
        if kept:
            operation[HEADERS] = kept


def _keep_media_types(document: Document) -> None:
    for _, _, operation in operations(document):
        content = obj(obj(operation.get("requestBody")).get("content"))
        kinds = sorted({sent_media_type(name) for name in content})
        if kinds:
            # The client sends JSON wherever it is taken.
            operation[BODIES] = [JSON] if JSON in kinds else kinds


def labels(document: Document) -> dict[str, str]:
    """Return the class name of each component schema by key, from the overlay or the key."""
    found = {key: pascal(key) for key in obj(obj(document.get("components")).get("schemas"))}
    for schema, where in all_schemas(document):
        key = named_by(schema) or component(where)
        if HINT in schema and key in found:
            found[key] = str(schema[HINT])
    return found
