"""The memory of a client: the orders that it placed or sent."""

from __future__ import annotations

from asyncio import Lock
from datetime import datetime
from weakref import WeakValueDictionary

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.order import Order

__all__ = ["Doubt", "Memory", "Placed"]


@attrs.define
class Placed:
    """An order that was placed, and the monotonic time until which it is remembered."""

    order: Order
    request: Request
    until: float


@attrs.frozen
class Doubt:
    """An order that was sent and whose outcome is unknown.

    Attributes:
        since: monotonic time of the end of the last call that may have sent it.
        newest_before: `createdAt` of the newest request before it was first sent; None if that is not known.
    """

    since: float
    newest_before: datetime | None = None


class Memory:
    """The orders that all views of one client placed or sent."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], Lock] = WeakValueDictionary()
        self._placed: dict[tuple[str, str], Placed] = {}
        self._ids: dict[Key, str] = {}
        """Ids of orders whose reference or type Orange changed: a look-up does not find them."""
        self._owners: dict[str, Key] = {}
        """The keys of all ids in `_placed` and `_ids`."""
        self.in_doubt: dict[Key, Doubt] = {}

    def lock(self, key: Key) -> Lock:
        """The lock of one order, shared by all spellings of its reference."""
        lock = self._locks.get(key.folded)
        if lock is None:
            lock = self._locks[key.folded] = Lock()
        return lock

    def remember(self, placed: Placed, now: float) -> None:
        """Remember an order until lists certainly contain it."""
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
        """A recent order, in any spelling of its reference, which lists may not contain yet."""
        return self._placed.get(key.folded)

    def id_of(self, key: Key) -> str | None:
        """The id of an order whose reference or type Orange changed."""
        return self._ids.get(key)

    def is_another(self, key: Key, request: Request) -> bool:
        """Whether a request is an order that this client placed under another key."""
        return self._owners.get(request.id or "", key) != key
