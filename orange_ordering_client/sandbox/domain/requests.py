"""The stored requests, which progress with the clock."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from orange_ordering_client.sandbox.domain.clients import Client
from orange_ordering_client.sandbox.domain.clock import Clock, stamp
from orange_ordering_client.sandbox.domain.lifecycle import TERMINAL, Lifecycle, Stage

__all__ = ["Record", "Requests"]

_FIRST = 286_023
_CATEGORIES = {"C": "NEW", "U": "CHANGE", "R": "DISCONNECT"}
_SEEDED = ("C_BVPN_FR_1", "R_BVPN_FR_1", "U_BVPN_FR_1", "C_GENERIC_FR_1")
_SEEDED_ENDS = {3: "REJECTED", 7: "CANCELED"}
"""Of each ten; the others are completed."""


@dataclass(slots=True, eq=False)
class Record:
    """One stored request.

    Attributes:
        wire: all its attributes, in wire form.
        created: when it was stored.
        span: seconds of sandbox time from creation to completion.
        stages: those that it has not reached yet.
        hidden_until: lists leave it out before this time; None means never.
    """

    wire: dict[str, Any]
    created: datetime
    span: float
    stages: list[Stage]
    hidden_until: datetime | None = None

    @property
    def id(self) -> str:
        """The request's id."""
        return str(self.wire["id"])


@dataclass
class Requests:
    """All requests, oldest first.

    Args:
        clock: decides which stages are reached.
        random: draws the stages of each request.
        lifecycle: how long requests take and how they end.
        owner: the client of requests that were not created through the API.
    """

    clock: Clock
    random: Random
    lifecycle: Lifecycle
    owner: Client
    _order: list[Record] = field(default_factory=list[Record], init=False)
    _by_id: dict[str, Record] = field(default_factory=dict[str, Record], init=False)
    _by_reference: dict[str, list[Record]] = field(default_factory=dict[str, list[Record]], init=False)
    _due: list[tuple[datetime, int, Record]] = field(default_factory=list[tuple[datetime, int, Record]], init=False)
    _next: int = field(default=_FIRST, init=False)
    _tick: int = field(default=0, init=False)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Iterate over all requests in their present state, in wire form."""
        self.settle()
        return (record.wire for record in self._order)

    def __getitem__(self, request_id: str) -> dict[str, Any]:
        """Return one request in its present state, in wire form.

        Raises:
            KeyError: no such request.
        """
        self.settle()
        return self._by_id[request_id].wire

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._by_id

    def listed(self, reference: str | None = None) -> list[dict[str, Any]]:
        """Return the requests that lists show now, oldest first; only those of one customerReference if it is given."""
        self.settle()
        now = self.clock.now()
        records = self._order if reference is None else self._by_reference.get(reference, [])
        return [record.wire for record in records if record.hidden_until is None or record.hidden_until <= now]

    def create(
        self, body: Mapping[str, Any], client: Client, name: str, *, hidden_for: float = 0, first: bool = False
    ) -> str:
        """Store a new request and return its id.

        Args:
            body: the order, already checked, in wire form.
            client: the client that ordered.
            name: name of the request, from the catalog item.
            hidden_for: seconds of sandbox time during which lists leave it out.
            first: store it as the oldest request instead of the newest.
        """
        now = self.clock.now()
        record = self._record(body, client, name, now)
        if hidden_for:
            record.hidden_until = now + timedelta(seconds=hidden_for)
        self._order.insert(0 if first else len(self._order), record)
        self._by_id[record.id] = record
        reference = body.get("customerReference")
        if reference is not None:
            self._by_reference.setdefault(str(reference), []).append(record)
        self._schedule(record)
        return record.id

    def change(self, request_id: str, *, at: datetime | None = None, **attributes: Any) -> None:
        """Change attributes of a request, and its updatedAt.

        After a terminal status the request reaches no further stage; after any other it does.

        Args:
            request_id: its id.
            at: time of the change; None means now.
            attributes: new values by wire name.

        Raises:
            KeyError: no such request.
        """
        self.settle()
        record = self._by_id[request_id]
        record.wire.update(attributes, updatedAt=stamp(at or self.clock.now()))
        if attributes.get("status") in TERMINAL:
            record.stages.clear()

    def remove(self, request_id: str) -> None:
        """Remove a request, as if it had been archived.

        Raises:
            KeyError: no such request.
        """
        record = self._by_id.pop(request_id)
        self._order.remove(record)
        record.stages.clear()
        reference = record.wire.get("customerReference")
        if reference is not None:
            self._by_reference[reference].remove(record)

    def shift(self, step: int) -> None:
        """Insert `step` requests at the front of the list; if `step` is negative, remove that many from the front."""
        for number in range(step):
            body = {
                "type": "C_GENERIC_FR_1",
                "requestedAt": self.clock.today().isoformat(),
                "comment": f"shift {number}",
            }
            self.create(body, self.owner, "shift", first=True)
        for record in self._order[: max(0, -step)]:
            self.remove(record.id)

    def seed(self, count: int, *, over: timedelta = timedelta(days=90)) -> list[str]:
        """Add requests that were created in the past, at equal intervals, and return their ids.

        Each takes a third of `over`, or `completes_after` if that is longer, so that the newest third is in progress.
        Of each ten, one ends REJECTED and one CANCELED, unless the lifecycle has shares.

        Args:
            count: number of requests.
            over: age of the oldest request.
        """
        now = self.clock.now()
        span = max(self.lifecycle.completes_after or 0.0, over.total_seconds() / 3)
        ids: list[str] = []
        for index in range(count):
            created = now - over * ((count - index) / max(1, count))
            request_type = _SEEDED[index % len(_SEEDED)]
            body = {
                "type": request_type,
                "customerReference": f"SEED-{self._next}",
                "requestedAt": (created + timedelta(days=30)).date().isoformat(),
                "properties": {"servicePoint": {"id": f"SP-{1000 + index % 100}"}},
            }
            record = self._record(body, self.owner, request_type, created, span, _SEEDED_ENDS.get(index % 10))
            record.wire["priority"] = self.random.choice(("HIGH", "MEDIUM", "LOW"))
            self._order.append(record)
            self._by_id[record.id] = record
            self._by_reference.setdefault(str(body["customerReference"]), []).append(record)
            self._schedule(record)
            ids.append(record.id)
        self.settle()
        return ids

    def settle(self) -> None:
        """Apply every stage that is due."""
        now = self.clock.now()
        while self._due and self._due[0][0] <= now:
            moment, _, record = heapq.heappop(self._due)
            if record.stages:
                _reach(record, record.stages.pop(0), moment)
                self._schedule(record)

    def _schedule(self, record: Record) -> None:
        if record.stages:
            self._tick += 1
            due = record.created + timedelta(seconds=record.span * record.stages[0].share)
            heapq.heappush(self._due, (due, self._tick, record))

    def _record(
        self,
        body: Mapping[str, Any],
        client: Client,
        name: str,
        now: datetime,
        span: float | None = None,
        end: str | None = None,
    ) -> Record:
        if span is None:
            span = self.lifecycle.completes_after or 0.0
        expected = (now + timedelta(seconds=span)).date().isoformat()
        customer = {"id": client.customer[0], "name": client.customer[1]} | dict(body.get("customer") or {})
        wire: dict[str, Any] = {
            "id": f"3-{self._next:08d}",
            "name": name,
            "customerReference": body.get("customerReference"),
            "category": _CATEGORIES.get(str(body["type"])[:1], "NEW"),
            "status": "NEW",
            "step": "REQUEST",
            "subStep": "INITIATION",
            "isOverdue": "false",
            "isArchived": "false",
            "priority": "MEDIUM",
            "customer": customer,
            "keyDates": {
                "issuedAt": now.date().isoformat(),
                "requestedAt": body["requestedAt"],
                "expectedInstallationAt": expected,
                "expectedAt": expected,
            },
            "type": body["type"],
            "properties": body.get("properties"),
            "comment": body.get("comment"),
            "attachments": [
                _attachment(item, index, now) for index, item in enumerate(body.get("attachments") or (), 1)
            ],
            "quotes": [],
            "createdAt": stamp(now),
            "updatedAt": stamp(now),
        }
        self._next += 1
        wire = {key: value for key, value in wire.items() if value is not None}
        return Record(wire, now, span, list(self.lifecycle.plan(self.random, end)))


def _reach(record: Record, stage: Stage, moment: datetime) -> None:
    wire = record.wire
    wire.update(stage.changes, updatedAt=stamp(moment))
    if stage.overdue:
        wire["isOverdue"] = "true"
    if stage.quote:
        quotes: list[dict[str, Any]] = wire["quotes"]
        if not quotes:
            quotes.append(_quote(record.id, moment))
        if quotes[0]["status"] != stage.quote:
            quotes[0].update(status=stage.quote, updatedAt=stamp(moment))
    if wire["status"] in TERMINAL:
        wire["isOverdue"] = "false"
        if wire["status"] == "COMPLETED":
            wire["keyDates"]["completedAt"] = moment.date().isoformat()


def _quote(request_id: str, moment: datetime) -> dict[str, Any]:
    content = base64.b64encode(f"Quote for request {request_id}\n".encode()).decode()
    return {
        "id": f"Q-{request_id}",
        "name": f"Quote for {request_id}",
        "status": "NEW",
        "attachment": {"name": "quote.txt", "format": "text/plain", "content": content},
        "createdAt": stamp(moment),
        "updatedAt": stamp(moment),
    }


def _attachment(item: Mapping[str, Any], index: int, now: datetime) -> dict[str, Any]:
    return {
        "id": f"A-{index}",
        "name": item["name"],
        "fullname": item["name"],
        "mimeType": item["format"],
        "type": item["format"],
        "body": item["body"],
        "createdAt": stamp(now),
        "updatedAt": stamp(now),
    }
