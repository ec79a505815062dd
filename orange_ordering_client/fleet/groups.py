"""Groups in which one member at a time follows changes, with one cursor for the group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from orange_ordering_client.fleet.errors import FleetError, FleetUnreachable
from orange_ordering_client.fleet.member import Member

__all__ = ["FleetFollowing", "FleetGroups", "release_stray_groups"]

logger = logging.getLogger("orange_ordering_client")

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 1.0

_FOLLOW: Final = """
SELECT granted, reached FROM orange_ordering.follow(
    %(account)s, %(group)s, %(since)s, %(ticket)s, %(member)s, %(name)s, %(lease)s)
"""
_ADVANCE: Final = "SELECT orange_ordering.advance(%(account)s, %(group)s, %(ticket)s, %(cursor)s)"
_UNFOLLOW: Final = "SELECT orange_ordering.unfollow(%(account)s, %(group)s, %(ticket)s)"
_HELD: Final = "SELECT ticket, account, name FROM orange_ordering.groups WHERE member = %(member)s"


class FleetGroups:
    """Groups of one account.

    Args:
        member: this process.
        account: the account whose changes are followed.
    """

    def __init__(self, member: Member, account: str) -> None:
        self._member = member
        self._account = account
        self._has_begun = False

    @asynccontextmanager
    async def follow(self, group: str, since: str) -> AsyncGenerator[FleetFollowing]:
        """Wait until no other member of the group follows, and follow. It waits through outages of the database.

        Raises:
            FleetError: the database cannot be used, and has not been used before.
        """
        self._member.start()
        following = FleetFollowing(self._member, self._account, group)
        pause = _FIRST_PAUSE
        try:
            while not await self._acquire(following, since):
                await self._member.wait_for_release(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            yield following
        finally:
            await following.release()

    async def _acquire(self, following: FleetFollowing, since: str) -> bool:
        try:
            granted = await following.acquire(since)
        except FleetUnreachable as error:
            if not self._has_begun:
                raise
            logger.warning("following waits for the fleet's database: %s", error)
            return False
        self._has_begun = True
        return granted


class FleetFollowing:
    """The right of this member to follow.

    Attributes:
        cursor: position of the group.
    """

    def __init__(self, member: Member, account: str, group: str) -> None:
        self.cursor: str | None = None
        self._member = member
        self._ticket = member.issue_ticket()
        self._values: dict[str, object] = {"account": account, "group": group, "ticket": self._ticket}

    async def acquire(self, since: str) -> bool:
        """Follow if no live member follows; return whether this member follows now."""
        member = self._member
        values = {"since": since, "member": member.id, "name": member.name, "lease": member.lease}
        granted, self.cursor = await member.database.one(_FOLLOW, self._values | values)
        return bool(granted)

    async def advance(self, cursor: str) -> bool:
        """Store the position of the group, waiting for the database; return False if another member follows."""
        pause = _FIRST_PAUSE
        while True:
            try:
                (kept,) = await self._member.database.one(_ADVANCE, self._values | {"cursor": cursor})
            except FleetUnreachable as error:
                logger.warning("following waits for the fleet's database: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                if kept:
                    self.cursor = cursor
                return bool(kept)

    async def confirm(self) -> bool:
        """Return whether this member still follows; the database is asked only if the lease may have expired."""
        return self._member.is_surely_alive or await self.advance(self.cursor or "")

    async def release(self) -> None:
        """Let another member follow."""
        database = self._member.database
        unfollow = partial(database.one, _UNFOLLOW, self._values)

        async def again() -> None:
            await unfollow()

        try:
            await unfollow()
            self._member.end_ticket(self._ticket)
        except FleetError as error:
            logger.debug("%s", error)
        finally:
            if self._member.uses(self._ticket):
                self._member.defer(self._ticket, again)


async def release_stray_groups(member: Member) -> None:
    """Stop following where this process is the follower and none of its tasks follows.

    Raises:
        FleetError: the database cannot be used.
    """
    for ticket, account, group in await member.database.all(_HELD, {"member": member.id}):
        # Asked after the answer: each ticket is issued before the database can know it.
        if not member.uses(ticket):
            await member.database.one(_UNFOLLOW, {"account": account, "group": group, "ticket": ticket})
