"""The rules that repair a description, in order."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from openapi.read.document import Document, obj
from openapi.read.errors import Repair
from openapi.repair import operations, schemas

__all__ = ["RULES", "repair"]

Rule = Callable[[Document], Iterator[Repair]]


def frame(document: Document) -> Iterator[Repair]:
    """Add the required parts of `info` and `components` that are missing."""
    info = obj(document.get("info"))
    missing = [name for name in ("title", "version") if not isinstance(info.get(name), str)]
    if missing:
        document["info"] = {**info, **dict.fromkeys(missing, "unknown")}
        yield Repair("incomplete-info", "info", f"{' and '.join(missing)} set to unknown")
    components = obj(document.get("components"))
    document["components"] = {**components, "schemas": obj(components.get("schemas"))}


# The order matters: later rules rely on the effect of earlier ones.
RULES: tuple[Rule, ...] = (frame, *operations.FRAME_RULES, *schemas.RULES, *operations.RULES)


def repair(document: Document) -> tuple[Document, list[Repair]]:
    """Apply every rule to a copy of a document.

    Returns:
        The copy, and the faults of the original in the order of detection.
    """
    result = copy.deepcopy(document)
    faults = [fault for rule in RULES for fault in rule(result)]
    return result, faults
