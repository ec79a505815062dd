"""The OpenAPI description that the client was generated from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import attrs

from orange_ordering_client.contract.shapes import listed, mapped

__all__ = ["Description", "Operation", "fingerprint"]

_SCHEMAS = "#/components/schemas/"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@attrs.frozen
class Operation:
    """One operation.

    Attributes:
        id: the client's name for it, such as `requests.list`.
        method, path: such as `GET` and `/requests/{requestId}`.
        data: the operation object of the description.
    """

    id: str
    method: str
    path: str
    data: Mapping[str, Any] = attrs.field(repr=False)

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """Query parameters by name."""
        found = [mapped(one) for one in listed(self.data.get("parameters"))]
        return {str(one["name"]): one for one in found if one.get("in") == "query"}

    @property
    def answers_without_arguments(self) -> bool:
        """Whether it is a GET without required parameters."""
        needed = [one for one in map(mapped, listed(self.data.get("parameters"))) if one.get("required")]
        return self.method == "GET" and "{" not in self.path and not needed


class Description:
    """A prepared description: references point to component schemas only, which have the names of the models.

    Args:
        document: the description; None for the one that the package was generated from.
    """

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.document: Mapping[str, Any] = json.loads(_packaged("description.json")) if document is None else document
        self.operations = tuple(self._operations())

    def operation(self, name: str, method: str, path: str) -> Operation | None:
        """Return the operation of a call, by its name in the client, else by method and path; None if there is none."""
        named = [one for one in self.operations if one.id == name]
        # Templates without parameters are preferred, then longer ones.
        order = sorted(self.operations, key=lambda one: (one.path.count("{"), -one.path.count("/")))
        found = [one for one in order if one.method == method.upper() and _matches(one.path, path)]
        return next(iter([*named, *found]), None)

    def resolve(self, schema: object) -> Mapping[str, Any]:
        """Return a schema with its references followed."""
        current = mapped(schema)
        while (key := self.key(current)) is not None:
            current = mapped(mapped(mapped(self.document.get("components")).get("schemas")).get(key))
        return current

    def key(self, schema: object) -> str | None:
        """Return the name of the component that a schema refers to, None if it is not a reference."""
        reference = str(mapped(schema).get("$ref", ""))
        return reference.removeprefix(_SCHEMAS) if reference.startswith(_SCHEMAS) else None

    def properties(self, schema: object) -> dict[str, Any]:
        """Return the properties of an object schema, including those of its `allOf`."""
        found = self.resolve(schema)
        result: dict[str, Any] = {}
        for part in listed(found.get("allOf")):
            result |= self.properties(part)
        return result | mapped(found.get("properties"))

    def _operations(self) -> Iterator[Operation]:
        for path, item in mapped(self.document.get("paths")).items():
            for method in _METHODS:
                data = mapped(mapped(item).get(method))
                if data:
                    resource = str(listed(data.get("tags"))[0])
                    name = str(data["operationId"]).removeprefix(f"{resource}_")
                    yield Operation(f"{resource}.{name}", method.upper(), path, data)


def fingerprint() -> str:
    """Return the SHA-256, in hex, of the description before it was prepared."""
    return str(json.loads(_packaged("inputs.json"))["description"])


def _packaged(name: str) -> str:
    return (resources.files("orange_ordering_client") / "_generated" / name).read_text("utf-8")


def _matches(template: str, path: str) -> bool:
    # The path begins with the path of the base URL, whatever it is.
    pattern = re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(template))
    return re.search(rf"{pattern}$", path) is not None
