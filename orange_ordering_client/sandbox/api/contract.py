"""Checks calls and replies by the description; violations have Orange's error codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import openapi_schema_validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT4

from orange_ordering_client.sandbox.api.description import Description, Operation, Parameter
from orange_ordering_client.sandbox.api.documented import STATUSES
from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.messages import Call, Reply, essence, is_json
from orange_ordering_client.sandbox.domain.json_values import is_list, is_object
from orange_ordering_client.sandbox.domain.schema_errors import location_of

__all__ = ["Contract", "ContractBroken", "Values", "contract_of"]

_READ: Any = openapi_schema_validator.OAS30ReadValidator  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  # untyped there
_WRITE: Any = openapi_schema_validator.OAS30WriteValidator  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  # untyped there
_HERE = "urn:ordering"
_SHOWN = 5


class ContractBroken(AssertionError):
    """A reply of the sandbox does not conform to the description."""


@dataclass
class Values:
    """Values of a call, parsed by the description: typed query values, lists split at commas."""

    path: dict[str, str] = field(default_factory=dict[str, str])
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None


class Contract:
    """Checks calls and replies.

    Args:
        description: defines what is allowed.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        # The document is the only one in the registry: no reference leads outside of it.
        self._registry: Registry[Any] = Registry[Any]().with_resource(
            _HERE, DRAFT4.create_resource(_absolute(description.document))
        )
        self._validators: dict[tuple[int, bool], Any] = {}

    def read(self, operation: Operation, path: Mapping[str, str], call: Call) -> Values:
        """Check a call and return its values.

        Raises:
            Refusal: 400 with code 20 (path), 25, 26 (header), 27, 28 (query), 21 to 24 (body); 415/68.
        """
        values = Values(path=dict(path))
        self._read_path(operation, values)
        self._read_headers(operation, call)
        self._read_query(operation, call, values)
        self._read_body(operation, call, values)
        return values

    def violations(self, operation: Operation, reply: Reply, *, nulls: bool = False) -> list[str]:
        """Return what the description does not allow in a reply, one text for each violation.

        Args:
            nulls: whether nulls count as absent, because the caller requested `displayNulls` (FACTS, Lists).
        """
        responses: Mapping[str, Any] = operation.data.get("responses", {})
        keys = (str(reply.status), f"{reply.status // 100}XX", "default")
        declared = next((responses[key] for key in keys if key in responses), None)
        if declared is None and (reply.status in STATUSES or not responses):
            return []  # The API answers these statuses even if the description leaves them out (FACTS, Errors).
        if declared is None:
            return [f"status {reply.status} is not declared"]
        declared = self._description.resolve(declared)
        found = [
            f"header {name} is missing"
            for name, header in declared.get("headers", {}).items()
            if header.get("required") and name not in reply.headers
        ]
        schemas = [media.get("schema") for kind, media in declared.get("content", {}).items() if is_json(kind)]
        if not schemas or reply.raw is not None:
            return [*found, "no JSON body is declared" if not schemas else "the body is not JSON"]
        data = _without_nulls(reply.data) if nulls else reply.data
        # If a media type is repeated, the largest schema is the real one.
        schema = max(schemas, key=lambda candidate: len(str(candidate)))
        return found + [f"{location_of(error)}: {error.message}" for error in self._errors(schema, data, answer=True)]

    def _read_path(self, operation: Operation, values: Values) -> None:
        for parameter in operation.placed("path"):
            text = values.path.get(parameter.name, "")
            for error in self._errors(parameter.schema, _typed(text, parameter.schema)):
                raise Refusal(400, 20, f"{parameter.name}: {error.message}")

    def _read_headers(self, operation: Operation, call: Call) -> None:
        for parameter in operation.placed("header"):
            text = call.headers.get(parameter.name.lower())
            if text is None:
                if parameter.required:
                    raise Refusal(400, 25, f"{parameter.name} is missing.")
                continue
            for error in self._errors(parameter.schema, _typed(text, parameter.schema)):
                raise Refusal(400, 26, f"{parameter.name}: {error.message}")

    def _read_query(self, operation: Operation, call: Call, values: Values) -> None:
        given: dict[str, list[str]] = {}
        for name, text in parse_qsl(call.query, keep_blank_values=True):
            given.setdefault(name, []).append(text)
        for parameter in operation.placed("query"):
            texts = given.get(parameter.name)
            if texts is None:
                if parameter.required:
                    raise Refusal(400, 27, f"{parameter.name} is missing.")
                if "default" in parameter.schema:
                    values.query[parameter.name] = parameter.schema["default"]
                continue
            value = self._query_value(parameter, texts)
            found = [f"{parameter.name}: {error.message}" for error in self._errors(parameter.schema, value)]
            if found:
                raise Refusal(400, 28, found[0], details=[(28, text) for text in found])
            values.query[parameter.name] = value

    def _query_value(self, parameter: Parameter, texts: list[str]) -> Any:
        # Several values are separated by commas (FACTS, Lists); repeating the parameter has the same effect.
        schema = parameter.schema
        if schema.get("type") == "array":
            items = self._description.resolve(schema.get("items", {}))
            return [_typed(piece, items) for text in texts for piece in text.split(",")]
        return _typed(",".join(texts), schema)

    def _read_body(self, operation: Operation, call: Call, values: Values) -> None:
        declared = operation.data.get("requestBody")
        if declared is None:
            return
        declared = self._description.resolve(declared)
        if not call.body.strip():
            raise Refusal(400, 21, "This call needs a body.")
        content = call.headers.get("content-type")
        if not content:
            raise Refusal(400, 25, "Content-Type is missing.")
        accepted: Mapping[str, Any] = declared["content"]
        schemas = [media["schema"] for kind, media in accepted.items() if essence(kind) == essence(content)]
        if not schemas:
            raise Refusal(415, 68, f"Send {', '.join(accepted)}, not {content}.")
        try:
            values.body = call.json
        except ValueError as error:
            raise Refusal(400, 22, f"The body is not JSON: {error}.") from None
        errors = sorted(self._errors(schemas[0], values.body), key=lambda error: error.validator != "required")
        if errors:
            details = [(_body_code(error), f"{location_of(error) or 'body'}: {error.message}") for error in errors]
            raise Refusal(400, details[0][0], details[0][1][:500], details=details)

    def _errors(self, schema: Mapping[str, Any], value: Any, *, answer: bool = False) -> list[ValidationError]:
        # Schemas are parts of the document, which exists as long as this object: no id is used again.
        key = (id(schema), answer)
        validator = self._validators.get(key)
        if validator is None:
            kind = _READ if answer else _WRITE
            validator = kind(_absolute(schema), registry=self._registry, format_checker=kind.FORMAT_CHECKER)
            self._validators[key] = validator
        found: Iterable[ValidationError] = validator.iter_errors(value)
        return list(islice(found, _SHOWN))


@lru_cache(maxsize=4)
def contract_of(description: Description) -> Contract:
    """Return the contract of a description, the same one each time: its validators take longer to make than to run."""
    return Contract(description)


def _body_code(error: ValidationError) -> int:
    if error.validator == "required":
        return 23
    return 24 if error.absolute_path else 22


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in ("integer", "number"):
        try:
            # int() and float() accept "1_0", " 1" and "inf", which are not JSON numbers.
            return text if set(text) - set("-.0123456789") else int(text) if text.lstrip("-").isdigit() else float(text)
        except ValueError:
            return text
    return text


def _absolute(node: Any) -> Any:
    # Local references point into the schema itself; as absolute ones, they point into the document.
    if is_object(node):
        return {key: f"{_HERE}{value}" if key == "$ref" else _absolute(value) for key, value in node.items()}
    if is_list(node):
        return [_absolute(item) for item in node]
    return node


def _without_nulls(node: Any) -> Any:
    if is_object(node):
        return {key: _without_nulls(value) for key, value in node.items() if value is not None}
    if is_list(node):
        return [_without_nulls(item) for item in node]
    return node
