"""The OpenAPI description of the API: operations, parameters, security."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from orange_ordering_client.sandbox.api.documented import KEYLESS, OPTIONAL_PATHS, PARAMETERS, identity, name_of
from orange_ordering_client.sandbox.domain.clients import FULL, READONLY

__all__ = ["Description", "Operation", "Parameter", "packaged"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PACKAGED = Path(__file__).resolve().parents[2] / "_generated" / "description.json"
# Part of security schemes or of HTTP itself: OpenAPI 3.0 ignores such header parameters.
_NOT_PARAMETERS = frozenset({"x-api-key", "authorization", "accept", "content-type"})


@dataclass(frozen=True)
class Parameter:
    """One declared parameter."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One declared operation.

    Attributes:
        id: the SDK's name, such as `requests.create`; the description's operationId if the SDK has no name for it.
        method, template: such as `GET` and `/requests/{requestId}`.
        parameters: of the path, the query and the headers.
        needs_token, needs_key: credentials that it needs.
        scopes: a token needs at least one of them.
        data: the operation object of the description.
    """

    id: str
    method: str
    template: str
    parameters: tuple[Parameter, ...]
    needs_token: bool
    needs_key: bool
    scopes: frozenset[str]
    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Method and path template: `POST /requests`."""
        return f"{self.method} {self.template}"

    def placed(self, place: str) -> Iterable[Parameter]:
        """Return the parameters of one place: `path`, `query` or `header`."""
        return (parameter for parameter in self.parameters if parameter.place == place)


class Description:
    """An OpenAPI 3.0 document.

    Args:
        document: the document; it must not change afterwards.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        servers: list[dict[str, Any]] = self.document.get("servers") or [{"url": ""}]
        server: str = servers[0]["url"]
        self.base_path = urlsplit(server).path.rstrip("/")
        self.operations = tuple(sorted(self._operations(), key=lambda operation: operation.template.count("{")))
        self._models: dict[str, Mapping[str, Any]] = {}
        self._matchers = [(_matcher(operation.template), operation) for operation in self.operations]

    def find(self, raw_path: str) -> tuple[dict[str, Operation], dict[str, str]]:
        """Find the operations of a path; return them by method, and the values of the path parameters.

        A template without parameters is preferred to one with them. If no template matches, both results are empty.

        Args:
            raw_path: the path as sent, percent-encoded, with the base path.
        """
        if not raw_path.startswith(f"{self.base_path}/"):
            return {}, {}
        for matcher, first in self._matchers:
            match = matcher.fullmatch(raw_path, len(self.base_path))
            if match:
                values = [unquote(value) for value in match.groups()]
                path = identity(first.template)
                same = {other.method: other for other in self.operations if identity(other.template) == path}
                # Two methods of one path may give its parameters different names.
                named = [zip(_names(other.template), values, strict=True) for other in same.values()]
                return same, {name: value for pairs in named for name, value in pairs}
        return {}, {}

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the node that a local `$ref` points to, or the node itself if it is no reference.

        Raises:
            ValueError: the reference is not local; nothing is fetched.
        """
        while "$ref" in node:
            reference: str = node["$ref"]
            if not reference.startswith("#/"):
                raise ValueError(f"{reference!r} points outside of the description.")
            target: Any = self.document
            for piece in reference[2:].split("/"):
                target = target[unquote(piece).replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def attributes(self, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the attributes of an object schema by wire name, including those of `allOf`."""
        schema = self.resolve(schema)
        found: dict[str, Mapping[str, Any]] = {}
        for part in schema.get("allOf", ()):
            found |= self.attributes(part)
        found |= schema.get("properties", {})
        return found

    def success(self, operation: Operation) -> Mapping[str, Any]:
        """Return the schema of a successful response, the largest if there are several, `{}` if there is none."""
        responses: Mapping[str, Any] = operation.data.get("responses", {})
        declared = [self.resolve(responses[status]) for status in responses if status.startswith("2")]
        media = [media for one in declared for media in one.get("content", {}).values()]
        schemas = [self.resolve(one["schema"]) for one in media if one.get("schema")]
        # Official files repeat a media type with an empty schema next to the real one.
        nothing: Mapping[str, Any] = {}
        return max(schemas, key=lambda schema: len(str(schema)), default=nothing)

    def model(self, operation: Operation) -> Mapping[str, Any]:
        """Return the attributes that the successful responses of an operation can have, by wire name."""
        if operation.id not in self._models:
            schema = self.success(operation)
            self._models[operation.id] = self.attributes(schema.get("items", schema))
        return self._models[operation.id]

    def _operations(self) -> Iterable[Operation]:
        paths: Mapping[str, Any] = self.document["paths"]
        for template, item in paths.items():
            shared = item.get("parameters", ())
            for method in _METHODS:
                if method in item:
                    yield self._operation(method.upper(), template, item[method], shared)
        for template in OPTIONAL_PATHS:
            if "get" not in paths.get(template, {}):
                yield self._operation("GET", template, {}, ())

    def _operation(self, method: str, template: str, data: Mapping[str, Any], shared: Iterable[Any]) -> Operation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for raw in (*shared, *data.get("parameters", ())):
            found = self.resolve(raw)
            if found["in"] == "header" and found["name"].lower() in _NOT_PARAMETERS:
                continue
            schema = self.resolve(found.get("schema", {}))
            parameter = Parameter(found["name"], found["in"], bool(found.get("required")), schema)
            parameters[parameter.place, parameter.name] = parameter
        name = name_of(method, template, data.get("operationId"))
        for known, schema in PARAMETERS.get(name or "", {}).items():
            parameters.setdefault(("query", known), Parameter(known, "query", False, schema))
        needed = self._security(data)
        scopes = frozenset(scope for some in needed.values() for scope in some) or frozenset({FULL})
        if method in ("GET", "HEAD") and FULL in scopes:
            # The other scope is for reading (FACTS, Authentication, P3), even if a file requires one scope everywhere.
            scopes |= {READONLY}
        return Operation(
            id=name or data.get("operationId") or f"{method} {template}",
            method=method,
            template=template,
            parameters=tuple(parameters.values()),
            # FACTS, Authentication: every call needs a token, and all but a few need the key; a file may require more.
            needs_token=True,
            needs_key=name not in KEYLESS or "apiKey" in needed,
            scopes=scopes,
            data=data,
        )

    def _security(self, data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        # Alternatives differ in their scopes only: any scope of any alternative is accepted.
        schemes: Mapping[str, Any] = self.document.get("components", {}).get("securitySchemes", {})
        alternatives: list[Mapping[str, list[str]]] = data.get("security", self.document.get("security", []))
        needed: dict[str, frozenset[str]] = {}
        for alternative in alternatives:
            for name, scopes in alternative.items():
                kind: str = schemes.get(name, {}).get("type", "")
                needed[kind] = needed.get(kind, frozenset()) | frozenset(scopes)
        return needed


@cache
def packaged() -> Description:
    """Return the description that the package was generated from. It is read once, for all sandboxes of a program."""
    return Description(json.loads(_PACKAGED.read_text(encoding="utf-8")))


def _matcher(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^{}]+\\\}", "([^/]+)", re.escape(template)))


def _names(template: str) -> list[str]:
    return re.findall(r"\{([^{}]+)\}", template)
