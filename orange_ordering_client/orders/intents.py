"""The protocol of a store of sent orders that outlives the process."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import attrs

from orange_ordering_client.orders.key import Key

__all__ = ["Claim", "Intent", "Intents"]


@attrs.frozen
class Intent:
    """An order that was sent, or may have been sent.

    Attributes:
        request_id: the id that Orange gave it; None if no response was seen.
        in_doubt_for: seconds since the order may last have been sent, if the store knows; None counts as 0. Below 0
            while it may still be sent: its sender is gone, and the time of that call has not run out.
        newest_before: the time given to `Claim.sending` last; None if there was none, or the store does not keep it.
    """

    request_id: str | None = None
    in_doubt_for: float | None = None
    newest_before: datetime | None = None


class Claim(Protocol):
    """The exclusive right to place one order.

    Attributes:
        intent: what was stored when the claim was granted; None if the order was never sent, or certainly not accepted.
    """

    @property
    def intent(self) -> Intent | None:
        """What was stored when the claim was granted."""
        ...

    async def sending(self, *, within: float, newest_before: datetime | None) -> None:
        """Store, durably before returning, that the order is about to be sent; called before every attempt.

        Args:
            within: seconds, counted from the call, after which the attempt is certainly over.
            newest_before: `createdAt` of the newest request before any attempt that is still in doubt; None if that is
                not known. A store may ignore it: whoever looks for the order then reads the whole list, not only what
                came since.

        Raises:
            OrderingError: it could not be stored, or the claim is no longer held; nothing is sent.
        """
        ...

    async def placed(self, request_id: str) -> None:
        """Store the id that Orange gave the order."""
        ...

    async def withdrawn(self) -> None:
        """Store that the order was certainly not accepted."""
        ...


class Intents(Protocol):
    """A store of orders that outlives the process."""

    def claim(self, key: Key) -> AbstractAsyncContextManager[Claim]:
        """Wait until no other task, client or process holds the key, and hold it."""
        ...
