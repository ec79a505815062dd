"""A fleet on PostgreSQL."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.fleet.claims import FleetClaim, FleetIntents
from orange_ordering_client.fleet.cooldown import FleetCooldown
from orange_ordering_client.fleet.database import Database
from orange_ordering_client.fleet.groups import FleetGroups
from orange_ordering_client.fleet.member import Member
from orange_ordering_client.fleet.migrating import migrate
from orange_ordering_client.fleet.tokens import FleetTokens
from orange_ordering_client.later import Later
from orange_ordering_client.orders.key import Key
from orange_ordering_client.settings import Settings

# Part of the extra; loaded on use, or when the annotations are evaluated.
if TYPE_CHECKING:
    import psycopg_pool
else:
    psycopg_pool = Later("psycopg_pool")

__all__ = ["PostgresFleet", "PostgresMembership"]

logger = logging.getLogger("orange_ordering_client")


class PostgresFleet:
    """What the clients of many processes and machines share: orders, token, rate-limit pause and groups.

    Give it to each client: `OrderingClient.from_env(fleet=PostgresFleet(dsn))`. It closes with the last client that
    joined. It needs the extra `[postgres]`, and its tables: `await fleet.migrate()`, once. docs/fleet.md says what
    holds and what does not.

    Args:
        database: a DSN for a pool of at most three connections; or a pool of yours, which you open and close. It needs
            two connections at least, and `LISTEN` needs them to be of a session: no PgBouncer in transaction mode.
        account: whose orders they are. None tells accounts apart by address and client id; name it if several client
            ids place orders of one account.
        lease: seconds without a word after which a process counts as dead, and its orders are taken over.
        timeout: seconds in which the database has to answer; then the order that needs it is not sent.

    Raises:
        ConfigurationError: the extra `[postgres]` is not installed, or an argument is unusable.
    """

    def __init__(
        self,
        database: str | psycopg_pool.AsyncConnectionPool[Any],
        *,
        account: str | None = None,
        lease: float = 15.0,
        timeout: float = 10.0,
    ) -> None:
        for name, value in (("lease", lease), ("timeout", timeout)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
                raise ConfigurationError(f"{name} is {value!r}; give seconds, more than 0.")
        if account is not None and (not isinstance(account, str) or not account or "\x00" in account):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
            raise ConfigurationError("account must be a name, or None.")
        self._database = Database(database, timeout=float(timeout))
        self._account = account
        self._lease = float(lease)
        self._member = Member(self._database, lease=self._lease)
        self._joined: list[PostgresMembership] = []

    async def migrate(self) -> int:
        """Make the tables, or bring them up to date, in the schema `orange_ordering`; safe to run twice and at once.

        Returns:
            The version that they have now.

        Raises:
            FleetError: the database cannot be reached, refuses, or has tables of a later version.
        """
        self._database.open()
        return await migrate(self._database)

    def join(
        self, settings: Settings, pause: Callable[[float], None], monotonic: Callable[[], float]
    ) -> PostgresMembership:
        """Give a client its part; clients call it.

        Args:
            settings: who calls, and where.
            pause: holds the calls of this client back for some seconds.
            monotonic: the clock of the moments of tokens.
        """
        account = self._account or _account_of(settings)
        membership = PostgresMembership(self, self._member, account, settings, pause, monotonic)
        self._joined.append(membership)
        return membership

    def claim(self, key: Key) -> AbstractAsyncContextManager[FleetClaim]:
        """Wait until no other member of the fleet holds the key, and hold it: the fleet as `intents=` of `submit`.

        Raises:
            ConfigurationError: nothing says whose order it is.
            FleetError: the database cannot be used. Nothing was sent.
        """
        accounts = {self._account} if self._account else {joined.account for joined in self._joined}
        if len(accounts) != 1:
            raise ConfigurationError("Whose order is it? Give the fleet to the client (fleet=), or name its account=.")
        return FleetIntents(self._member, str(accounts.pop())).claim(key)

    async def aclose(self) -> None:
        """Leave the fleet, and close the connections that are ours."""
        await self._member.aclose()
        await self._database.aclose()

    async def left(self, membership: PostgresMembership) -> None:
        """A client left; the last one closes the connections."""
        self._joined = [one for one in self._joined if one is not membership]
        if not self._joined:
            await self.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        # A DSN may hold a password.
        return f"<PostgresFleet account={self._account!r} lease={self._lease:g}>"


class PostgresMembership:
    """What one client has of a fleet.

    Attributes:
        account: whose orders it places.
        intents, tokens, cooldown, groups: what is shared.
    """

    def __init__(
        self,
        fleet: PostgresFleet,
        member: Member,
        account: str,
        settings: Settings,
        pause: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self.account = account
        self.intents = FleetIntents(member, account)
        self.tokens = FleetTokens(member, settings, monotonic)
        self.cooldown = FleetCooldown(member, account, pause)
        self.groups = FleetGroups(member, account)
        self._fleet = fleet

    async def aclose(self) -> None:
        """Leave the fleet."""
        self.cooldown.close()
        await self._fleet.left(self)


def _account_of(settings: Settings) -> str:
    """Tells accounts apart without saying whose they are."""
    return hashlib.sha256(f"{settings.base_url}\n{settings.client_id}".encode()).hexdigest()[:32]
