"""Vendored bytes -> the prepared description: cured, overlaid, named, shaped. Pure: no file is read or written here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from openapi.prepare.completeness import missing_from
from openapi.prepare.credentials import MARK, settle
from openapi.prepare.handwritten import losses, supplied
from openapi.prepare.operation_names import name_operations
from openapi.prepare.overlay import applied
from openapi.prepare.shape import shaped
from openapi.read.document import Document, obj, operations
from openapi.read.errors import Cured, SomethingLost, UnusableDescription
from openapi.read.parse import parse
from openapi.repair.rules import cured

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A description that is ready to be generated from.

    Attributes:
        document: the description.
        digest: SHA-256 of the vendored bytes, in hex.
        cured: what was wrong with the vendored file.
        warnings: what a person should look at, one line each.
    """

    document: Document
    digest: str
    cured: tuple[Cured, ...]
    warnings: tuple[str, ...]

    def text(self) -> str:
        """Write the description out, the same way every time."""
        return json.dumps(self.document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def prepare(data: bytes, actions: list[dict[str, Any]]) -> Prepared:
    """Prepare a vendored description.

    Args:
        data: the vendored file, byte for byte.
        actions: of the overlay, in order.

    Raises:
        UnusableDescription: the file is not a description of this API.
        SomethingLost: a step left something out that no rule is known to leave out.
    """
    try:
        return _prepare(data, actions)
    except RecursionError:
        raise UnusableDescription("The description has schemas nested too deeply to be worked on.") from None


def _prepare(data: bytes, actions: list[dict[str, Any]]) -> Prepared:
    vendored, faults = parse(data)
    _forget_marks(vendored)
    sound, more = cured(vendored)
    faults += more
    lost = missing_from(sound, vendored, faults)
    if lost:
        raise SomethingLost("while curing", lost)
    overlaid, unmatched = applied(sound, actions)
    _only_json(overlaid)
    document: Document = json.loads(json.dumps(overlaid))
    unasked = settle(document)
    renamed = name_operations(document)
    kept = supplied(document)
    unsent = [f"{one.where}: {one.note}" for one in faults if one.fault == "required-parameter-not-sent"]
    warnings = [*unmatched, *unasked, *unsent, *renamed, *kept, *shaped(document), *losses(document)]
    lost = missing_from(document, overlaid, ())
    if lost:
        raise SomethingLost("while preparing", lost)
    return Prepared(document, hashlib.sha256(data).hexdigest(), tuple(faults), tuple(warnings))


def _forget_marks(document: Document) -> None:
    # A description that was prepared before, as our own sandbox serves it at /doc, says what each schema was called.
    # Kept, that would be taken for what this run calls them.
    for schema in obj(obj(document.get("components")).get("schemas")).values():
        obj(schema).pop("x-key", None)
    # Only the overlay says which credentials a call can do without.
    for _, _, operation in operations(document):
        operation.pop(MARK, None)


def _only_json(document: Document) -> None:
    for path, method, operation in operations(document):
        content = obj(obj(operation.get("requestBody")).get("content"))
        if content and "application/json" not in content:
            raise UnusableDescription(
                f"{method.upper()} {path} takes {', '.join(content)}, and the client sends JSON only. "
                "Leave the operation out with an overlay action (`remove: true`), or teach the client to send it."
            )
