"""Warnings about what generated methods send in another way, or to another place, than the description says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi.read.document import Document, array, obj, operations, parameters
from openapi.read.merging import effective

__all__ = ["sent_otherwise"]


def sent_otherwise(document: Document) -> list[str]:
    """List the parameters and servers of a prepared description that methods do not use as declared, one line each."""
    return [
        f"{method.upper()} {path}: {warning}"
        for path, method, operation in operations(document)
        for warning in (*_servers(document, path, operation), *_parameters(document, operation))
    ]


def _servers(document: Document, path: str, operation: dict[str, Any]) -> Iterator[str]:
    own = operation.get("servers", obj(document["paths"][path]).get("servers"))
    urls = [str(obj(one).get("url")) for one in array(own)]
    if urls and own != document.get("servers"):
        yield f"its own servers ({', '.join(urls)}) are not used: methods call the base URL of the client"


def _parameters(document: Document, operation: dict[str, Any]) -> Iterator[str]:
    for parameter in parameters(operation):
        kind = effective(document, parameter.get("schema")).get("type")
        style = str(parameter.get("style", "form" if parameter.get("in") == "query" else "simple"))
        explode = bool(parameter.get("explode", style == "form"))
        if kind == "object":
            yield f"{parameter['name']} is an object, which methods refuse to send"
        elif kind == "array" and not _is_commas(style, explode=explode):
            how = f"{style}{', exploded' if explode else ''}"
            yield f"{parameter['name']} is sent comma-separated, though its style is {how}"


def _is_commas(style: str, *, explode: bool) -> bool:
    return style == "simple" or (style == "form" and not explode)
