"""What the templates are told of every call and class beyond what the generator's parser keeps."""

from __future__ import annotations

import copy
from typing import Any

from openapi.prepare.operation_names import operation_name
from openapi.prepare.shape import in_requests, in_responses, is_flag
from openapi.read.document import Document, array, component, map_schemas, obj, operations, parameters, resolve

__all__ = ["calls", "classes", "discriminators", "is_paged", "success"]

_TOKEN_SCHEMES = {"oauth2", "openIdConnect", "http"}


def success(operation: dict[str, Any]) -> str:
    """Give the status whose content is the result of a call: the lowest 2xx that has one."""
    responses = obj(operation.get("responses"))
    good = sorted(status for status in responses if status.startswith("2"))
    with_content = [status for status in good if obj(obj(responses[status]).get("content"))]
    return [*with_content, *good, "default"][0]


def is_paged(document: Document, operation: dict[str, Any], method: str) -> bool:
    """Tell whether a call answers with a page of a list: an array, and `offset` and `limit` or counts to go by."""
    response = obj(obj(operation.get("responses")).get(success(operation)))
    schema = obj(obj(obj(response.get("content")).get("application/json")).get("schema"))
    names = {str(parameter.get("name")) for parameter in parameters(operation)}
    counted = any(name.lower() in ("x-total-count", "x-result-count") for name in obj(response.get("headers")))
    is_array = resolve(document, schema).get("type") == "array"
    return method == "get" and is_array and ({"offset", "limit"} <= names or counted)


def calls(document: Document) -> dict[str, dict[str, Any]]:
    """Tabulate the calls of a prepared description by operationId."""
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


def classes(document: Document) -> dict[str, dict[str, Any]]:
    """Tabulate the component schemas of a prepared description: which of them are sent, which come back."""
    sent, received = in_requests(document), in_responses(document)
    return {
        key: {"key": key, "request": key in sent, "response": key in received}
        for key in document["components"]["schemas"]
    }


def discriminators(document: Document) -> dict[str, dict[str, Any]]:
    """Tabulate by their classes, in order and joined by "|", the alternatives that a property tells apart."""
    found: dict[str, dict[str, Any]] = {}

    def visit(schema: dict[str, Any], where: str) -> dict[str, Any]:
        del where
        said = obj(schema.get("discriminator"))
        options = [
            component(obj(one).get("$ref")) for one in (*array(schema.get("oneOf")), *array(schema.get("anyOf")))
        ]
        names = sorted(name for name in options if name)
        mapping = {value: component(target) for value, target in obj(said.get("mapping")).items()}
        kept = {value: name for value, name in mapping.items() if name in names}
        if kept and len(names) == len(options):
            known = found.setdefault("|".join(names), {"property": said["propertyName"], "mapping": kept})
            if known != {"property": said["propertyName"], "mapping": kept}:
                known["mapping"] = {}  # The same classes told apart in two ways: by what fits, then.
        return schema

    map_schemas(copy.deepcopy(document), visit)
    return found


def _credentials(document: Document, operation: dict[str, Any]) -> dict[str, bool]:
    """Say what a call carries; without a word about it both, as every business call does (FACTS, Authentication)."""
    demanded = operation.get("security", document.get("security"))
    if demanded is None:
        return {"token": True, "api_key": True}
    schemes = obj(obj(document.get("components")).get("securitySchemes"))
    kinds = {str(obj(schemes.get(name)).get("type", "oauth2")) for one in array(demanded) for name in obj(one)}
    return {"token": bool(kinds & _TOKEN_SCHEMES), "api_key": "apiKey" in kinds}
