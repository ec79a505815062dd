"""Check that a generated package has every part of the prepared description.

The check parses the source and imports nothing, because the package is not in place yet.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi.generate.simplify import merged
from openapi.generate.variables import operation_variables
from openapi.prepare.shape import is_flag, is_free_form
from openapi.read.document import Document, array, obj, operations, parameters, resolve
from openapi.read.errors import GeneratorFailed

__all__ = ["missing_from_tree"]


def missing_from_tree(tree: Path, document: Document) -> list[str]:
    """List the operations, parameters, models, properties and enum values that a generated package lacks.

    Raises:
        GeneratorFailed: a file of the package is not Python, or an enum has more than its values.
    """
    modules = {path.relative_to(tree).as_posix(): _parsed(path) for path in sorted(tree.rglob("*.py"))}
    classes = {
        node.name: node
        for name, module in modules.items()
        if name.startswith("models/")
        for node in module.body
        if isinstance(node, ast.ClassDef)
    }
    return [*_calls(modules, document), *_models(classes, document)]


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError) as error:
        raise GeneratorFailed(f"{path.name} was generated, but is not Python: {error}") from error


def _calls(modules: dict[str, ast.Module], document: Document) -> Iterator[str]:
    registry = modules.get("registry.py", ast.Module([], []))
    resources = {node.name for node in ast.walk(registry) if isinstance(node, ast.FunctionDef)}
    told = operation_variables(document)
    for path, method, operation in operations(document):
        call = told[operation["operationId"]]
        where = f"{call['id']} ({method.upper()} {path})"
        module = modules.get(f"resources/{call['resource']}.py", ast.Module([], []))
        functions = [
            node
            for node in ast.walk(module)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == call["name"]
        ]
        if not functions or call["resource"] not in resources or not {call["id"], path} <= _texts(module):
            yield f"operation {where}"
            continue
        said = _texts(*functions)
        paging = {"offset", "limit"} if call["paged"] else set[str]()
        for name in [one["name"] for one in parameters(operation)]:
            if name not in said | paging:
                yield f"parameter {name} of {where}"


def _models(classes: dict[str, ast.ClassDef], document: Document) -> Iterator[str]:
    for key, component in document["components"]["schemas"].items():
        schema = resolve(document, component)
        parts = array(schema.get("allOf"))
        is_model = "properties" in schema or len(parts) > 1
        if is_flag(schema) or is_free_form(schema) or not (is_model or "enum" in schema):
            continue
        if "enum" in schema and schema.get("type") == "boolean":
            continue
        if key not in classes:
            yield f"model {key}"
            continue
        node = classes[key]
        if "enum" in schema:
            yield from _members(key, node, schema["enum"])
            continue
        fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
        properties = obj(merged(document, schema)["properties"])
        said = _texts(node)
        yield from (f"property {key}.{name}" for name in properties if name not in said)
        if len(fields) < len(properties):
            yield f"property of {key}: {len(properties)} are described, {len(fields)} generated"


def _members(key: str, node: ast.ClassDef, values: list[Any]) -> Iterator[str]:
    """List the values that an enum lacks.

    Raises:
        GeneratorFailed: its body has more than a docstring and `NAME = literal` per value; importing it could run code.
    """
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    found = [_member(key, statement) for statement in body if not isinstance(statement, ast.Pass)]
    yield from (f"value {value!r} of {key}" for value in values if value not in found)
    if len(found) > len(values):
        raise GeneratorFailed(f"{key} was generated with more than its {len(values)} values.")


def _member(key: str, statement: ast.stmt) -> Any:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        with contextlib.suppress(ValueError):
            return ast.literal_eval(statement.value)
    raise GeneratorFailed(f"{key} was generated with something that is not a value: {ast.unparse(statement)[:100]}")


def _texts(*nodes: ast.AST) -> set[str]:
    return {
        node.value
        for top in nodes
        for node in ast.walk(top)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
