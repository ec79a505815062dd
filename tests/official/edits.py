"""Edits of a description as its authors, a tool or a slip of the hand would make them, chosen by a seed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

__all__ = ["EDITS", "edited"]

Document = dict[str, Any]
Edit = Callable[[Random, Document], object]

METHODS = ("get", "post", "put", "patch", "delete")
ODD_NAMES = ("class", "a-b", "a_b", "@type", "+1", "été", "self", "x" * 80, "limit ", "filter[name]", "to_dict", "2nd")
TYPES = ("string", "integer", "number", "boolean", "object", "array", "null", "file")


def edited(document: Document, seed: int) -> tuple[Document, list[str]]:
    """Edit a copy of a description one to three times.

    Returns:
        The copy, and the names of the edits in it.
    """
    random = Random(seed)  # noqa: S311  # the same edits for the same seed are wanted, not secrets
    result = copy.deepcopy(document)
    names = [random.choice(list(EDITS)) for _ in range(random.randint(1, 3))]
    for name in names:
        EDITS[name](random, result)
    return result, names


def _calls(document: Document) -> list[tuple[str, str, Any]]:
    paths = document["paths"]
    return [
        (path, method, paths[path][method]) for path in sorted(paths) for method in METHODS if method in paths[path]
    ]


def _call(random: Random, document: Document) -> Any:
    return random.choice(_calls(document))[2]


def _schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def _objects(document: Document) -> list[Any]:
    return [one for _, one in sorted(_schemas(document).items()) if one.get("properties")]


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _enums(document: Document) -> list[Any]:
    return [one for one in _nodes(document) if isinstance(one.get("enum"), list)]


def _schema(random: Random, document: Document) -> Document:
    kind = random.choice(TYPES)
    reference = {"$ref": f"#/components/schemas/{random.choice(sorted(_schemas(document)))}"}
    return random.choice([{"type": kind}, reference, {"type": "array", "items": reference}, {}])


def operation_removed(random: Random, document: Document) -> None:
    path, method, _ = random.choice(_calls(document))
    del document["paths"][path][method]


def path_renamed(random: Random, document: Document) -> None:
    path = random.choice(sorted(document["paths"]))
    document["paths"][f"{path}2"] = document["paths"].pop(path)


def operation_added(random: Random, document: Document) -> None:
    _, _, call = random.choice(_calls(document))
    word = random.choice(["submit", "self", "list", "raw", "wait", "newThings"])
    document["paths"][f"/requests/{word}"] = {"get": {**copy.deepcopy(call), "operationId": word}}


def operation_id_removed(random: Random, document: Document) -> None:
    _call(random, document).pop("operationId", None)


def operation_id_twice(random: Random, document: Document) -> None:
    _call(random, document)["operationId"] = _call(random, document).get("operationId", "x")


def tags_changed(random: Random, document: Document) -> None:
    _call(random, document)["tags"] = random.choice([[], ["Other things"], ["Ordering", "Catalog Management"]])


def parameter_removed(random: Random, document: Document) -> None:
    parameters = _call(random, document).get("parameters") or [None]
    parameters.pop(random.randrange(len(parameters)))


def parameter_required(random: Random, document: Document) -> None:
    for one in _call(random, document).get("parameters", [])[:1]:
        one["required"] = True


def parameter_retyped(random: Random, document: Document) -> None:
    for one in _call(random, document).get("parameters", [])[-3:]:
        one["schema"] = _schema(random, document)


def parameter_added(random: Random, document: Document) -> None:
    place, name = random.choice(["query", "header", "cookie", "path"]), random.choice(ODD_NAMES)
    one = {"name": name, "in": place, "required": random.random() < 0.5, "schema": _schema(random, document)}
    _call(random, document).setdefault("parameters", []).append(one)


def parameter_twice(random: Random, document: Document) -> None:
    parameters = _call(random, document).get("parameters", [])
    parameters += copy.deepcopy(parameters[:1])


def property_removed(random: Random, document: Document) -> None:
    properties = random.choice(_objects(document))["properties"]
    del properties[random.choice(sorted(properties))]


def property_renamed(random: Random, document: Document) -> None:
    properties = random.choice(_objects(document))["properties"]
    properties[random.choice(ODD_NAMES)] = properties.pop(random.choice(sorted(properties)))


def property_retyped(random: Random, document: Document) -> None:
    properties = random.choice(_objects(document))["properties"]
    properties[random.choice(sorted(properties))] = _schema(random, document)


def property_added(random: Random, document: Document) -> None:
    random.choice(_objects(document))["properties"][random.choice(ODD_NAMES)] = _schema(random, document)


def property_nullable(random: Random, document: Document) -> None:
    properties = random.choice(_objects(document))["properties"]
    one = properties[random.choice(sorted(properties))]
    one["nullable"] = True


def required_changed(random: Random, document: Document) -> None:
    one = random.choice(_objects(document))
    one["required"] = random.choice([sorted(one["properties"]), ["nothing"], [], "id"])


def schema_removed(random: Random, document: Document) -> None:
    del _schemas(document)[random.choice(sorted(_schemas(document)))]


def schema_renamed(random: Random, document: Document) -> None:
    schemas = _schemas(document)
    old = random.choice(sorted(schemas))
    new = random.choice([f"{old}V2", f"{old}.Item", "Page", "list", "Answer"])
    schemas[new] = schemas.pop(old)
    for node in _nodes(document):
        if node.get("$ref") == f"#/components/schemas/{old}":
            node["$ref"] = f"#/components/schemas/{new}"


def schema_titled(random: Random, document: Document) -> None:
    title = random.choice(["Request", "Body", ""])
    for key in random.sample(sorted(_schemas(document)), 2):
        _schemas(document)[key]["title"] = title


def schema_replaced(random: Random, document: Document) -> None:
    _schemas(document)[random.choice(sorted(_schemas(document)))] = _schema(random, document)


def schema_combined(random: Random, document: Document) -> None:
    parts = [_schema(random, document), _schema(random, document)]
    word = random.choice(["allOf", "anyOf", "oneOf"])
    random.choice(_objects(document))["properties"]["combined"] = {word: parts}


def enum_widened(random: Random, document: Document) -> None:
    random.choice(_enums(document))["enum"] += [random.choice(["", "a b", "A-B", "a\nb", "None", 1, None, "é"])]


def enum_narrowed(random: Random, document: Document) -> None:
    values = random.choice(_enums(document))["enum"]
    del values[1:]


def response_removed(random: Random, document: Document) -> None:
    responses = _call(random, document)["responses"]
    del responses[random.choice(sorted(responses))]


def response_added(random: Random, document: Document) -> None:
    status = random.choice(["202", "204", "default", "2XX", "418"])
    content = {random.choice(["application/json", "text/csv", "*/*"]): {"schema": _schema(random, document)}}
    _call(random, document)["responses"][status] = {"description": "Another.", "content": content}


def response_replaced(random: Random, document: Document) -> None:
    call = _call(random, document)
    for status, response in call["responses"].items():
        if status.startswith("2"):
            response["content"] = {"application/json": {"schema": _schema(random, document)}}


def media_type_changed(random: Random, document: Document) -> None:
    for response in _call(random, document)["responses"].values():
        for content in list(response.get("content", {}).values())[:1]:
            response["content"] = {random.choice(["application/xml", "application/hal+json", "text/plain"]): content}


def count_headers_removed(random: Random, document: Document) -> None:
    for response in _call(random, document)["responses"].values():
        response.pop("headers", None)


def body_removed(random: Random, document: Document) -> None:
    for _, _, call in _calls(document):
        if call.pop("requestBody", None):
            return


def deprecated(random: Random, document: Document) -> None:
    _call(random, document)["deprecated"] = True


def nulled(random: Random, document: Document) -> None:
    node = random.choice([one for one in _nodes(document["paths"]) if one])
    node[random.choice(sorted(node))] = None


def misspelt(random: Random, document: Document) -> None:
    node = random.choice([one for one in _nodes(document) if one and one is not document])
    key = random.choice(sorted(node))
    node[f"{key}s"] = node.pop(key)


def version_changed(random: Random, document: Document) -> None:
    document["openapi"] = random.choice(["3.0.0", "3.1.0", "2.0", "3.0.99"])


def security_changed(random: Random, document: Document) -> None:
    document["security"] = random.choice([[], [{}], [{"nobody": []}]])


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        operation_removed,
        path_renamed,
        operation_added,
        operation_id_removed,
        operation_id_twice,
        tags_changed,
        parameter_removed,
        parameter_required,
        parameter_retyped,
        parameter_added,
        parameter_twice,
        property_removed,
        property_renamed,
        property_retyped,
        property_added,
        property_nullable,
        required_changed,
        schema_removed,
        schema_renamed,
        schema_titled,
        schema_replaced,
        schema_combined,
        enum_widened,
        enum_narrowed,
        response_removed,
        response_added,
        response_replaced,
        media_type_changed,
        count_headers_removed,
        body_removed,
        deprecated,
        nulled,
        misspelt,
        version_changed,
        security_changed,
    )
}
