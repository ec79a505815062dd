"""The steps from the bytes of a description to the prepared description. No file is read or written here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from openapi.prepare.all_of import reduce_all_of
from openapi.prepare.completeness import missing_from
from openapi.prepare.credentials import MARK, complete_credentials
from openapi.prepare.discriminators import discriminators
from openapi.prepare.handwritten import add_parameters, broken_methods
from openapi.prepare.operation_names import name_operations
from openapi.prepare.overlay import apply_overlay
from openapi.prepare.sending import sent_otherwise
from openapi.prepare.shape import shape_schemas
from openapi.read.document import Document, obj, operations
from openapi.read.errors import IncompleteResult, Repair, UnusableDescription
from openapi.read.parse import parse
from openapi.repair.rules import repair

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A description that code can be generated from.

    Attributes:
        document: the description.
        digest: SHA-256 of the vendored bytes, in hex.
        repairs: faults of the vendored file that were repaired.
        warnings: findings that need a person's attention, one line each.
    """

    document: Document
    digest: str
    repairs: tuple[Repair, ...]
    warnings: tuple[str, ...]

    def text(self) -> str:
        """Return the description as JSON, always formatted in the same way."""
        return json.dumps(self.document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def prepare(data: bytes, actions: list[dict[str, Any]]) -> Prepared:
    """Prepare a vendored description.

    Args:
        data: bytes of the vendored file.
        actions: actions of the overlay, in order.

    Raises:
        UnusableDescription: the file is not a description of this API.
        IncompleteResult: a step lost a part that no repair leaves out.
    """
    try:
        return _prepare(data, actions)
    except RecursionError:
        raise UnusableDescription("The description has schemas that are nested too deeply.") from None


def _prepare(data: bytes, actions: list[dict[str, Any]]) -> Prepared:
    vendored, faults = parse(data)
    _forget_marks(vendored)
    sound, more = repair(vendored)
    faults += more
    lost = missing_from(sound, vendored, faults)
    if lost:
        raise IncompleteResult("while repairing", lost)
    overlaid, unmatched = apply_overlay(sound, actions)
    _only_json(overlaid)
    document: Document = json.loads(json.dumps(overlaid))
    unasked = complete_credentials(document)
    renamed = name_operations(document)
    kept = add_parameters(document)
    losses = [f"{one.where}: {one.note}" for one in faults if one.warns]
    shaped = [*reduce_all_of(document), *shape_schemas(document), *discriminators(document)[1]]
    warnings = [
        *unmatched,
        *unasked,
        *losses,
        *sent_otherwise(document),
        *renamed,
        *kept,
        *shaped,
        *broken_methods(document),
    ]
    lost = missing_from(document, overlaid, ())
    if lost:
        raise IncompleteResult("while preparing", lost)
    return Prepared(document, hashlib.sha256(data).hexdigest(), tuple(faults), tuple(warnings))


def _forget_marks(document: Document) -> None:
    # A description that was prepared before, such as that of the sandbox at /doc, has these keys, which would be
    # mistaken for those of this run.
    for schema in obj(obj(document.get("components")).get("schemas")).values():
        obj(schema).pop("x-key", None)
    # Only the overlay may reduce credentials.
    for _, _, operation in operations(document):
        operation.pop(MARK, None)


def _only_json(document: Document) -> None:
    for path, method, operation in operations(document):
        content = obj(obj(operation.get("requestBody")).get("content"))
        if content and "application/json" not in content:
            raise UnusableDescription(
                f"{method.upper()} {path} takes {', '.join(content)}, and the client sends JSON only. "
                "Remove the operation with an overlay action (`remove: true`), or extend the client."
            )
