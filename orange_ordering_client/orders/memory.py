"""What one client knows of the orders that it placed."""

from __future__ import annotations

from asyncio import Lock
from datetime import datetime
from weakref import WeakValueDictionary

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.orders.lookup import Key
from orange_ordering_client.orders.order import Order

__all__ = ["Doubt", "Memory", "Placed"]


@attrs.define
class Placed:
    """An order that was placed, and the monotonic time until which it is kept."""

    order: Order
    request: Request
    until: float


@attrs.frozen
class Doubt:
    """An order that was sent, and nobody knows what became of it.

    Attributes:
        since: monotonic time at which it may last have been on its way.
        newest_before: `createdAt` of the newest request before it was first sent; None if that is not known.
    """

    since: float
    newest_before: datetime | None = None


class Memory:
    """What one client knows of its orders, whichever of its views placed them."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], Lock] = WeakValueDictionary()
        self._placed: dict[tuple[str, str], Placed] = {}
        self._ids: dict[Key, str] = {}
        """Orders whose reference or type Orange changed; no search finds them, so they are kept."""
        self._owners: dict[str, Key] = {}
        """The orders behind the ids in both."""
        self.in_doubt: dict[Key, Doubt] = {}

    def lock(self, key: Key) -> Lock:
        """The lock of one order, in any spelling of its reference; it lives as long as somebody holds or awaits it."""
        lock = self._locks.get(key.folded)
        if lock is None:
            lock = self._locks[key.folded] = Lock()
        return lock

    def remember(self, placed: Placed, now: float) -> None:
        """Keep an order until lists certainly show it."""
        for name in [name for name, old in self._placed.items() if old.until <= now]:
            old = self._placed.pop(name)
            if old.order.key not in self._ids:
                self._owners.pop(old.request.id or "", None)
        key, request = placed.order.key, placed.request
        self._placed[key.folded] = placed
        if request.id:
            self._owners[request.id] = key
            if not key.fits(request):
                self._ids[key] = request.id

    def placed(self, key: Key) -> Placed | None:
        """An order of a moment ago, in any spelling of its reference, which lists may not show yet."""
        return self._placed.get(key.folded)

    def id_of(self, key: Key) -> str | None:
        """The id of an order whose reference or type Orange changed."""
        return self._ids.get(key)

    def is_another(self, key: Key, request: Request) -> bool:
        """Whether a request is an order that this client placed under another key."""
        return self._owners.get(request.id or "", key) != key
