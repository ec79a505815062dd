"""Comparison of the security requirements and the servers of two descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi.compare.change import Change
from openapi.read.document import Document, array, obj

__all__ = ["own_server_changes", "security_changes", "server_changes"]

Needs = frozenset[str]
# An operation without `security` needs both, like every business operation (FACTS, Authentication).
_UNSAID = frozenset({frozenset({"bearer token", "header X-API-Key"})})


def security_changes(
    call: str, before: tuple[Document, dict[str, Any]], after: tuple[Document, dict[str, Any]]
) -> Iterator[Change]:
    """List the changes of the credentials of one operation."""
    old, new = _alternatives(*before), _alternatives(*after)
    if old == new:
        return
    if new is None or old is None:
        said = (
            f"no longer declares its credentials: {_listed(old)}"
            if old
            else f"declares its credentials now: {_listed(new)}"
        )
        yield Change("changed", "security", call, said, False)
        return
    # Every set of credentials that was sufficient must still be sufficient.
    shut = [one for one in old if not any(other <= one for other in new)]
    text = f"takes {_listed(new)} now, where it took {_listed(old)}"
    yield Change("changed", "security", call, text, bool(shut))


def _alternatives(document: Document, operation: dict[str, Any]) -> frozenset[Needs] | None:
    said = operation.get("security", document.get("security"))
    if said is None:
        return None
    schemes = obj(obj(document.get("components")).get("securitySchemes"))
    found = frozenset(frozenset(_needs(schemes, obj(one))) for one in array(said))
    return found or frozenset({Needs()})


def _needs(schemes: dict[str, Any], alternative: dict[str, Any]) -> Iterator[str]:
    for name, scopes in alternative.items():
        scheme = obj(schemes.get(name))
        kind = str(scheme.get("type"))
        if kind == "apiKey":
            key = str(scheme.get("name"))
            yield f"{scheme.get('in')} {'X-API-Key' if key.lower() == 'x-api-key' else key}"
        elif kind == "http" and str(scheme.get("scheme")).lower() == "basic":
            yield "user name and password"
        else:
            yield "bearer token"
            yield from (f"scope {scope}" for scope in array(scopes))


def _listed(alternatives: frozenset[Needs] | None) -> str:
    found = sorted(" and ".join(sorted(one)) or "nothing" for one in alternatives or _UNSAID)
    return " or ".join(f"({one})" if len(found) > 1 else one for one in found)


def server_changes(before: Document, after: Document) -> Iterator[Change]:
    """List the changes of the addresses of the API and of its token endpoint."""
    for subject, find in (("server", _servers), ("token endpoint", _token_endpoints)):
        old, new = find(before), find(after)
        for url in sorted(old - new):
            yield Change("removed", "server", subject, f"{url} is no longer named", bool(new))
        for url in sorted(new - old):
            yield Change("added", "server", subject, f"{url} is named", False)


def own_server_changes(
    call: str, before: tuple[Document, str, dict[str, Any]], after: tuple[Document, str, dict[str, Any]]
) -> Iterator[Change]:
    """List the changes of the servers that an operation, or its path, has instead of those of the document."""
    old, new = (operation.get("servers", obj(document["paths"][path]).get("servers"))
                for document, path, operation in (before, after))  # fmt: skip
    if old == new:
        return
    urls, urls_now = (
        _servers({"servers": own}) if own else _servers(document)
        for own, (document, *_) in ((old, before), (new, after))
    )
    if urls != urls_now:
        text = f"is at {', '.join(sorted(urls_now)) or '/'} now, where it was at {', '.join(sorted(urls)) or '/'}"
        yield Change("changed", "server", call, text, bool(urls - urls_now))


def _servers(document: Document) -> set[str]:
    found: set[str] = set()
    for server in map(obj, array(document.get("servers"))):
        url = str(server.get("url", ""))
        for name, variable in obj(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(obj(variable).get("default", f"{{{name}}}")))
        found.add(url.rstrip("/"))
    return found


def _token_endpoints(document: Document) -> set[str]:
    schemes = obj(obj(document.get("components")).get("securitySchemes")).values()
    flows = [flow for scheme in schemes for flow in obj(obj(scheme).get("flows")).values()]
    return {str(obj(flow)["tokenUrl"]).rstrip("/") for flow in flows if "tokenUrl" in obj(flow)}
