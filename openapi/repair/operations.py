"""Rules that repair the operations of a description.

Each rule changes the document in place (`rules.repair` passes a copy) and yields every fault that it found. Faults of
the published v2.1.1 description are marked "FACTS, Models"; the others are common in files written by similar tools.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from openapi.read.document import METHODS, Document, array, is_obj, obj, operations, parameters, resolve
from openapi.read.errors import Repair
from openapi.repair.media_types import odd_media_types
from openapi.repair.pointers import pointer_reference

__all__ = ["FRAME_RULES", "RULES"]

# Headers that the pipeline sends itself, normalized.
OWNED_HEADERS = {"xapikey", "apikey", "authorization", "acceptlanguage", "accept", "contenttype", "useragent", "host"}
COUNT_HEADERS = {"xtotalcount", "xresultcount"}
_GOOD_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# The placeholders that the generator recognizes; it ignores others without a warning.
_GOOD_PLACEHOLDER = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
_PARAMETER_KEYS = {
    "name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved",
    "schema", "example", "examples", "content",
}  # fmt: skip


def call(path: str, method: str) -> str:
    """Return the name of an operation: its method and path."""
    return f"{method.upper()} {path}"


def normalized(name: object) -> str:
    """Reduce a name to lower-case letters and digits, so that spellings compare equal."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def not_a_call(document: Document) -> Iterator[Repair]:
    """Remove path items and operations that are not objects."""
    paths = obj(document.get("paths"))
    for path, item in list(paths.items()):
        if not is_obj(item):
            yield Repair("not-a-call", path, "not an object: removed")
            del paths[path]
        for method in [method for method in METHODS if method in obj(item) and not is_obj(item[method])]:
            yield Repair("not-a-call", call(path, method), "not an object: removed")
            del item[method]


def path_item_reference(document: Document) -> Iterator[Repair]:
    """Copy the operations of a referenced path item to the path with the reference; no other code follows it."""
    paths, components = obj(document.get("paths")), obj(document.get("components"))
    for path in [path for path, item in paths.items() if "$ref" in item]:
        item, seen = obj(paths[path]), set[str]()
        while isinstance(reference := item.get("$ref"), str) and reference not in seen:
            seen.add(reference)
            head, _, key = reference.removeprefix("#/").rpartition("/")
            holder = {"paths": paths, "components/pathItems": obj(components.get("pathItems"))}.get(head, {})
            target = obj(holder.get(key.replace("~1", "/").replace("~0", "~")))
            item = {**target, **{name: value for name, value in item.items() if name != "$ref"}}
            item = {**item, "$ref": target["$ref"]} if "$ref" in target else item
        item.pop("$ref", None)
        if any(method in item for method in METHODS):
            yield Repair("path-item-reference", path, "the operations that it references were copied")
        else:
            named = reference or min(seen, default=None)
            note = f"{named!r} leads to no operations: the path has none"
            yield Repair("dangling-reference", path, note, warns=True)
        paths[path] = copy.deepcopy(item)
    components.pop("pathItems", None)


def shared_parts(document: Document) -> Iterator[Repair]:
    """Copy shared parameters, bodies, responses and headers to where they are used, so that no rule follows `$ref`s."""
    components = obj(document.get("components"))
    for path, item in list(obj(document.get("paths")).items()):
        common = array(obj(item).pop("parameters", None))
        for _, method, operation in operations({"paths": {path: item}}):
            where = call(path, method)
            own = [_target(components, "parameters", one) for one in array(operation.get("parameters"))]
            known = [(one.get("name"), one.get("in")) for one in own if one]
            inherited = [_target(components, "parameters", one) for one in common]
            own += [one for one in inherited if not one or (one.get("name"), one.get("in")) not in known]
            if None in own:
                note = "a parameter that is defined nowhere was left out"
                yield Repair("dangling-reference", where, note, warns=True)
            operation["parameters"] = [dict(one) for one in own if one]
            if "requestBody" in operation:
                body = _target(components, "requestBodies", operation.pop("requestBody"))
                if body is None:
                    note = "the body is defined nowhere: taken as untyped JSON"
                    yield Repair("dangling-reference", where, note, warns=True)
                operation["requestBody"] = dict(body or {"content": {"application/json": {"schema": {}}}})
            responses = obj(operation.get("responses"))
            for status, response in responses.items():
                target = _target(components, "responses", response)
                if target is None:
                    note = f"response {status} is defined nowhere: taken as empty"
                    yield Repair("dangling-reference", where, note, warns=True)
                responses[status] = dict(target or {"description": ""})
                headers = obj(responses[status].get("headers"))
                if headers:
                    found = {name: _target(components, "headers", header) for name, header in headers.items()}
                    responses[status]["headers"] = {name: header or {} for name, header in found.items()}
    for name in ("parameters", "requestBodies", "responses", "headers"):
        components.pop(name, None)


def _target(components: dict[str, Any], kind: str, value: object) -> dict[str, Any] | None:
    """Return the target of a part's `$ref`s; None if they are dangling or circular."""
    seen: set[str] = set()
    current = obj(value)
    while "$ref" in current:
        reference = str(current["$ref"])
        prefix = f"#/components/{kind}/"
        if reference in seen or not reference.startswith(prefix):
            return None
        seen.add(reference)
        key = reference.removeprefix(prefix).replace("~1", "/").replace("~0", "~")
        if not is_obj(obj(components.get(kind)).get(key)):
            return None
        current = obj(components[kind][key])
    return current


def not_text(document: Document) -> Iterator[Repair]:
    """Remove summaries and descriptions that are not strings."""
    for path, method, operation in operations(document):
        for holder in (operation, *parameters(operation)):
            for key in [key for key in ("summary", "description") if not isinstance(holder.get(key, ""), str)]:
                del holder[key]
                yield Repair("not-text", call(path, method), f"a {key} is not a string: removed")


def odd_paths(document: Document) -> Iterator[Repair]:
    """Add a missing leading slash to a path, and rename placeholders that the generator does not recognize."""
    paths = obj(document.get("paths"))
    for path in list(paths):
        renamed = {name: _plain(name) for name in _PLACEHOLDER.findall(path) if not _GOOD_PLACEHOLDER.fullmatch(name)}
        better = _PLACEHOLDER.sub(lambda match: f"{{{renamed.get(match[1], match[1])}}}", path)  # noqa: B023  # used at once
        better = better if better.startswith("/") else f"/{better}"
        if better == path:
            continue
        for _, _, operation in operations({"paths": {path: paths[path]}}):
            for parameter in parameters(operation):
                if parameter.get("in") == "path":
                    parameter["name"] = renamed.get(str(parameter.get("name")), parameter.get("name"))
        document["paths"] = paths = {(better if key == path else key): item for key, item in paths.items()}
        yield Repair("odd-path", path, f"written as {better}", frozenset({("path", path, better)}))


def _plain(name: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9]+", "_", name).strip("_") or "id"
    return plain if plain[0].isalpha() else f"p_{plain}"


def parameter_without_schema(document: Document) -> Iterator[Repair]:
    """Add a missing schema to a parameter; the generator drops parameters without a schema, and does not warn."""
    for path, method, operation in operations(document):
        for parameter in parameters(operation):
            if isinstance(parameter.get("schema"), dict):
                continue
            medias = obj(parameter.pop("content", None))
            content = [obj(media) for media in medias.values()]
            loose = {key: parameter.pop(key) for key in list(parameter) if not _is_parameter_key(key)}
            parameter["schema"] = obj(content[0].get("schema")) if content else loose or {"type": "string"}
            note = f"{parameter.get('name')} was given its schema"
            # In JSON, strings have quotes, and arrays brackets.
            plain = parameter["schema"].get("type") in ("boolean", "integer", "number")
            warns = bool(content) and not plain and not any(media.startswith("text/") for media in medias)
            note += f"; it is sent as text, though declared as {', '.join(medias)}" if warns else ""
            yield Repair("parameter-without-schema", call(path, method), note, warns=warns)


def _is_parameter_key(key: str) -> bool:
    return key in _PARAMETER_KEYS or key.startswith("x-")


def owned_header(document: Document) -> Iterator[Repair]:
    """Remove header parameters that the pipeline sends itself, in any spelling (FACTS, Models)."""
    for path, method, operation in operations(document):
        for parameter in parameters(operation):
            if parameter.get("in") == "header" and normalized(parameter.get("name")) in OWNED_HEADERS:
                operation["parameters"].remove(parameter)
                yield _dropped("owned-header", path, method, parameter, "the pipeline sends this header itself")


def unsendable_parameter(document: Document) -> Iterator[Repair]:
    """Remove parameters that are neither in the path nor in the query, because generated methods do not send them."""
    for path, method, operation in operations(document):
        for parameter in parameters(operation):
            if parameter.get("in") in ("path", "query") and isinstance(parameter.get("name"), str):
                continue
            operation["parameters"].remove(parameter)
            if parameter.get("in") == "body" and "requestBody" not in operation:
                operation["requestBody"] = {
                    "required": bool(parameter.get("required")),
                    "content": {"application/json": {"schema": parameter["schema"]}},
                }
                yield _dropped("body-as-parameter", path, method, parameter, "made the request body")
            elif parameter.get("required") is True and parameter.get("in") in ("header", "cookie"):
                why = "required, and methods do not send it: give it with with_options(headers=...)"
                yield _dropped("required-parameter-not-sent", path, method, parameter, why, warns=True)
            else:
                yield _dropped("unsendable-parameter", path, method, parameter, "methods send no such parameters")


def duplicate_parameter(document: Document) -> Iterator[Repair]:
    """Keep one parameter of each name and place, with the longest schema; the generator drops operations with two."""
    for path, method, operation in operations(document):
        kept: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in parameters(operation):
            key = (str(parameter.get("in")), str(parameter.get("name")))
            if key not in kept:
                kept[key] = parameter
                continue
            if len(str(parameter.get("schema"))) > len(str(kept[key].get("schema"))):
                kept[key] = parameter
            yield Repair("duplicate-parameter", call(path, method), f"{key[1]} ({key[0]}) is declared more than once")
        if "parameters" in operation:
            operation["parameters"] = list(kept.values())


def path_parameters(document: Document) -> Iterator[Repair]:
    """Declare exactly the parameters that the path has, as required; otherwise the generator drops the operation."""
    for path, method, operation in operations(document):
        wanted = _PLACEHOLDER.findall(path)
        declared: list[Any] = operation.get("parameters") or []
        for parameter in parameters(operation):
            if parameter.get("in") != "path":
                continue
            if parameter["name"] not in wanted:
                declared.remove(parameter)
                yield _dropped("path-parameter-elsewhere", path, method, parameter, "the path has no such placeholder")
            elif parameter.get("required") is not True:
                parameter["required"] = True
                yield Repair("optional-path-parameter", call(path, method), f"{parameter['name']} is always required")
        have = {parameter["name"] for parameter in parameters(operation) if parameter.get("in") == "path"}
        for name in [name for name in wanted if name not in have]:
            declared.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
            yield Repair("undeclared-path-parameter", call(path, method), f"{name} was declared, as a string")
        if declared:
            operation["parameters"] = declared


def status_codes(document: Document) -> Iterator[Repair]:
    """Correct the spelling of status codes; a key that is not a status code becomes `default`."""
    for path, method, operation in operations(document):
        responses = obj(operation.get("responses"))
        good = {code: response for code, response in responses.items() if _GOOD_STATUS.fullmatch(code)}
        for code, response in responses.items():
            if code in good:
                continue
            guess = re.match(r"\s*([1-5](\d\d|xx))(?!\d)", code, re.IGNORECASE)
            better = guess[1].upper() if guess else "default"
            # A response with content replaces one without.
            if better not in good or (obj(response).get("content") and not obj(good[better]).get("content")):
                good[better] = response
            removed = frozenset({("response", call(path, method), code)})
            yield Repair("odd-status-code", call(path, method), f"response {code!r} read as {better}", removed)
        if not good:
            good = {"default": {"description": "Not described."}}
            yield Repair("no-responses", call(path, method), "no response is described")
        operation["responses"] = {code: _described(response) for code, response in good.items()}


def _described(response: object) -> dict[str, Any]:
    return {**obj(response), "description": str(obj(response).get("description") or "")}


def list_as_object(document: Document) -> Iterator[Repair]:
    """Declare a response with count headers as an array of its schema (FACTS, Lists and Models)."""
    for path, method, operation in operations(document):
        for status, response in obj(operation.get("responses")).items():
            counted = {normalized(name) for name in obj(obj(response).get("headers"))} & COUNT_HEADERS
            media = obj(obj(obj(response).get("content")).get("application/json"))
            found = resolve(document, media.get("schema"))
            # A free-form object with count headers may be an aggregate: {"NEW": 2}.
            says = {"properties", "allOf", "anyOf", "oneOf"} & found.keys()
            is_object = bool(says) and found.get("type", "object") == "object"
            if method == "get" and status.startswith("2") and counted and is_object:
                media["schema"] = {"type": "array", "items": media.get("schema") or {}}
                yield Repair("list-as-object", call(path, method), "its count headers show that the response is a list")


def call_names(document: Document) -> Iterator[Repair]:
    """Move `operationId` and `tags` to `x-operation-id` and `x-tags`.

    Names come from the overlay, or from method and path, so that duplicate or missing ids and tags have no effect.
    """
    count = Counter(str(operation.get("operationId")) for _, _, operation in operations(document))
    for path, method, operation in operations(document):
        own = operation.pop("operationId", None)
        tags = operation.pop("tags", None)
        if isinstance(own, str) and own:
            operation["x-operation-id"] = own
        if isinstance(tags, list) and tags:
            operation["x-tags"] = tags
        if not own:
            yield Repair(
                "missing-operation-id", call(path, method), "it is named by the overlay, or by method and path"
            )
        elif count[str(own)] > 1:
            yield Repair("duplicate-operation-id", call(path, method), f"{own!r} names {count[str(own)]} operations")
        if not tags:
            yield Repair("missing-tags", call(path, method), "its resource is named by the overlay, or by the path")


def _dropped(fault: str, path: str, method: str, parameter: dict[str, Any], why: str, *, warns: bool = False) -> Repair:
    name, place = str(parameter.get("name")), str(parameter.get("in"))
    removed = frozenset({("parameter", call(path, method), place, name)})
    return Repair(fault, call(path, method), f"{name} ({place}): {why}", removed, warns=warns)


# Applied before the rules for schemas, so that those find every schema.
FRAME_RULES = (
    not_a_call,
    pointer_reference,
    path_item_reference,
    shared_parts,
    not_text,
    odd_paths,
    parameter_without_schema,
)
RULES = (
    owned_header,
    unsendable_parameter,
    duplicate_parameter,
    path_parameters,
    status_codes,
    odd_media_types,
    list_as_object,
    call_names,
)
