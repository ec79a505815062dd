"""Claims on orders, held by one member of a fleet at a time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final, Literal

from orange_ordering_client.fleet.errors import ClaimLost, FleetError, FleetUnreachable
from orange_ordering_client.fleet.member import Member
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

__all__ = ["FleetClaim", "FleetIntents", "release_stray_claims"]

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 1.0
_WITHIN: Final = 600.0
"""Seconds after which a call without a given timeout is certainly over."""

_CLAIM: Final = """
SELECT granted, sent, request_id, in_doubt_for::float8, newest_before FROM orange_ordering.claim(
    %(key)s, %(account)s, %(type)s, %(reference)s, %(ticket)s, %(member)s, %(name)s, %(lease)s)
"""
_SENDING: Final = """
SELECT orange_ordering.sending(%(ticket)s, %(account)s, %(type)s, %(reference)s, %(within)s, %(newest_before)s)
"""
_FINISH: Final = """
SELECT orange_ordering.finish(%(ticket)s, %(account)s, %(type)s, %(reference)s, %(outcome)s, %(request_id)s)
"""
_HELD: Final = "SELECT ticket, account, type, reference FROM orange_ordering.claims WHERE member = %(member)s"


class FleetIntents:
    """Claims on the orders of one account, shared by all members of a fleet.

    Args:
        member: this process.
        account: the account that places the orders.
    """

    def __init__(self, member: Member, account: str) -> None:
        self._member = member
        self._account = account

    @asynccontextmanager
    async def claim(self, key: Key) -> AsyncGenerator[FleetClaim]:
        """Wait until no other member of the fleet holds the claim, and take it.

        Raises:
            FleetError: the database cannot be used. Nothing was sent.
        """
        self._member.start()
        claim = FleetClaim(self._member, self._account, key)
        pause = _FIRST_PAUSE
        try:
            while not await claim.acquire():
                await self._member.wait_for_release(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            yield claim
        finally:
            await claim.release()


class FleetClaim:
    """A claim that this task holds. Its ticket is unique, as a fencing token.

    Attributes:
        intent: the stored state of the order when the claim was granted.
    """

    def __init__(self, member: Member, account: str, key: Key) -> None:
        self.intent: Intent | None = None
        self._member = member
        self._ticket = member.issue_ticket()
        self._values: dict[str, object] = {
            "ticket": self._ticket,
            "account": account,
            "type": key.type,
            "reference": key.reference,
        }
        # All spellings of a reference share one claim, because a server may treat them as the same reference.
        spelling = "\n".join((account, *key.folded))
        self._key = hashlib.sha256(spelling.encode()).hexdigest()
        self._over = False

    async def acquire(self) -> bool:
        """Take the claim if no live member holds it; return whether it was taken."""
        member = self._member
        values = {"key": self._key, "member": member.id, "name": member.name, "lease": member.lease}
        try:
            granted, sent, *stored = await member.database.one(_CLAIM, self._values | values)
        except FleetError as error:
            raise type(error)(f"Nothing was sent. {error.args[0]}") from None
        if granted:
            self.intent = Intent(*stored) if sent else None
        return bool(granted)

    async def sending(self, *, within: float = _WITHIN, newest_before: datetime | None = None) -> None:
        """Store that the order is about to be sent.

        Args:
            within: seconds after which the call that sends it is certainly over.
            newest_before: `createdAt` of the newest request before the order was first sent.

        Raises:
            ClaimLost: another member took the claim over, or it has ended. Nothing may be sent.
            FleetError: it cannot be stored. Nothing may be sent.
        """
        if self._over:
            raise ClaimLost("Nothing was sent: this claim has ended, because the outcome of the order was stored.")
        try:
            values = self._values | {"within": within, "newest_before": newest_before}
            (held,) = await self._member.database.one(_SENDING, values)
        except FleetError as error:
            raise type(error)(f"Nothing was sent. {error.args[0]}") from None
        if not held:
            raise ClaimLost(
                "Nothing was sent: another member of the fleet took this order over, because this process did not renew"
                f" its lease for {self._member.lease:g} s."
            )

    async def placed(self, request_id: str) -> None:
        """Store the id that Orange gave the order, and end the claim."""
        await self._finish("placed", request_id)

    async def withdrawn(self) -> None:
        """Store that the order was certainly not accepted, and end the claim."""
        await self._finish("withdrawn")

    async def release(self) -> None:
        """End the claim if it has not ended, even if the database cannot be reached."""
        if not self._over:
            try:
                await self._finish("released")
            except FleetError:
                # It is repeated once the database can be reached; until then the member holds the claim.
                return

    async def _finish(self, outcome: Literal["placed", "withdrawn", "released"], request_id: str | None = None) -> None:
        self._over = True
        database = self._member.database
        finish = partial(database.one, _FINISH, self._values | {"outcome": outcome, "request_id": request_id})

        async def again() -> None:
            await finish()

        try:
            await finish()
        except (FleetUnreachable, asyncio.CancelledError):
            self._member.defer(self._ticket, again)
            raise
        except FleetError:
            # It would be refused again, for example because of a character in the id. The claim is now a stray.
            self._member.end_ticket(self._ticket)
            raise
        self._member.end_ticket(self._ticket)


async def release_stray_claims(member: Member) -> None:
    """Release the claims of this process that none of its tasks uses.

    Raises:
        FleetError: the database cannot be used.
    """
    for ticket, account, order_type, reference in await member.database.all(_HELD, {"member": member.id}):
        # Asked after the answer: each ticket is issued before the database can know it.
        if not member.uses(ticket):
            stray = {"ticket": ticket, "account": account, "type": order_type, "reference": reference}
            await member.database.one(_FINISH, stray | {"outcome": "released", "request_id": None})
