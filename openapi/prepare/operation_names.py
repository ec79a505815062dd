"""Python names of the operations that the overlay does not name, made from method and path."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import fix_reserved_words

from openapi.read.document import Document, obj, operations, parameters, path_identity, resolve

__all__ = ["RESERVED_METHODS", "RESERVED_RESOURCES", "name_operations", "operation_name", "singular", "snake"]

# Attributes of hand-written classes, which would hide generated ones (a test compares both tables with the classes),
# and names that are reserved for later.
RESERVED_RESOURCES = {
    "aclose", "close", "from_env", "models", "options", "raw", "registry", "resources", "send", "settings",
    "with_options",
}  # fmt: skip
RESERVED_METHODS = {
    "requests": {"raw", "submit", "submit_many", "validate", "wait", "watch", "watch_many", "wait_many"},
    "catalog": {"raw", "validate", "validate_wire"},
}
_RESERVED_EVERYWHERE = {"raw", "submit", "validate", "wait", "watch", "send"}
_VERSION = re.compile(r"v\d+")


def snake(name: str) -> str:
    """Convert a name to snake_case: letters, digits and single underscores, starting with a letter."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", name)
    plain = re.sub(r"[^a-zA-Z0-9]+", "_", spaced).strip("_").lower()
    return plain if plain[:1].isalpha() else f"x_{plain}".rstrip("_")


def singular(word: str) -> str:
    """Convert an English plural to singular by rules of spelling: `notes` -> `note`; `status` is unchanged."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", word):
        return word[:-2]
    if word.endswith("s") and not re.search(r"(ss|us|is)$", word):
        return word[:-1]
    return word


def operation_name(operation: dict[str, Any]) -> str:
    """Return the dotted name of a named operation, as users write it: `requests.list`."""
    resource = operation["tags"][0]
    return f"{resource}.{operation['operationId'].removeprefix(resource + '_')}"


def name_operations(document: Document) -> list[str]:
    """Set the `operationId` of every operation to `<resource>_<method>`, and its resource as the only tag.

    Operations named by the overlay keep their names. Another operation has the resource of the named operations whose
    path has the same first segment; if there are none, its resource is the segment. Collisions are resolved by longer
    names; the shortest path keeps the short name. Names do not depend on the order in the file.

    Returns:
        One line for each operation that got another name because hand-written code uses its name.
    """
    renamed: list[str] = []
    found = sorted(operations(document), key=lambda one: (one[0].count("/"), path_identity(one[0]), one[0], one[1]))
    resources: dict[str, str] = {}
    taken: set[str] = set()
    for path, _, operation in found:
        if operation.get("operationId") and operation.get("tags"):
            resources.setdefault(_head(path), operation["tags"][0])
            taken.add(operation["operationId"])
    paths = {path_identity(path) for path, _, _ in found}
    for path, method, operation in found:
        if operation.get("operationId") and operation.get("tags"):
            operation["tags"] = operation["tags"][:1]
            continue
        head = _head(path)
        if head not in resources and head.removesuffix("_resource") != head:
            renamed.append(f"{method.upper()} {path} belongs to {head}: the client uses the plain name")
        resource = resources.setdefault(head, head)
        candidates = (f"{resource}_{name}" for name in _candidates(document, path, method, operation, paths, resource))
        operation["operationId"] = next(name for name in candidates if name not in taken)
        operation["tags"] = [resource]
        taken.add(operation["operationId"])
        name = operation_name(operation)
        plain = name.removeprefix(f"{resource}.").removesuffix("_call")
        if plain in _reserved(resource):
            renamed.append(f"{method.upper()} {path} is {name}: {resource}.{plain} is reserved for hand-written code")
    return renamed


def _literals(path: str) -> list[str]:
    segments = [segment for segment in path.split("/") if segment and "{" not in segment]
    return segments[1:] if len(segments) > 1 and _VERSION.fullmatch(segments[0]) else segments


def _head(path: str) -> str:
    name = snake((_literals(path) or ["root"])[0])
    # The generator appends an underscore to names that Python or its own code uses.
    unusable = name in RESERVED_RESOURCES or fix_reserved_words(name) != name
    return f"{name}_resource" if unusable else name


def _reserved(resource: str) -> set[str]:
    return _RESERVED_EVERYWHERE | RESERVED_METHODS.get(resource, set())


def _candidates(
    document: Document, path: str, method: str, operation: dict[str, Any], paths: set[str], resource: str
) -> Iterator[str]:
    literals = [snake(segment) for segment in _literals(path)][1:]
    last_is_item = path.rstrip("/").endswith("}")
    verb = _verb(document, path, method, operation, paths, last_is_item=last_is_item)
    *outer, last = literals or [""]
    many = verb.startswith("list")
    thing = "_".join([*(singular(one) for one in outer), last if many else singular(last)]) if last else ""
    if method == "post" and last and not last_is_item and singular(last) == last:
        yield _safe("_".join([*(singular(one) for one in outer), last]), resource)  # POST /orders/{id}/cancel -> cancel
    yield _safe("_".join(filter(None, [verb, thing])), resource)
    by = [snake(name) for name in re.findall(r"\{([^{}]+)\}", path)]
    yield _safe("_".join(filter(None, [verb, thing, *(["by", *by] if by else [])])), resource)
    full = "_".join(filter(None, [verb, thing, method, *by]))
    yield full
    for number in range(2, 1000):
        yield f"{full}_{number}"


def _verb(
    document: Document, path: str, method: str, operation: dict[str, Any], paths: set[str], *, last_is_item: bool
) -> str:
    if method == "get":
        return "get" if last_is_item or not _is_list(document, path, operation, paths) else "list"
    siblings = obj(obj(document["paths"]).get(path))
    verbs = {"post": "create", "put": "replace" if "patch" in siblings else "update", "patch": "update"}
    return verbs.get(method, method)


def _is_list(document: Document, path: str, operation: dict[str, Any], paths: set[str]) -> bool:
    names = {parameter.get("name") for parameter in parameters(operation)}
    for status, response in obj(operation.get("responses")).items():
        schema = obj(obj(obj(response.get("content")).get("application/json")).get("schema"))
        if status.startswith("2") and schema:
            return resolve(document, schema).get("type") == "array" or {"offset", "limit"} <= names
    return {"offset", "limit"} <= names or f"{path_identity(path)}/{{}}" in paths


def _safe(name: str, resource: str) -> str:
    # The name has no trailing underscore, because the generator would remove it.
    return f"{name}_call" if keyword.iskeyword(name) or name in _reserved(resource) else name
