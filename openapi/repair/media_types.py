"""The rule that reduces the media types of a body to the one that the client sends or reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi.read.document import Document, array, media_types, obj, operations, resolve
from openapi.read.errors import Repair

__all__ = ["JSON", "odd_media_types", "sent_media_type"]

JSON = "application/json"


def odd_media_types(document: Document) -> Iterator[Repair]:
    """Remove parameters from media types, and keep only the media type with the richest schema (FACTS, Models)."""
    for path, method, operation in operations(document):
        for status, holder, content in list(media_types(operation)):
            where = f"{method.upper()} {path} {status}"
            chosen: dict[str, tuple[int, str, dict[str, Any]]] = {}
            for name, media in content.items():
                kind = _media_kind(name, sent=status == "body")
                schema = obj(media).get("schema")
                entry = (_weight(document, schema, 4), name, {**obj(media), "schema": obj(schema)})
                chosen[kind] = max(chosen[kind], entry, key=lambda one: one[0]) if kind in chosen else entry
            if not chosen:
                del holder["content"]
                continue
            kind = "application/json" if "application/json" in chosen else next(iter(chosen))
            _, name, media = chosen[kind]
            if kind == "application/octet-stream" and status != "body":
                media = {**media, "schema": {"type": "string", "format": "binary"}}
            if list(content) == [kind] and content[kind] == media:
                continue
            holder["content"] = {kind: media}
            # Methods send application/json, which a server of another type may refuse.
            other_sent = status == "body" and kind == JSON and all(sent_media_type(one) != JSON for one in content)
            if name != kind:
                how = f"sent as {kind}" if other_sent else f"read as {kind}"
                yield Repair("odd-media-type", where, f"{name!r} {how}", warns=other_sent)
            for other in [other for other in content if other != name]:
                removed = frozenset({("media", f"{method.upper()} {path}", status, other)})
                yield Repair(
                    "several-media-types",
                    where,
                    f"{name!r} has the richest schema and is kept, {other!r} is not",
                    removed,
                )


def sent_media_type(name: str) -> str:
    """Return the media type of a body as a server may check it: vendor types of JSON (`+json`) stay what they are."""
    base = name.split(";")[0].strip().lower()
    return base if base.endswith("+json") else _media_kind(name, sent=True)


def _media_kind(name: str, *, sent: bool) -> str:
    base = name.split(";")[0].strip().lower()
    if base in ("", "*/*", "application/*") or re.search(r"(^|/|\+)(json|javascript)$", base):
        return "application/json"
    if sent:
        return base  # A body that the client cannot send is rejected later (prepare.steps).
    return "text/plain" if base.startswith("text/") else "application/octet-stream"


def _weight(document: Document, schema: object, depth: int) -> int:
    found = resolve(document, schema)
    if depth == 0:
        return 0
    inner = list(obj(found.get("properties")).values())
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in array(found.get(keyword))]
    around = [found["items"]] if isinstance(found.get("items"), dict) else []
    return len(found) + sum(1 + _weight(document, part, depth - 1) for part in [*inner, *parts, *around])
