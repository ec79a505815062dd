"""Application of an OpenAPI Overlay 1.0, and detection of actions that match nothing."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonpath_ng import JSONPath
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from openapi.read.document import Document, array, is_array, is_obj, obj, operations, path_identity
from openapi.read.errors import BuildError

__all__ = ["apply_overlay", "read_overlay"]

_PATH_IN_TARGET = re.compile(r"""(\$\.paths|\$\[["']paths["']\])\[(?P<quote>["'])(?P<path>[^"']+)(?P=quote)\]""")
_CALL_IN_TARGET = re.compile(_PATH_IN_TARGET.pattern + r"""(\.|\[["'])(?P<method>\w+)(["']\])?""")


def read_overlay(path: Path) -> list[dict[str, Any]]:
    """Read the actions of an overlay file.

    Raises:
        BuildError: the file is missing, is not YAML, or is not an OpenAPI Overlay 1.0 with valid actions.
    """
    try:
        content = obj(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BuildError(f"{path} cannot be read: {error}") from error
    if not str(content.get("overlay", "")).startswith("1."):
        raise BuildError(f"{path} is not an OpenAPI Overlay 1.0 file: `overlay: 1.0.0` is missing.")
    actions = [obj(action) for action in array(content.get("actions"))]
    for number, action in enumerate(actions, 1):
        if not isinstance(action.get("target"), str) or not ({"update", "remove"} & action.keys()):
            raise BuildError(f"{path}: action {number} needs a target, and update or remove.")
    return actions


def apply_overlay(document: Document, actions: list[dict[str, Any]]) -> tuple[Document, list[str]]:
    """Apply the actions of an overlay, in order, to a copy of a document.

    The names of placeholders are ignored when the path of a target is compared with a path of the document:
    `/requests/{requestId}` and `/requests/{id}` are the same path (OpenAPI 3.0.3, Paths Object).

    An action with `x-optional: true` is for parts that only some descriptions have; it may match nothing.

    An action with `x-if-absent: true` adds only the keys of its update that the matched object lacks. Of `parameters`,
    it adds only those whose place and name the object lacks.

    Returns:
        The copy; one line for each required action that matched nothing, and one for each part that was added.

    Raises:
        BuildError: a target is not a JSONPath, or an action cannot be applied to the matched value.
    """
    result: Document = _copy(document)
    unmatched: list[str] = []
    for action in actions:
        target = _retargeted(action["target"], document)
        try:
            path = _path(target)
            matched = path.find(result)
            if matched and action.get("x-if-absent"):
                for one in matched:
                    added = _supply(obj(one.value), obj(_copy(action.get("update"))))
                    why = action.get("description", "no reason given")
                    unmatched += [f"{target} lacks {name}, which the overlay supplies: {why}" for name in added]
            elif action.get("remove"):
                path.filter(lambda _: True, result)
            elif "update" in action:
                for one in matched:
                    result = one.full_path.update(result, _merged(one.value, _copy(action["update"])))
        except (JSONPathError, TypeError, ValueError, AttributeError, KeyError) as error:
            raise BuildError(f"The overlay cannot be applied at {target}: {error}") from error
        # A missing target is allowed for a removal and for an optional action.
        if not matched and "update" in action and not action.get("x-optional"):
            _check_call(target, document)
            unmatched.append(
                f"the overlay's {target} is not in the description: {action.get('description', 'no effect')}"
            )
    return result, unmatched


def _merged(old: Any, new: Any) -> Any:
    """Return a value with an update merged into it (Overlay 1.0.0, Action Object)."""
    if is_obj(old) and is_obj(new):
        for key, value in new.items():
            old[key] = _merged(old.get(key), value)
        return old
    if is_array(old):
        return [*old, *new] if is_array(new) else [*old, new]
    return new


def _supply(holder: dict[str, Any], update: dict[str, Any]) -> list[str]:
    """Add missing keys and parameters to an object; return the added names."""
    added: list[str] = []
    paths = {path_identity(key) for key in holder if key.startswith("/")}
    for key, value in update.items():
        if key == "parameters" and key in holder:
            known = {(obj(one).get("in"), obj(one).get("name")) for one in array(holder[key])}
            missing = [one for one in array(value) if (one["in"], one["name"]) not in known]
            holder[key] += missing
            added += [f"the parameter {one['name']}" for one in missing]
        elif key not in holder and path_identity(key) not in paths:
            holder[key] = value
            added.append(key)
    return added


def _check_call(target: str, document: Document) -> None:
    """Raise BuildError for a target that matches nothing although its operation exists: a mistake in the overlay."""
    match = _CALL_IN_TARGET.fullmatch(target)
    wanted = (path_identity(match["path"]), match["method"].lower()) if match else None
    if wanted in {(path_identity(path), method) for path, method, _ in operations(document)}:
        raise BuildError(f"The overlay's target {target} matches nothing, but the description has this operation.")


def _retargeted(target: str, document: Document) -> str:
    match = _PATH_IN_TARGET.match(target)
    if not match:
        return target
    wanted = path_identity(match["path"])
    for path, _, _ in operations(document):
        if path_identity(path) == wanted:
            return f"{target[: match.start('path')]}{path}{target[match.end('path') :]}"
    return target


@cache
def _path(target: str) -> JSONPath:
    # The parser builds its tables anew for each path.
    return parse(target)


def _copy(document: Any) -> Any:
    # The copy is made through JSON, so that YAML anchors are copied, too.
    return json.loads(json.dumps(document))
