"""Completion of the credentials of each operation.

Every business operation needs a token and the API key (FACTS, Authentication: P3, G3). A description may require more;
where it requires less, the missing credential is added with a warning. The overlay marks the operations that need less
with `x-credentials`, a list of `token` and `key`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi.read.document import Document, array, obj, operations
from openapi.read.errors import BuildError

__all__ = ["MARK", "complete_credentials"]

MARK = "x-credentials"
FULL = "b2b:ordering"
READONLY = "b2b:ordering:readonly"
_KINDS = {"token": {"oauth2", "openIdConnect", "http"}, "key": {"apiKey"}}
_TITLES = {"token": "a token", "key": "the API key"}
_DEFAULT_SCHEMES: dict[str, tuple[str, dict[str, Any]]] = {
    "token": (
        "OAuth2",
        {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "https://api.orange.com/oauth/v3/token",
                    "scopes": {FULL: "Submit requests and follow them.", READONLY: "Follow requests only."},
                }
            },
        },
    ),
    "key": ("ApiKey", {"type": "apiKey", "in": "header", "name": "X-API-Key"}),
}


def complete_credentials(document: Document) -> list[str]:
    """Add the missing credentials to each operation of a description, in place.

    Args:
        document: document after repair and overlay; its `x-credentials` are removed.

    Returns:
        One warning for each kind of credential that was added.

    Raises:
        BuildError: an `x-credentials` is not a list of `token` and `key`.
    """
    added: dict[str, list[str]] = {}
    for path, method, operation in operations(document):
        call = f"{method.upper()} {path}"
        needed = _needed(operation, call)
        old = array(operation.get("security", document.get("security")))
        new, missing = _settled([obj(one) for one in old], needed, document, writes=method not in ("get", "head"))
        for kind in missing:
            added.setdefault(kind, []).append(call)
        if new != old:
            operation["security"] = new
    return list(_warnings(added))


def _needed(operation: dict[str, Any], call: str) -> list[str]:
    if MARK not in operation:
        return list(_KINDS)
    said = operation.pop(MARK)
    kinds = {str(one) for one in array(said)}
    if not isinstance(said, list) or not kinds <= _KINDS.keys():
        raise BuildError(f"The overlay's {MARK} of {call} is not a list of {' and '.join(_KINDS)}: {said!r}.")
    return [kind for kind in _KINDS if kind in kinds]


def _settled(
    old: list[dict[str, Any]], needed: list[str], document: Document, *, writes: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """Add missing credentials to each alternative; return the alternatives and the kinds that were missing."""
    missing: list[str] = []
    result = [dict(one) for one in old] or [{}]
    for kind in needed:
        for alternative in result:
            if not any(_kind(document, name) == kind for name in alternative):
                alternative[_scheme(document, kind)] = []
                missing.append(kind)
    if "token" in needed and not any(scopes for one in result for scopes in one.values()):
        # Without a scope, a read-only token would be accepted for orders.
        result = [
            {name: [scope] if _type(document, name) == "oauth2" else [] for name in one}
            for one in result
            for scope in ([FULL] if writes else [READONLY, FULL])
        ]
    return result, sorted(set(missing))


def _type(document: Document, name: str) -> str:
    schemes = obj(obj(document.get("components")).get("securitySchemes"))
    return str(obj(schemes.get(name)).get("type"))


def _kind(document: Document, name: str) -> str | None:
    return next((kind for kind, types in _KINDS.items() if _type(document, name) in types), None)


def _scheme(document: Document, kind: str) -> str:
    """Return the name of a security scheme of a kind; add one if there is none."""
    components = document.setdefault("components", {})
    schemes = components["securitySchemes"] = obj(components.get("securitySchemes"))
    found = next((name for name in schemes if _kind(document, name) == kind), None)
    if found is None:
        found, scheme = _DEFAULT_SCHEMES[kind]
        while found in schemes:
            found += "_"
        schemes[found] = scheme
    return found


def _warnings(added: dict[str, list[str]]) -> Iterator[str]:
    for kind, found in sorted(added.items()):
        yield (
            f"The description does not require {_TITLES[kind]} for {len(found)} operations that need it "
            f"(FACTS, Authentication); it is sent anyway: {', '.join(found)}"
        )
