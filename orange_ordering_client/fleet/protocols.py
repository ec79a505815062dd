"""What a fleet gives a client. Other stores than PostgreSQL may give it, too."""

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
        """A token that this process has not had yet: the fleet's newest, or a new one that the fleet gets.

        Called when the process has none, when its own is about to expire, and when its own was refused. Of all
        processes that call, one fetches.

        Raises:
            TokenError: from `fetch`. What is wrong with the store itself is no reason to raise.
        """
        ...


class Cooldowns(Protocol):
    """One pause for the whole fleet; what others announce goes to the function that `Fleet.join` was given."""

    def announce(self, seconds: float) -> None:
        """Tell all others to pause, without waiting for it."""
        ...


class Following(Protocol):
    """The right of one member of a group to follow.

    Attributes:
        cursor: how far the group has come; None if it has not begun.
    """

    @property
    def cursor(self) -> str | None:
        """How far the group has come."""
        ...

    async def confirm(self) -> bool:
        """Whether no other member follows meanwhile."""
        ...

    async def advance(self, cursor: str) -> bool:
        """Store, durably, how far the group has come; False if another member follows meanwhile."""
        ...


class Groups(Protocol):
    """Groups whose members take turns at following."""

    def follow(self, group: str, since: str) -> AbstractAsyncContextManager[Following]:
        """Wait until no other member of the group follows, and do.

        Args:
            group: its name.
            since: where to begin if the group has not begun.
        """
        ...


class Membership(Protocol):
    """What one client has of a fleet."""

    @property
    def intents(self) -> Intents:
        """Orders."""
        ...

    @property
    def tokens(self) -> TokenStore:
        """The token."""
        ...

    @property
    def cooldown(self) -> Cooldowns:
        """The pause."""
        ...

    @property
    def groups(self) -> Groups:
        """Groups."""
        ...

    async def aclose(self) -> None:
        """Leave the fleet."""
        ...


class Fleet(Protocol):
    """Something that clients of several processes share."""

    def join(self, settings: Settings, pause: Callable[[float], None], monotonic: Callable[[], float]) -> Membership:
        """Give a client its part.

        Args:
            settings: who calls, and where.
            pause: holds the calls of this client back for some seconds.
            monotonic: seconds that never jump; the moments of a `Token` are of this clock.
        """
        ...
