"""One pause for the whole fleet when a call of a member is refused by the rate limit."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from orange_ordering_client.fleet.errors import FleetError
from orange_ordering_client.fleet.member import Member

__all__ = ["FleetCooldown"]

logger = logging.getLogger("orange_ordering_client")

_LONGEST = 3600.0
"""Longest pause in seconds that another member can cause."""

_PAUSE = "SELECT orange_ordering.pause(%(account)s, %(seconds)s, %(member)s)"
_LEFT = """
SELECT coalesce(
    (SELECT extract(epoch FROM until - clock_timestamp()) FROM orange_ordering.pauses WHERE account = %(account)s), 0
)::float8
"""


class FleetCooldown:
    """Announces pauses to the members of a fleet by NOTIFY, and receives theirs. No call waits for the database.

    Args:
        member: this process.
        account: the account whose calls are limited.
        pause: blocks the calls of this process for some seconds.
    """

    def __init__(self, member: Member, account: str, pause: Callable[[float], None]) -> None:
        self._member = member
        self._account = account
        self._pause = pause
        member.subscribe(self._notified, self._catch_up)

    def close(self) -> None:
        """Stop receiving pauses."""
        self._member.unsubscribe(self._notified, self._catch_up)

    def announce(self, seconds: float) -> None:
        """Make all other members pause, too."""
        self._member.start()
        self._member.run_in_background(self._publish(seconds), "pause")

    async def _publish(self, seconds: float) -> None:
        values = {"account": self._account, "seconds": seconds, "member": self._member.id}
        try:
            await self._member.database.one(_PAUSE, values)
        except FleetError as error:
            logger.warning("a rate limit could not be announced to the fleet: %s", error)

    def _notified(self, fields: dict[str, Any]) -> None:
        if fields.get("pause") == self._account and fields.get("by") != str(self._member.id):
            self._hold(fields.get("seconds"))

    async def _catch_up(self) -> None:
        (left,) = await self._member.database.one(_LEFT, {"account": self._account})
        self._hold(left)

    def _hold(self, seconds: object) -> None:
        if isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds > 0:
            self._pause(min(float(seconds), _LONGEST))
