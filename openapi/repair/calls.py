"""Rules that put right what a description says wrongly of its calls.

Each rule goes through the document it is given, changes it in place (`cures.cured` hands over a private copy) and
names every fault that it met. Faults seen in the published v2.1.1 description are marked "FACTS, Models"; the others
are common in files that come out of the same kind of tool.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from openapi.read.document import METHODS, Document, array, is_obj, media_types, obj, operations, parameters, resolve
from openapi.read.errors import Cured

__all__ = ["FRAME_RULES", "RULES"]

# How a header is recognised however it is spelt: letters and digits only. The pipeline sends these itself.
OWNED_HEADERS = {"xapikey", "apikey", "authorization", "acceptlanguage", "accept", "contenttype", "useragent", "host"}
COUNT_HEADERS = {"xtotalcount", "xresultcount"}
_GOOD_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What the generator takes as a placeholder; it silently sees no parameter in anything else.
_GOOD_PLACEHOLDER = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
_PARAMETER_KEYS = {
    "name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved",
    "schema", "example", "examples", "content",
}  # fmt: skip


def call(path: str, method: str) -> str:
    """Write a call as people do."""
    return f"{method.upper()} {path}"


def letters(name: object) -> str:
    """Reduce a name to lower-case letters and digits, so that spellings compare equal."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def not_a_call(document: Document) -> Iterator[Cured]:
    """Leave out what stands in the place of a path or an operation and is none."""
    paths = obj(document.get("paths"))
    for path, item in list(paths.items()):
        if not is_obj(item):
            yield Cured("not-a-call", path, "no object, left out")
            del paths[path]
        for method in [method for method in METHODS if method in obj(item) and not is_obj(item[method])]:
            yield Cured("not-a-call", call(path, method), "no object, left out")
            del item[method]


def path_item_reference(document: Document) -> Iterator[Cured]:
    """Write the calls of a path that refers to another where they are used: nothing else follows that reference."""
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
            yield Cured("path-item-reference", path, "the calls that it refers to were written there")
        else:
            yield Cured("dangling-reference", path, f"{reference or min(seen)!r} leads to no calls: the path has none")
        paths[path] = copy.deepcopy(item)
    components.pop("pathItems", None)


def shared_parts(document: Document) -> Iterator[Cured]:
    """Write shared parameters, bodies, responses and headers where they are used; no rule has to follow them then."""
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
                yield Cured("dangling-reference", where, "a parameter that is defined nowhere was left out")
            operation["parameters"] = [dict(one) for one in own if one]
            if "requestBody" in operation:
                body = _target(components, "requestBodies", operation.pop("requestBody"))
                if body is None:
                    yield Cured("dangling-reference", where, "the body is defined nowhere: taken as untyped JSON")
                operation["requestBody"] = dict(body or {"content": {"application/json": {"schema": {}}}})
            responses = obj(operation.get("responses"))
            for status, response in responses.items():
                target = _target(components, "responses", response)
                if target is None:
                    yield Cured("dangling-reference", where, f"response {status} is defined nowhere: taken as empty")
                responses[status] = dict(target or {"description": ""})
                headers = obj(responses[status].get("headers"))
                if headers:
                    found = {name: _target(components, "headers", header) for name, header in headers.items()}
                    responses[status]["headers"] = {name: header or {} for name, header in found.items()}
    for name in ("parameters", "requestBodies", "responses", "headers"):
        components.pop(name, None)


def _target(components: dict[str, Any], kind: str, value: object) -> dict[str, Any] | None:
    """Follow the `$ref`s of a part; None when they lead nowhere."""
    seen: set[str] = set()
    current = obj(value)
    while "$ref" in current:
        reference = str(current["$ref"])
        prefix = f"#/components/{kind}/"
        if reference in seen or not reference.startswith(prefix):
            return None
        seen.add(reference)
        key = reference.removeprefix(prefix)
        if not is_obj(obj(components.get(kind)).get(key)):
            return None
        current = obj(components[kind][key])
    return current


def not_text(document: Document) -> Iterator[Cured]:
    """Drop summaries and descriptions that are no text."""
    for path, method, operation in operations(document):
        for holder in (operation, *parameters(operation)):
            for key in [key for key in ("summary", "description") if not isinstance(holder.get(key, ""), str)]:
                del holder[key]
                yield Cured("not-text", call(path, method), f"a {key} is no text: left out")


def odd_paths(document: Document) -> Iterator[Cured]:
    """Give every path its leading slash, and every placeholder a name that the generator can see."""
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
        yield Cured("odd-path", path, f"written as {better}", frozenset({("path", path, better)}))


def _plain(name: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9]+", "_", name).strip("_") or "id"
    return plain if plain[0].isalpha() else f"p_{plain}"


def parameter_without_schema(document: Document) -> Iterator[Cured]:
    """Give parameters their schema: the generator drops those without one, and says nothing."""
    for path, method, operation in operations(document):
        for parameter in parameters(operation):
            if isinstance(parameter.get("schema"), dict):
                continue
            content = [obj(media) for media in obj(parameter.pop("content", None)).values()]
            loose = {key: parameter.pop(key) for key in list(parameter) if not _is_parameter_key(key)}
            parameter["schema"] = obj(content[0].get("schema")) if content else loose or {"type": "string"}
            yield Cured("parameter-without-schema", call(path, method), f"{parameter.get('name')} was given its schema")


def _is_parameter_key(key: str) -> bool:
    return key in _PARAMETER_KEYS or key.startswith("x-")


def owned_header(document: Document) -> Iterator[Cured]:
    """Drop header parameters that the pipeline sends itself, however they are spelt (FACTS, Models)."""
    for path, method, operation in operations(document):
        for parameter in parameters(operation):
            if parameter.get("in") == "header" and letters(parameter.get("name")) in OWNED_HEADERS:
                operation["parameters"].remove(parameter)
                yield _dropped("owned-header", path, method, parameter, "the pipeline sends this header itself")


def unsendable_parameter(document: Document) -> Iterator[Cured]:
    """Drop parameters that are neither in the path nor in the query: a generated method has no way to send them."""
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
                yield _dropped("required-parameter-not-sent", path, method, parameter, why)
            else:
                yield _dropped("unsendable-parameter", path, method, parameter, "methods send no such parameters")


def duplicate_parameter(document: Document) -> Iterator[Cured]:
    """Keep the fuller one of parameters that share name and place; the generator would drop the whole operation."""
    for path, method, operation in operations(document):
        kept: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in parameters(operation):
            key = (str(parameter.get("in")), str(parameter.get("name")))
            if key not in kept:
                kept[key] = parameter
                continue
            if len(str(parameter.get("schema"))) > len(str(kept[key].get("schema"))):
                kept[key] = parameter
            yield Cured("duplicate-parameter", call(path, method), f"{key[1]} ({key[0]}) is declared more than once")
        if "parameters" in operation:
            operation["parameters"] = list(kept.values())


def path_parameters(document: Document) -> Iterator[Cured]:
    """Declare exactly the path parameters that the path has, as required; the generator would drop the operation."""
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
                yield Cured("optional-path-parameter", call(path, method), f"{parameter['name']} is always required")
        have = {parameter["name"] for parameter in parameters(operation) if parameter.get("in") == "path"}
        for name in [name for name in wanted if name not in have]:
            declared.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
            yield Cured("undeclared-path-parameter", call(path, method), f"{name} was declared, as text")
        if declared:
            operation["parameters"] = declared


def status_codes(document: Document) -> Iterator[Cured]:
    """Write status codes as OpenAPI does; a code that is none becomes `default`, or goes."""
    for path, method, operation in operations(document):
        responses = obj(operation.get("responses"))
        good = {code: response for code, response in responses.items() if _GOOD_STATUS.fullmatch(code)}
        for code, response in responses.items():
            if code in good:
                continue
            guess = re.match(r"\s*([1-5](\d\d|xx))(?!\d)", code, re.IGNORECASE)
            better = guess[1].upper() if guess else "default"
            # One that says something wins over one that does not.
            if better not in good or (obj(response).get("content") and not obj(good[better]).get("content")):
                good[better] = response
            removed = frozenset({("response", call(path, method), code)})
            yield Cured("odd-status-code", call(path, method), f"response {code!r} read as {better}", removed)
        if not good:
            good = {"default": {"description": "Not described."}}
            yield Cured("no-responses", call(path, method), "no response is described")
        operation["responses"] = {code: _described(response) for code, response in good.items()}


def _described(response: object) -> dict[str, Any]:
    return {**obj(response), "description": str(obj(response).get("description") or "")}


def odd_media_types(document: Document) -> Iterator[Cured]:
    """Write media types without parameters; of several that say the same, keep the fullest (FACTS, Models)."""
    for path, method, operation in operations(document):
        for status, holder, content in list(media_types(operation)):
            where = f"{call(path, method)} {status}"
            chosen: dict[str, tuple[int, str, dict[str, Any]]] = {}
            for name, media in content.items():
                kind = _media_kind(name, sent=status == "body")
                schema = obj(media).get("schema")
                entry = (_weight(document, schema, 4), name, {**obj(media), "schema": obj(schema)})
                chosen[kind] = max(chosen[kind], entry, key=lambda one: one[0]) if kind in chosen else entry
            if not chosen:
                del holder["content"]
                continue
            kind = "application/json" if "application/json" in chosen else next(iter(chosen))
            _, name, media = chosen[kind]
            if kind == "application/octet-stream" and status != "body":
                media = {**media, "schema": {"type": "string", "format": "binary"}}
            if list(content) == [kind] and content[kind] == media:
                continue
            holder["content"] = {kind: media}
            if name != kind:
                yield Cured("odd-media-type", where, f"{name!r} read as {kind}")
            for other in [other for other in content if other != name]:
                removed = frozenset({("media", call(path, method), status, other)})
                yield Cured("several-media-types", where, f"{name!r} says most and is kept, {other!r} not", removed)


def _media_kind(name: str, *, sent: bool) -> str:
    base = name.split(";")[0].strip().lower()
    if base in ("", "*/*", "application/*") or re.search(r"(^|/|\+)(json|javascript)$", base):
        return "application/json"
    if sent:
        return base  # What the client cannot send is for the build to refuse, not to disguise.
    return "text/plain" if base.startswith("text/") else "application/octet-stream"


def _weight(document: Document, schema: object, depth: int) -> int:
    found = resolve(document, schema)
    if depth == 0:
        return 0
    inner = list(obj(found.get("properties")).values())
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in array(found.get(keyword))]
    around = [found["items"]] if isinstance(found.get("items"), dict) else []
    return len(found) + sum(1 + _weight(document, part, depth - 1) for part in [*inner, *parts, *around])


def list_as_object(document: Document) -> Iterator[Cured]:
    """Read an answer that comes with counts as a list of what it is declared to be (FACTS, Lists and Models)."""
    for path, method, operation in operations(document):
        for status, response in obj(operation.get("responses")).items():
            counted = {letters(name) for name in obj(obj(response).get("headers"))} & COUNT_HEADERS
            media = obj(obj(obj(response).get("content")).get("application/json"))
            found = resolve(document, media.get("schema"))
            # An object of which nothing is said can be an aggregate: {"NEW": 2}, counted all the same.
            says = {"properties", "allOf", "anyOf", "oneOf"} & found.keys()
            is_object = bool(says) and found.get("type", "object") == "object"
            if method == "get" and status.startswith("2") and counted and is_object:
                media["schema"] = {"type": "array", "items": media.get("schema") or {}}
                yield Cured("list-as-object", call(path, method), "its count headers say that the answer is a list")


def call_names(document: Document) -> Iterator[Cured]:
    """Set the file's own ids and tags aside: names come from the overlay, or from method and path.

    They stay readable as `x-operation-id` and `x-tags`. So ids that occur twice or not at all cost nothing, nor do
    missing tags.
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
            yield Cured("missing-operation-id", call(path, method), "the overlay names it, or method and path do")
        elif count[str(own)] > 1:
            yield Cured("duplicate-operation-id", call(path, method), f"{own!r} names {count[str(own)]} operations")
        if not tags:
            yield Cured("missing-tags", call(path, method), "the overlay names its resource, or the path does")


def _dropped(fault: str, path: str, method: str, parameter: dict[str, Any], why: str) -> Cured:
    name, place = str(parameter.get("name")), str(parameter.get("in"))
    removed = frozenset({("parameter", call(path, method), place, name)})
    return Cured(fault, call(path, method), f"{name} ({place}): {why}", removed)


# Before the schemas are looked at: these make sure that all of them are found.
FRAME_RULES = (not_a_call, path_item_reference, shared_parts, not_text, odd_paths, parameter_without_schema)
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
