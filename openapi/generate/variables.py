"""Variables for the templates: data of operations and schemas that the generator's parser does not keep."""

from __future__ import annotations

from typing import Any

from openapi.generate.simplify import merged
from openapi.prepare.operation_names import operation_name
from openapi.prepare.shape import in_requests, in_responses, is_flag
from openapi.read.document import Document, array, obj, operations, parameters
from openapi.read.merging import effective

__all__ = ["is_paged", "operation_variables", "schema_variables", "success"]

_TOKEN_SCHEMES = {"oauth2", "openIdConnect", "http"}


def success(operation: dict[str, Any]) -> str:
    """Return the status whose content is the result of an operation: the lowest 2xx with content."""
    responses = obj(operation.get("responses"))
    good = sorted(status for status in responses if status.startswith("2"))
    with_content = [status for status in good if obj(obj(responses[status]).get("content"))]
    return [*with_content, *good, "default"][0]


def is_paged(document: Document, operation: dict[str, Any], method: str) -> bool:
    """Return whether an operation is paged: it returns an array, and has `offset` and `limit` or count headers."""
    response = obj(obj(operation.get("responses")).get(success(operation)))
    schema = obj(obj(obj(response.get("content")).get("application/json")).get("schema"))
    names = {str(parameter.get("name")) for parameter in parameters(operation)}
    counted = any(name.lower() in ("x-total-count", "x-result-count") for name in obj(response.get("headers")))
    is_array = effective(document, schema).get("type") == "array"
    return method == "get" and is_array and ({"offset", "limit"} <= names or counted)


def operation_variables(document: Document) -> dict[str, dict[str, Any]]:
    """Return the variables of each operation by operationId."""
    return {
        operation["operationId"]: {
            "id": operation_name(operation),
            "resource": operation["tags"][0],
            "name": operation_name(operation).split(".", 1)[1],
            "method": method.upper(),
            "path": path,
            **_credentials(document, operation),
            "deprecated": bool(operation.get("deprecated")),
            "paged": is_paged(document, operation, method),
            "aged": [one["name"] for one in parameters(operation) if one.get("deprecated")],
            "flags": [one["name"] for one in parameters(operation) if is_flag(obj(one.get("schema")))],
            "success": success(operation),
            "parameters": {one["name"]: _said(one) for one in parameters(operation)},
        }
        for path, method, operation in operations(document)
    }


def _said(parameter: dict[str, Any]) -> str:
    said = str(parameter.get("description") or "")
    return f"Deprecated. {said}".strip() if parameter.get("deprecated") else said


def schema_variables(document: Document) -> dict[str, dict[str, Any]]:
    """Return the variables of each component schema by key: who uses it, and its properties that may be null."""
    sent, received = in_requests(document), in_responses(document)
    return {
        key: {"key": key, "request": key in sent, "response": key in received, "nullable": _nullable(document, schema)}
        for key, schema in document["components"]["schemas"].items()
    }


def _nullable(document: Document, schema: object) -> list[str]:
    properties = obj(merged(document, obj(schema))["properties"])
    return [name for name, inner in properties.items() if effective(document, inner).get("nullable") is True]


def _credentials(document: Document, operation: dict[str, Any]) -> dict[str, bool]:
    """Return the credentials of an operation; without `security` both, as orders need (FACTS, Authentication)."""
    demanded = operation.get("security", document.get("security"))
    if demanded is None:
        return {"token": True, "api_key": True}
    schemes = obj(obj(document.get("components")).get("securitySchemes"))
    kinds = {str(obj(schemes.get(name)).get("type", "oauth2")) for one in array(demanded) for name in obj(one)}
    return {"token": bool(kinds & _TOKEN_SCHEMES), "api_key": "apiKey" in kinds}
