"""The interface of a fleet to a client. Stores other than PostgreSQL can implement it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from orange_ordering_client.auth import Token
from orange_ordering_client.orders.intents import Intents
from orange_ordering_client.settings import Settings

__all__ = ["Cooldowns", "Fleet", "Following", "Groups", "Membership", "TokenStore"]


class TokenStore(Protocol):
    """One token for the whole fleet."""

    async def get(self, fetch: Callable[[], Awaitable[Token]]) -> Token:
        """Return a token that this process has not used yet: the newest of the fleet, or a new one.

        Called when the process has no token, when its token is about to expire, and when its token was refused. Of all
        processes that call at the same time, one fetches.

        Raises:
            TokenError: from `fetch`. A failure of the store itself must not raise.
        """
        ...


class Cooldowns(Protocol):
    """One pause for the whole fleet. Pauses of other members go to the function `pause` of `Fleet.join`."""

    def announce(self, seconds: float) -> None:
        """Make all other members pause, without waiting for them."""
        ...


class Following(Protocol):
    """The right of one member of a group to follow changes.

    Attributes:
        cursor: position of the group; None if it has not begun.
    """

    @property
    def cursor(self) -> str | None:
        """Position of the group."""
        ...

    async def confirm(self) -> bool:
        """Return whether no other member has taken over."""
        ...

    async def advance(self, cursor: str) -> bool:
        """Store the position of the group durably; return False if another member has taken over."""
        ...


class Groups(Protocol):
    """Groups in which one member at a time follows changes."""

    def follow(self, group: str, since: str) -> AbstractAsyncContextManager[Following]:
        """Wait until no other member of the group follows, and follow.

        Args:
            group: its name.
            since: where to begin if the group has not begun.
        """
        ...


class Membership(Protocol):
    """The part of a fleet that belongs to one client."""

    @property
    def intents(self) -> Intents:
        """Claims on orders."""
        ...

    @property
    def tokens(self) -> TokenStore:
        """The shared token."""
        ...

    @property
    def cooldown(self) -> Cooldowns:
        """The shared pause."""
        ...

    @property
    def groups(self) -> Groups:
        """Groups that follow changes."""
        ...

    async def aclose(self) -> None:
        """Leave the fleet."""
        ...


class Fleet(Protocol):
    """State that clients in several processes share."""

    def join(self, settings: Settings, pause: Callable[[float], None], monotonic: Callable[[], float]) -> Membership:
        """Return the part of one client.

        Args:
            settings: account and addresses of the client.
            pause: blocks the calls of this client for some seconds.
            monotonic: a monotonic clock; the times of a `Token` are of this clock.
        """
        ...
