"""What arrived and what was done about it: by this, duplicates and losses are counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Committed", "Journal", "Received"]


@dataclass(slots=True)
class Received:
    """One call that arrived.

    Attributes:
        number: counted from 1.
        at: sandbox time.
        operation: `requests.create`, `token`, or "" where no operation is.
        method, path, query: of the call.
        reference, type: of the order in its body, None if there is none.
        faults: names of those that struck it.
        status: that was answered; None while there is no answer, or when the connection was dropped without one.
        delivered: False where the answer was lost or cut off on purpose.
        committed: id of the request that it made.
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
    """One order that exists.

    Attributes:
        id: of the request.
        reference, type: of the order.
        at: sandbox time.
        call: number of the call that made it.
    """

    id: str
    reference: str | None
    type: str
    at: str
    call: int


@dataclass
class Journal:
    """The sandbox's memory of what happened.

    Attributes:
        received: calls, oldest first; with `keep`, only the newest so many.
        committed: orders that came in through the API, oldest first.
    """

    keep: int | None = None
    received: deque[Received] = field(init=False)
    committed: list[Committed] = field(default_factory=list[Committed], init=False)
    _count: int = field(default=0, init=False)
    _ordered: set[str] = field(default_factory=set[str], init=False)

    def __post_init__(self) -> None:
        self.received = deque(maxlen=self.keep)

    def receive(self, **what: Any) -> Received:
        """Note a call as it arrives."""
        self._count += 1
        entry = Received(number=self._count, **what)
        self.received.append(entry)
        if entry.operation == "requests.create" and entry.reference is not None:
            self._ordered.add(entry.reference)
        return entry

    def commit(self, entry: Received, request_id: str, request_type: str, reference: str | None) -> None:
        """Note that a call made an order."""
        entry.committed = request_id
        self.committed.append(Committed(request_id, reference, request_type, entry.at, entry.number))

    def duplicates(self) -> dict[tuple[str, str], list[str]]:
        """Orders that exist more than once, (reference, type) to ids; without a reference none can be told."""
        ids: dict[tuple[str, str], list[str]] = {}
        for order in self.committed:
            if order.reference is not None:
                ids.setdefault((order.reference, order.type), []).append(order.id)
        return {key: found for key, found in ids.items() if len(found) > 1}

    def lost(self, expected: Iterable[str] | None = None) -> list[str]:
        """References of orders that do not exist, sorted.

        Args:
            expected: references that should; None means every reference that a `POST /requests` ever carried.
        """
        made = {order.reference for order in self.committed}
        return sorted(set(self._ordered if expected is None else expected) - made)

    def of(self, reference: str) -> list[Received]:
        """Calls that carried an order with this reference, oldest first."""
        return [entry for entry in self.received if entry.reference == reference]

    def clear(self) -> None:
        """Forget everything; requests stay."""
        self.received.clear()
        self.committed.clear()
        self._ordered.clear()

    def summary(self) -> dict[str, Any]:
        """Counts, for reports: calls, faults by name, answers by status, orders, duplicates, losses."""
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
        """Everything, as JSON."""
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
