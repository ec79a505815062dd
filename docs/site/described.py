"""Tables of what the description of the API says: its operations, and its error codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["errors", "operations"]

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def operations(description: dict[str, Any]) -> str:
    """A section for each operation: what it is in Python, what it needs, its parameters and its answers."""
    parts: list[str] = []
    for path, method, operation in _operations(description):
        resource, _, name = operation["operationId"].partition("_")
        parts += [
            f"### `{method.upper()} {path}`",
            f"**{operation['summary']}** {operation.get('description', '')}",
            f"In Python: `ordering.{resource}.{name}()`. Needs {_needs(operation)}. Answers: {_answers(operation)}.",
        ]
        if parameters := operation.get("parameters"):
            rows = [
                f"| `{each['name']}` | {each['in']} | {_type(each['schema'])} | {_cell(each.get('description', ''))} |"
                for each in parameters
            ]
            parts.append("\n".join(["| parameter | in | type | |", "| --- | --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


def errors(description: dict[str, Any]) -> str:
    """A row for each status and code."""
    rows: dict[tuple[int, int], str] = {}
    for _, _, operation in _operations(description):
        for status, answer in operation["responses"].items():
            for body in _bodies(answer):
                code = body.get("code") if isinstance(body, dict) else None
                if status.isdecimal() and int(status) >= 400 and isinstance(code, int):
                    rows.setdefault((int(status), code), f"| {status} | {code} | {_cell(body.get('message', ''))} |")
    return "\n".join(["| status | code | message |", "| --- | --- | --- |", *(rows[key] for key in sorted(rows))])


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _bodies(answer: dict[str, Any]) -> Iterator[Any]:
    for media in answer.get("content", {}).values():
        if "example" in media:
            yield media["example"]
        for example in media.get("examples", {}).values():
            yield example.get("value")


def _needs(operation: dict[str, Any]) -> str:
    ways = operation.get("security", [])
    if not ways:
        return "neither token nor API key"
    scopes = sorted({scope for way in ways for names in way.values() for scope in names}, key=len)
    key = " and the API key" if any("ApiKey" in way for way in ways) else ", but no API key"
    return f"a token (scope {' or '.join(f'`{scope}`' for scope in scopes)}){key}"


def _answers(operation: dict[str, Any]) -> str:
    return ", ".join(sorted(operation["responses"]))


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", "any"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
