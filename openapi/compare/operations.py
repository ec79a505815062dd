"""Comparison of the operations of two descriptions from the view of a client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openapi.compare.change import Change, merge_by_operation
from openapi.compare.comparable import BODIES, HEADERS, labels
from openapi.compare.schemas import SchemaComparison
from openapi.compare.security import own_server_changes, security_changes, server_changes
from openapi.prepare.shape import in_requests, reachable
from openapi.read.document import (
    SCHEMA_PREFIX,
    Document,
    array,
    obj,
    operations,
    parameters,
    path_identity,
    schema_roots,
    without_names,
)
from openapi.read.merging import effective

__all__ = ["differences"]

Operation = dict[str, Any]
At = tuple[str, Operation]


def differences(before: Document, after: Document) -> list[Change]:
    """List the changes between two comparable descriptions; breaking changes first."""
    return merge_by_operation(_Comparison(before, after).all())


class _Comparison:
    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after
        self._schemas = SchemaComparison(before, after)

    def all(self) -> Iterator[Change]:
        pairs, gone, come = _paired(self._before, self._after)
        for call in gone:
            yield Change("removed", "operation", call, "operation removed", True, (call,))
        for call in come:
            yield Change("added", "operation", call, "operation added", False, (call,))
        for call, before, after in pairs:
            for change in self._operation(call, before, after):
                yield _of(change, call)
        yield from server_changes(self._before, self._after)
        yield from self._unreached()

    def _operation(self, call: str, before: tuple[str, Operation], after: tuple[str, Operation]) -> Iterator[Change]:
        old, new = before[1], after[1]
        if new.get("deprecated") and not old.get("deprecated"):
            yield Change("changed", "operation", call, "operation is deprecated now", False)
        if without_names(before[0]) != without_names(after[0]):
            why = "a server may take the two for different paths"
            yield Change("changed", "operation", call, f"its path is written {after[0]} now", True, why=why)
        yield from own_server_changes(call, (self._before, *before), (self._after, *after))
        yield from self._parameters(call, before, after)
        yield from self._body(call, old, new)
        yield from self._responses(call, obj(old.get("responses")), obj(new.get("responses")))
        yield from security_changes(call, (self._before, old), (self._after, new))

    def _parameters(self, call: str, before: tuple[str, Operation], after: tuple[str, Operation]) -> Iterator[Change]:
        old, new = _named(*before), _named(*after)
        for key, parameter in old.items():
            if key not in new:
                text = f"{key[0]} parameter {parameter['name']} removed"
                yield Change("removed", "parameter", call, text, True)
        for key, parameter in new.items():
            must = bool(parameter.get("required"))
            said = f"{key[0]} parameter {parameter['name']}"
            if key not in old:
                kind = "required" if must else "optional"
                yield Change("added", "parameter", call, f"{kind} {said} added", must)
                continue
            was = bool(old[key].get("required"))
            if must != was:
                text = f"{said} {'became required' if must else 'is no longer required'}"
                yield Change("changed", "required", call, text, must)
            if parameter.get("deprecated") and not old[key].get("deprecated"):
                yield Change("changed", "parameter", call, f"{said} is deprecated now", False)
            yield from self._parameter(f"{call} {parameter['name']}", old[key], parameter)

    def _parameter(self, place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before, after = effective(self._before, old.get("schema")), effective(self._after, new.get("schema"))
        several, several_now = before.get("type") == "array", after.get("type") == "array"
        if several and several_now and _repeats(old) != _repeats(new):
            how = "repeating the parameter" if _repeats(new) else "commas"
            yield Change("changed", "parameter", place, f"several values are separated by {how} now", True)
        styles = [_style(one, shape) for one, shape in ((old, before), (new, after))]
        if styles[0] != styles[1] and before.get("type") == after.get("type"):
            yield Change("changed", "parameter", place, f"is written as {styles[1]} now, not as {styles[0]}", True)
        # A string may contain commas, so that it equals a comma-separated list on the wire.
        inner = before["items"] if several and not _repeats(old) and not several_now else old.get("schema")
        inner_now = after["items"] if several_now and not _repeats(new) and not several else new.get("schema")
        if several and not several_now and (after.get("type") != "string" or "enum" in after):
            yield Change("changed", "parameter", place, "takes only one value now", True)
        yield from self._schemas.compare(inner, inner_now, place, sent=True)

    def _body(self, call: str, before: Operation, after: Operation) -> Iterator[Change]:
        old, new = obj(before.get("requestBody")), obj(after.get("requestBody"))
        must, was = bool(new.get("required")), bool(old.get("required"))
        if not old and new:
            kind = "required" if must else "optional"
            yield Change("added", "body", call, f"{kind} body added", must)
        elif old and not new:
            yield Change("removed", "body", call, "takes no body any more", True)
        elif old:
            if must != was:
                text = "body became required" if must else "body is no longer required"
                yield Change("changed", "required", call, text, must)
            for media in [media for media in array(before.get(BODIES)) if media not in array(after.get(BODIES))]:
                yield Change("removed", "body", call, f"no longer takes {media}", True)
            content, content_now = obj(old.get("content")), obj(new.get("content"))
            for media in [media for media in content if media in content_now]:
                schemas = obj(content[media]).get("schema"), obj(content_now[media]).get("schema")
                yield from self._schemas.compare(*schemas, f"{call} body", sent=True)

    def _responses(self, call: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        for status, response in old.items():
            found = _covering(new, status)
            if found is None:
                good = status.startswith("2")
                why = "" if good else "clients map every error status to an exception"
                yield Change("removed", "response", call, f"response {status} removed", good, why=why)
            else:
                yield from self._response(f"{call} {status}", obj(response), obj(new[found]))
        for status in [status for status in new if _covering(old, status) is None]:
            breaking, why = self._surprise(status, obj(new[status]), old)
            yield Change("added", "response", call, f"response {status} added", breaking, why=why)

    def _surprise(self, status: str, response: dict[str, Any], old: dict[str, Any]) -> tuple[bool, str]:
        """Return whether a new response breaks a client that knows the old ones, and why."""
        if not status.startswith("2"):
            return False, "clients map every error status to an exception"
        schema = _schema(response)
        known = [found for key, one in old.items() if key.startswith("2") and (found := _schema(obj(one))) is not None]
        if schema is None:
            return bool(known), "a client expects a body" if known else ""
        fits = any(not _breaks(self._schemas.compare(one, schema, "", sent=False)) for one in known)
        return bool(known) and not fits, "" if fits else "its body has another shape"

    def _response(self, place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before, after = _schema(old), _schema(new)
        if before is not None and after is None:
            yield Change("removed", "response", place, "has no body any more", True)
        elif before is None and after is not None:
            yield Change("added", "response", place, "has a body now", False)
        elif before is not None:
            kinds = list(obj(old.get("content"))), list(obj(new.get("content")))
            if kinds[0] != kinds[1]:
                text = f"is {', '.join(kinds[1])} now, not {', '.join(kinds[0])}"
                yield Change("changed", "response", place, text, True)
            else:
                yield from self._schemas.compare(before, after, f"{place} body", sent=False)
        yield from self._headers(place, obj(old.get("headers")), obj(new.get("headers")))

    def _headers(self, place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before, after = ({name.lower(): (name, obj(one)) for name, one in each.items()} for each in (old, new))
        for key, (name, header) in before.items():
            if key not in after:
                yield Change("removed", "header", place, f"header {name} removed", bool(header.get("required")))
        for key, (name, header) in after.items():
            if key not in before:
                yield Change("added", "header", place, f"header {name} added", False)
                continue
            schemas = before[key][1].get("schema"), header.get("schema")
            yield from self._schemas.compare(*schemas, f"{place} header {before[key][0]}", sent=False)

    def _unreached(self) -> Iterator[Change]:
        """Compare the schemas that no operation references, such as bodies of request types."""
        old, new = labels(self._before), labels(self._after)
        keys = {label: key for key, label in new.items()}
        typed = in_requests(self._before)
        for key in _apart(self._before, old):
            label = old[key]
            if label in keys:
                reference, other = ({"$ref": f"{SCHEMA_PREFIX}{one}"} for one in (key, keys[label]))
                yield from self._schemas.compare(reference, other, label, sent=key in typed)
            else:
                yield Change("removed", "type", label, "no longer described", True, why="its class is removed")
        for key in _apart(self._after, new):
            if new[key] not in old.values():
                yield Change("added", "type", new[key], "described now", False)


def _paired(before: Document, after: Document) -> tuple[list[tuple[str, At, At]], list[str], list[str]]:
    """Return the operations of both documents in pairs, and the names of those that only one document has."""
    old, new = ({(without_names(path), method): (path, one) for path, method, one in operations(document)}
                for document in (before, after))  # fmt: skip
    pairs: list[tuple[str, At, At]] = []
    gone: list[str] = []
    come = {(path_identity(path), method): (path, method) for path, method in new if (path, method) not in old}
    for (path, method), found in old.items():
        call = f"{method.upper()} {found[0]}"
        key = (path, method) if (path, method) in new else come.pop((path_identity(path), method), None)
        if key is None:
            gone.append(call)
        else:
            pairs.append((call, found, new[key]))
    return pairs, gone, [f"{method.upper()} {new[path, method][0]}" for path, method in come.values()]


def _of(change: Change, call: str) -> Change:
    # The place has the status; the operation is in `calls`.
    return Change(change.kind, change.subject, change.place, change.text, change.breaking, (call,), change.why)


def _named(path: str, operation: Operation) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the parameters by place and name on the wire; those of the path by place and position."""
    order = [piece.split("}")[0] for piece in path.split("{")[1:]]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in [*parameters(operation), *map(obj, array(operation.get(HEADERS)))]:
        place, name = str(one.get("in")), str(one.get("name"))
        if place == "path":
            name = str(order.index(name)) if name in order else name
        found[place, name.lower() if place == "header" else name] = one
    return found


def _repeats(parameter: dict[str, Any]) -> bool:
    return bool(parameter.get("explode", _style_name(parameter) == "form"))


def _style_name(parameter: dict[str, Any]) -> str:
    default = "form" if parameter.get("in") in ("query", "cookie") else "simple"
    return str(parameter.get("style", default))


def _style(parameter: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return the style of an array or object parameter (OpenAPI 3.0.3, Style Values); empty for others."""
    if schema.get("type") not in ("array", "object"):
        return ""
    style = _style_name(parameter)
    # For arrays, `explode` is compared separately.
    explode = schema["type"] == "object" and bool(parameter.get("explode", style == "form"))
    return f"{style}, exploded" if explode else style


def _covering(responses: dict[str, Any], status: str) -> str | None:
    spellings = (status, f"{status[0]}XX", "default")
    return next((one for one in spellings if one in responses), None)


def _schema(response: dict[str, Any]) -> Any:
    """Return the schema of a response's body; None if it has no body."""
    media = next(iter(obj(response.get("content")).values()), None)
    return None if media is None else obj(obj(media).get("schema"))


def _apart(document: Document, names: dict[str, str]) -> list[str]:
    """List the keys of the component schemas that no operation references."""
    roots = [obj(holder[key]) for where, holder, key in schema_roots(document) if not where.startswith("#")]
    reached = reachable(document, roots)
    return [key for key in names if key not in reached]


def _breaks(changes: Iterable[Change]) -> bool:
    return any(change.breaking for change in changes)
