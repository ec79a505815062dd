"""Putting right what real descriptions get wrong, before anything else looks at them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from openapi.read.document import Document, obj
from openapi.read.errors import Cured
from openapi.repair import calls as cure_calls
from openapi.repair import schemas as cure_schemas

__all__ = ["RULES", "cured"]

Rule = Callable[[Document], Iterator[Cured]]


def frame(document: Document) -> Iterator[Cured]:
    """Give a description the parts around its calls that OpenAPI demands."""
    info = obj(document.get("info"))
    missing = [name for name in ("title", "version") if not isinstance(info.get(name), str)]
    if missing:
        document["info"] = {**info, **dict.fromkeys(missing, "unknown")}
        yield Cured("incomplete-info", "info", f"{' and '.join(missing)} said to be unknown")
    components = obj(document.get("components"))
    document["components"] = {**components, "schemas": obj(components.get("schemas"))}


# The order matters: later rules rely on what earlier ones made sure of.
RULES: tuple[Rule, ...] = (frame, *cure_calls.FRAME_RULES, *cure_schemas.RULES, *cure_calls.RULES)


def cured(document: Document) -> tuple[Document, list[Cured]]:
    """Apply every rule to a copy of a document.

    Returns:
        The copy, and what was wrong with the original, in the order in which it was found.
    """
    result = copy.deepcopy(document)
    faults = [fault for rule in RULES for fault in rule(result)]
    return result, faults
