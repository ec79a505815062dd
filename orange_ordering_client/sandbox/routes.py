"""What each operation does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orange_ordering_client.sandbox.alter import changed_reference
from orange_ordering_client.sandbox.call import Call, Reply
from orange_ordering_client.sandbox.errors import Refusal
from orange_ordering_client.sandbox.query import fields_of, matcher, order, partial, with_nulls

if TYPE_CHECKING:
    from orange_ordering_client.sandbox.access import Client
    from orange_ordering_client.sandbox.contract import Values
    from orange_ordering_client.sandbox.core import Sandbox
    from orange_ordering_client.sandbox.description import Operation
    from orange_ordering_client.sandbox.faults import Fault
    from orange_ordering_client.sandbox.journal import Received

__all__ = ["HANDLERS", "Visit"]

_EMBEDDED = {"schemas": "schema"}
"""Spelt in the plural for a single catalog item (S2)."""


@dataclass
class Visit:
    """One call on its way through: who it is from and what it says."""

    call: Call
    operation: Operation
    values: Values
    client: Client
    scopes: frozenset[str]
    language: str
    entry: Received
    faults: Mapping[str, Fault] = field(default_factory=dict[str, "Fault"])

    @property
    def query(self) -> Mapping[str, Any]:
        """Values of the query string."""
        return self.values.query

    @property
    def resource_id(self) -> str:
        """Value of the path parameter, whatever a description calls it."""
        return next(iter(self.values.path.values()))


def list_requests(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /requests`."""
    reference = visit.query.get("customerReference")
    # A program that looks its own order up must not read ten thousand others: the commonest filter has an index.
    narrow = isinstance(reference, str) and "," not in reference and "ignore-filters" not in visit.faults
    reply = _page(
        sandbox,
        visit,
        sandbox.requests.listed(reference if narrow else None),
        ("attachments", "quotes"),
        _request_links,
    )
    step = visit.faults["shift"].step if "shift" in visit.faults else 0
    if step:
        sandbox.requests.shift(step)
    return reply


def create_request(sandbox: Sandbox, visit: Visit) -> Reply:
    """`POST /requests`."""
    body: dict[str, Any] = visit.values.body
    sandbox.rules.check(body, visit.client, sandbox.clock.today(), visit.language)
    hidden = visit.faults.get("delayed-visibility")
    request_type = str(body["type"])
    name = sandbox.catalog.name(request_type, visit.language)
    change = visit.faults.get("change-reference")
    stored = changed_reference(body, change) if change else body
    request_id = sandbox.requests.create(stored, visit.client, name, hidden_for=hidden.seconds if hidden else 0)
    # The reference as it was sent: by it the order is counted.
    sandbox.journal.commit(visit.entry, request_id, request_type, body.get("customerReference"))
    wire = _trimmed(sandbox, visit, sandbox.requests[request_id], (), _request_links)
    return Reply(201, wire, {"Content-Location": f"{sandbox.description.base_path}/requests/{request_id}"})


def get_request(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /requests/{requestId}`."""
    request_id = visit.resource_id
    if request_id not in sandbox.requests:
        raise Refusal(404, 60, f"There is no request {request_id!r}.")
    return Reply(200, _trimmed(sandbox, visit, sandbox.requests[request_id], (), _request_links))


def list_catalog(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /catalogItems`."""
    items = sandbox.catalog.items(visit.client, visit.language)
    return _page(sandbox, visit, items, ("schema", "milestones"), _catalog_links)


def get_catalog_item(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /catalogItems/{catalogItemId}`."""
    item_id = visit.resource_id
    item = sandbox.catalog.item(item_id, visit.client, visit.language)
    if item is None:
        raise Refusal(404, 60, f"There is no catalog item {item_id!r}.")
    return Reply(200, _trimmed(sandbox, visit, item, ("schema", "milestones"), _catalog_links))


def status(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /status`."""
    info = sandbox.description.document["info"]
    return Reply(200, {"name": info["title"], "status": "ok", "version": info["version"]})


def version(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /version`."""
    major, minor, patch = (*str(sandbox.description.document["info"]["version"]).split("."), "0", "0")[:3]
    return Reply(200, {"version": {"major": major, "minor": minor, "patch": patch}, "deprecated": False})


def specification(sandbox: Sandbox, visit: Visit) -> Reply:
    """`GET /doc`."""
    return Reply(200, sandbox.description.document)


def me(sandbox: Sandbox, visit: Visit) -> Reply:
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


HANDLERS: Mapping[str, Callable[[Sandbox, Visit], Reply]] = {
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
    sandbox: Sandbox,
    visit: Visit,
    items: Sequence[Mapping[str, Any]],
    embeddable: tuple[str, ...],
    links: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
) -> Reply:
    query = visit.query
    if "ignore-filters" not in visit.faults:
        matches = matcher(query)
        items = [item for item in items if matches(item)]
    if "ignore-sort" not in visit.faults:
        items = order(items, query.get("sort"))
    offset, limit = query["offset"], query["limit"]
    if "cap-pages" in visit.faults:
        limit = min(limit, visit.faults["cap-pages"].length)
    page = [_trimmed(sandbox, visit, item, embeddable, links) for item in items[offset : offset + limit]]
    return Reply(200, page, {"X-Result-Count": str(len(page)), "X-Total-Count": str(len(items))})


def _trimmed(
    sandbox: Sandbox,
    visit: Visit,
    item: Mapping[str, Any],
    embeddable: tuple[str, ...],
    links: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
) -> Mapping[str, Any]:
    query = visit.query
    fields = fields_of(query)
    asked: str = query.get("includes", "")
    included = _EMBEDDED.get(asked, asked)
    if fields:
        shown = partial(item, fields)
        if included in item:
            shown[included] = item[included]
    else:
        shown = {key: value for key, value in item.items() if key not in embeddable or key == included}
    if query.get("displayNulls"):
        shown = with_nulls(shown, sandbox.model(visit.operation), fields or None)
    if query.get("displayLinks"):
        shown["_links"] = links(f"{visit.call.base}{sandbox.description.base_path}", item)
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
