"""The operations of the API: one function for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orange_ordering_client.sandbox.api.backend import Backend
from orange_ordering_client.sandbox.api.contract import Values
from orange_ordering_client.sandbox.api.description import Operation
from orange_ordering_client.sandbox.api.deviations import Deviations
from orange_ordering_client.sandbox.api.errors import Refusal, order_refusal
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.api.query import fields_of, matcher, order, partial, with_nulls
from orange_ordering_client.sandbox.domain.clients import Client
from orange_ordering_client.sandbox.domain.journal import Received
from orange_ordering_client.sandbox.domain.rules import OrderRefused

__all__ = ["HANDLERS", "Visit"]

_EMBEDDED = {"schemas": "schema"}
"""For a single catalog item, the value of `includes` is in the plural (S2)."""


@dataclass(frozen=True)
class Visit:
    """One call that passed all checks.

    Attributes:
        call, operation: the call and its operation.
        values: parameters and body.
        client, scopes: who calls, and the scopes of the token.
        language: of the answer, `en` or `fr`.
        entry: the entry of the call in the journal.
        deviations: how the answer is to differ from the documented API.
    """

    call: Call
    operation: Operation
    values: Values
    client: Client
    scopes: frozenset[str]
    language: str
    entry: Received
    deviations: Deviations

    @property
    def query(self) -> Mapping[str, Any]:
        """Values of the query string."""
        return self.values.query

    @property
    def resource_id(self) -> str:
        """Value of the path parameter, whatever its name in the description."""
        return next(iter(self.values.path.values()))


def list_requests(backend: Backend, visit: Visit) -> Reply:
    """`GET /requests`."""
    reference = visit.query.get("customerReference")
    # The most common filter has an index, so that looking up one order does not read ten thousand others.
    narrow = isinstance(reference, str) and "," not in reference and not visit.deviations.ignores_filters
    reply = _page(
        backend,
        visit,
        backend.requests.listed(reference if narrow else None),
        ("attachments", "quotes"),
        _request_links,
    )
    if visit.deviations.shift:
        backend.requests.shift(visit.deviations.shift)
    return reply


def create_request(backend: Backend, visit: Visit) -> Reply:
    """`POST /requests`."""
    body: dict[str, Any] = visit.values.body
    try:
        backend.rules.check(body, visit.client, backend.clock.today(), visit.language)
    except OrderRefused as refused:
        raise order_refusal(refused) from refused
    request_type = str(body["type"])
    name = backend.catalog.name(request_type, visit.language)
    reference = body.get("customerReference")
    stored = body if reference is None else body | {"customerReference": visit.deviations.stored_reference(reference)}
    request_id = backend.requests.create(stored, visit.client, name, hidden_for=visit.deviations.hidden_for)
    # The journal counts orders by the reference that was sent, even if another one is stored.
    backend.journal.commit(visit.entry, request_id, request_type, reference)
    wire = _trimmed(backend, visit, backend.requests[request_id], (), _request_links)
    return Reply(201, wire, {"Content-Location": f"{backend.description.base_path}/requests/{request_id}"})


def get_request(backend: Backend, visit: Visit) -> Reply:
    """`GET /requests/{requestId}`."""
    request_id = visit.resource_id
    if request_id not in backend.requests:
        raise Refusal(404, 60, f"There is no request {request_id!r}.")
    return Reply(200, _trimmed(backend, visit, backend.requests[request_id], (), _request_links))


def list_catalog(backend: Backend, visit: Visit) -> Reply:
    """`GET /catalogItems`."""
    items = backend.catalog.items(visit.client, visit.language)
    return _page(backend, visit, items, ("schema", "milestones"), _catalog_links)


def get_catalog_item(backend: Backend, visit: Visit) -> Reply:
    """`GET /catalogItems/{catalogItemId}`."""
    item_id = visit.resource_id
    item = backend.catalog.item(item_id, visit.client, visit.language)
    if item is None:
        raise Refusal(404, 60, f"There is no catalog item {item_id!r}.")
    return Reply(200, _trimmed(backend, visit, item, ("schema", "milestones"), _catalog_links))


def status(backend: Backend, visit: Visit) -> Reply:
    """`GET /status`."""
    info = backend.description.document["info"]
    return Reply(200, {"name": info["title"], "status": "ok", "version": info["version"]})


def version(backend: Backend, visit: Visit) -> Reply:
    """`GET /version`."""
    major, minor, patch = (*str(backend.description.document["info"]["version"]).split("."), "0", "0")[:3]
    return Reply(200, {"version": {"major": major, "minor": minor, "patch": patch}, "deprecated": False})


def specification(backend: Backend, visit: Visit) -> Reply:
    """`GET /doc`."""
    return Reply(200, backend.description.document)


def me(backend: Backend, visit: Visit) -> Reply:
    """`GET /me`."""
    client = visit.client
    return Reply(
        200,
        {
            "id": f"ME-{client.customer[0]}",
            "login": client.id,
            "name": client.name,
            "email": f"{client.id}@example.com",
            "scopes": " ".join(sorted(visit.scopes)),
            "type": "SANDBOX",
            "createdAt": "2026-01-05T08:00:00.000Z",
            "updatedAt": "2026-01-05T08:00:00.000Z",
        },
    )


HANDLERS: Mapping[str, Callable[[Backend, Visit], Reply]] = {
    "requests.list": list_requests,
    "requests.create": create_request,
    "requests.get": get_request,
    "catalog.list": list_catalog,
    "catalog.get": get_catalog_item,
    "service.status": status,
    "service.version": version,
    "service.specification": specification,
    "service.me": me,
}


def _page(
    backend: Backend,
    visit: Visit,
    items: Sequence[Mapping[str, Any]],
    embeddable: tuple[str, ...],
    links: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
) -> Reply:
    query = visit.query
    if not visit.deviations.ignores_filters:
        matches = matcher(query)
        items = [item for item in items if matches(item)]
    if not visit.deviations.ignores_sort:
        items = order(items, query.get("sort"))
    offset, limit = query["offset"], query["limit"]
    if visit.deviations.page_size is not None:
        limit = min(limit, visit.deviations.page_size)
    page = [_trimmed(backend, visit, item, embeddable, links) for item in items[offset : offset + limit]]
    return Reply(200, page, {"X-Result-Count": str(len(page)), "X-Total-Count": str(len(items))})


def _trimmed(
    backend: Backend,
    visit: Visit,
    item: Mapping[str, Any],
    embeddable: tuple[str, ...],
    links: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
) -> Mapping[str, Any]:
    query = visit.query
    fields = fields_of(query)
    requested: str = query.get("includes", "")
    included = _EMBEDDED.get(requested, requested)
    if fields:
        shown = partial(item, fields)
        if included in item:
            shown[included] = item[included]
    else:
        shown = {key: value for key, value in item.items() if key not in embeddable or key == included}
    if query.get("displayNulls"):
        shown = with_nulls(shown, backend.description.model(visit.operation), fields or None)
    if query.get("displayLinks"):
        shown["_links"] = links(f"{visit.call.base}{backend.description.base_path}", item)
    return shown


def _request_links(base: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "self": {"href": f"{base}/requests/{item['id']}", "method": "GET"},
        "quotes": {"href": f"{base}/requests?id={item['id']}&includes=quotes", "method": "GET"},
    }


def _catalog_links(base: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "self": {"href": f"{base}/catalogItems/{item['id']}", "method": "GET"},
        "requests": {"href": f"{base}/requests?type={item['id']}", "method": "GET"},
    }
