"""A record of every call and every order, by which duplicates and lost orders are counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Committed", "Journal", "Received"]


@dataclass(slots=True)
class Received:
    """One call that was received.

    Attributes:
        number: counted from 1.
        at: sandbox time.
        operation: `requests.create`, `token`, or "" if the path has no operation.
        method, path, query: of the call.
        reference, type: of the order in its body, None if there is none.
        faults: names of the faults that were applied to it.
        status: of the answer; None before there is one, or if the connection was dropped without one.
        delivered: False if a fault dropped or truncated the answer.
        committed: id of the request that the call created; None if it created none.
    """

    number: int
    at: str
    operation: str
    method: str
    path: str
    query: str
    reference: str | None = None
    type: str | None = None
    faults: tuple[str, ...] = ()
    status: int | None = None
    delivered: bool = False
    committed: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """One order that was created through the API.

    Attributes:
        id: of the request that was created.
        reference, type: of the order.
        at: sandbox time.
        call: number of the call that created it.
    """

    id: str
    reference: str | None
    type: str
    at: str
    call: int


@dataclass
class Journal:
    """All calls that were received and all orders that they created.

    Args:
        keep: the number of calls to keep; None keeps all.

    Attributes:
        received: calls, oldest first; at most `keep`, the newest ones.
        committed: orders that were created through the API, oldest first.
    """

    keep: int | None = None
    received: deque[Received] = field(init=False)
    committed: list[Committed] = field(default_factory=list[Committed], init=False)
    _count: int = field(default=0, init=False)
    _ordered: set[str] = field(default_factory=set[str], init=False)

    def __post_init__(self) -> None:
        self.received = deque(maxlen=self.keep)

    def receive(self, **what: Any) -> Received:
        """Record a call when it arrives.

        Args:
            what: attributes of `Received`, without its number.
        """
        self._count += 1
        entry = Received(number=self._count, **what)
        self.received.append(entry)
        if entry.operation == "requests.create" and entry.reference is not None:
            self._ordered.add(entry.reference)
        return entry

    def commit(self, entry: Received, request_id: str, request_type: str, reference: str | None) -> None:
        """Record that a call created an order."""
        entry.committed = request_id
        self.committed.append(Committed(request_id, reference, request_type, entry.at, entry.number))

    def duplicates(self) -> dict[tuple[str, str], list[str]]:
        """Return orders that exist more than once: (reference, type) to ids; without those that have no reference."""
        ids: dict[tuple[str, str], list[str]] = {}
        for order in self.committed:
            if order.reference is not None:
                ids.setdefault((order.reference, order.type), []).append(order.id)
        return {key: found for key, found in ids.items() if len(found) > 1}

    def lost(self, expected: Iterable[str] | None = None) -> list[str]:
        """Return the references of orders that were not created, sorted.

        Args:
            expected: references of the orders that should exist; None means every reference that a `POST /requests`
                carried.
        """
        made = {order.reference for order in self.committed}
        return sorted(set(self._ordered if expected is None else expected) - made)

    def of(self, reference: str) -> list[Received]:
        """Return the calls that carried an order with this reference, oldest first."""
        return [entry for entry in self.received if entry.reference == reference]

    def clear(self) -> None:
        """Delete all records; the requests themselves stay."""
        self.received.clear()
        self.committed.clear()
        self._ordered.clear()

    def summary(self) -> dict[str, Any]:
        """Return the number of calls, faults by name, answers by status, orders, duplicates and lost orders."""
        faults: dict[str, int] = {}
        statuses: dict[str, int] = {}
        for entry in self.received:
            for name in entry.faults:
                faults[name] = faults.get(name, 0) + 1
            status = "none" if entry.status is None else str(entry.status)
            statuses[status] = statuses.get(status, 0) + 1
        return {
            "received": self._count,
            "committed": len(self.committed),
            "duplicates": len(self.duplicates()),
            "lost": len(self.lost()),
            "faults": faults,
            "statuses": statuses,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the whole journal as JSON."""
        return {
            "summary": self.summary(),
            "received": [asdict(entry) for entry in self.received],
            "committed": [asdict(order) for order in self.committed],
            "duplicates": [
                {"reference": reference, "type": request_type, "ids": ids}
                for (reference, request_type), ids in self.duplicates().items()
            ],
            "lost": self.lost(),
        }
