"""One pause for the whole fleet when one of its calls meets the rate limit."""

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
"""Seconds of a pause that another member may ask for."""

_PAUSE = "SELECT orange_ordering.pause(%(account)s, %(seconds)s, %(member)s)"
_LEFT = """
SELECT coalesce(
    (SELECT extract(epoch FROM until - clock_timestamp()) FROM orange_ordering.pauses WHERE account = %(account)s), 0
)::float8
"""


class FleetCooldown:
    """Tells the members of a fleet of a pause, by NOTIFY, and hears of theirs; no call waits for the database.

    Args:
        member: who tells.
        account: whose calls are limited.
        pause: holds the calls of this process back for some seconds.
    """

    def __init__(self, member: Member, account: str, pause: Callable[[float], None]) -> None:
        self._member = member
        self._account = account
        self._pause = pause
        member.hear(self._heard, self._catch_up)

    def close(self) -> None:
        """Hear no more."""
        self._member.unhear(self._heard, self._catch_up)

    def announce(self, seconds: float) -> None:
        """Have all other members pause, too."""
        self._member.start()
        self._member.say(self._say(seconds), "pause")

    async def _say(self, seconds: float) -> None:
        values = {"account": self._account, "seconds": seconds, "member": self._member.id}
        try:
            await self._member.database.one(_PAUSE, values)
        except FleetError as error:
            logger.warning("the fleet was not told of a rate limit: %s", error)

    def _heard(self, fields: dict[str, Any]) -> None:
        if fields.get("pause") == self._account and fields.get("by") != str(self._member.id):
            self._hold(fields.get("seconds"))

    async def _catch_up(self) -> None:
        (left,) = await self._member.database.one(_LEFT, {"account": self._account})
        self._hold(left)

    def _hold(self, seconds: object) -> None:
        if isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds > 0:
            self._pause(min(float(seconds), _LONGEST))
