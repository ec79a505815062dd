"""Comparison of the public Python API of two generated packages.

griffe 2.4 finds breaking changes of signatures, and removed names. This module adds what griffe does not compare:
annotations, and attributes of attrs classes that lose their default, so that their constructors require them.
"""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import griffe

__all__ = ["PythonChanges", "python_changes"]

_PACKAGE = "api"
_WORDS = {
    griffe.BreakageKind.PARAMETER_MOVED: "argument {name} has another position",
    griffe.BreakageKind.PARAMETER_REMOVED: "argument {name} removed",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "argument {name} changed between positional and keyword",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "argument {name} has another default",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "argument {name} became required",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "required argument {name} added",
    griffe.BreakageKind.OBJECT_REMOVED: "removed",
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "changed its kind (method, attribute or class)",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "has other base classes",
    griffe.BreakageKind.RETURN_CHANGED_TYPE: "has another return type",
}


@dataclass(frozen=True)
class PythonChanges:
    """Changes of the public API.

    Attributes:
        breaking: names as users write them, with the change.
        added: added names, in the same form.
    """

    breaking: tuple[str, ...]
    added: tuple[str, ...]


def python_changes(before: Path, after: Path) -> PythonChanges:
    """Compare two generated trees without importing them.

    Args:
        before, after: directories with the structure of `_generated`.
    """
    old, new = _classes(before), _classes(after)
    breaking: list[str] = []
    added: list[str] = []
    for name, one in old.items():
        if name not in new:
            breaking.append(f"{name}: removed")
            continue
        breaking += _breakages(name, one, new[name])
        breaking += _attributes(name, one, new[name])
        breaking += _types(name, one, new[name])
        added += _new_members(name, one, new[name])
    added += [f"{name}: added" for name in new if name not in old]
    return PythonChanges(tuple(dict.fromkeys(breaking)), tuple(dict.fromkeys(added)))


def _classes(tree: Path) -> dict[str, griffe.Class]:
    """Return the classes of a generated package by the names that users write."""
    with tempfile.TemporaryDirectory() as directory:
        # The link has another name, because griffe ignores packages whose name begins with an underscore.
        (Path(directory) / _PACKAGE).symlink_to(tree.resolve(), target_is_directory=True)
        package = griffe.load(_PACKAGE, search_paths=[directory], allow_inspection=False, submodules=True)
    found: dict[str, griffe.Class] = {}
    for part, module in _modules(cast("griffe.Module", package)):
        for name, member in module.members.items():
            if isinstance(member, griffe.Class) and not name.startswith("_") and not name.endswith("Raw"):
                shown = {"models": name, "registry": "ordering"}.get(part, f"ordering.{module.name}")
                found[shown] = member
    return found


def _modules(package: griffe.Module) -> Iterator[tuple[str, griffe.Module]]:
    for part in ("models", "resources", "registry"):
        module = package.members.get(part)
        if isinstance(module, griffe.Module):
            yield part, module
            yield from ((part, one) for one in module.members.values() if isinstance(one, griffe.Module))


def _breakages(name: str, old: griffe.Class, new: griffe.Class) -> Iterator[str]:
    for breakage in griffe.find_breaking_changes(old, new):
        member = breakage.obj.name
        parameter: object = breakage.old_value if breakage.old_value is not None else breakage.new_value
        argument = parameter.name if isinstance(parameter, griffe.Parameter) else ""
        words = _WORDS.get(breakage.kind, breakage.kind.value)
        yield f"{name}.{member}: {words.format(name=f'`{argument}`')}"


def _attributes(name: str, old: griffe.Class, new: griffe.Class) -> Iterator[str]:
    """List breaking changes of the constructor and the attributes of an attrs class."""
    for key, attribute in _fields(new).items():
        before = _fields(old).get(key)
        demanded = attribute.value is None and (before is None or before.value is not None)
        if demanded:
            yield f"{name}.{key}: is required by the constructor of {name} now"
        if before is None:
            continue
        # A change of the default is reported above; None in the annotation follows from it.
        none = {"None"} if (before.value is None) != (attribute.value is None) else set[str]()
        if _kinds(before.annotation) - none != _kinds(attribute.annotation) - none:
            yield f"{name}.{key}: was `{before.annotation}`, is `{attribute.annotation}`"


def _fields(kind: griffe.Class) -> dict[str, griffe.Attribute]:
    return {
        key: member
        for key, member in kind.members.items()
        if isinstance(member, griffe.Attribute)
        and member.annotation is not None
        and "property" not in member.labels
        and not key.startswith("_")
    }


def _types(name: str, old: griffe.Class, new: griffe.Class) -> Iterator[str]:
    """List arguments that accept less, and methods that return more."""
    for key, method in _methods(new).items():
        before = _methods(old).get(key)
        if before is None:
            continue
        for parameter in before.parameters:
            if parameter.name in method.parameters:
                now = method.parameters[parameter.name].annotation
                if not _takes(_kinds(now), _kinds(parameter.annotation)):
                    yield f"{name}.{key}: argument `{parameter.name}` took `{parameter.annotation}`, takes `{now}`"
        if not _kinds(method.returns) <= _kinds(before.returns):
            yield f"{name}.{key}: returned `{before.returns}`, returns `{method.returns}`"


def _methods(kind: griffe.Class) -> dict[str, griffe.Function]:
    return {
        key: member
        for key, member in kind.members.items()
        if isinstance(member, griffe.Function) and not key.startswith("_")
    }


def _takes(now: set[str], before: set[str]) -> bool:
    return "Any" in now or before <= now


def _kinds(annotation: object) -> set[str]:
    """Split an annotation into the members of its union, including a union inside `Iterable[...]`."""
    if annotation is None:
        return set()
    return set(_members(ast.parse(str(annotation), mode="eval").body))


def _members(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _members(node.left)
        yield from _members(node.right)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Iterable":
        yield from (f"Iterable[{member}]" for member in _members(node.slice))
    else:
        yield ast.unparse(node)


def _new_members(name: str, old: griffe.Class, new: griffe.Class) -> Iterator[str]:
    for key, member in new.members.items():
        if key.startswith("_"):
            continue
        if key not in old.members:
            yield f"{name}.{key}: added"
        elif isinstance(member, griffe.Function):
            before = old.members[key]
            known = {one.name for one in before.parameters} if isinstance(before, griffe.Function) else set[str]()
            yield from (
                f"{name}.{key}: argument `{one.name}` added"
                for one in member.parameters
                if one.name not in known and not one.required
            )
