"""A fleet on PostgreSQL."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from orange_ordering_client.checks import check_seconds
from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.fleet.claims import FleetClaim, FleetIntents, release_stray_claims
from orange_ordering_client.fleet.cooldown import FleetCooldown
from orange_ordering_client.fleet.database import Database
from orange_ordering_client.fleet.groups import FleetGroups, release_stray_groups
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
    """A fleet whose state is in a PostgreSQL database: claims on orders, token, rate-limit pause and groups.

    Pass it to each client: `OrderingClient.from_env(fleet=PostgresFleet(dsn))`. It closes with the last client that
    joined. It needs the extra `[postgres]`, and its tables: call `await fleet.migrate()` once. docs/fleet.md lists the
    guarantees and their limits.

    Args:
        database: a DSN for a pool of at most three connections; or your own pool, which you open and close. Your pool
            needs at least two connections, and `LISTEN` needs sessions: no PgBouncer in transaction mode.
        account: name of the account that places the orders. None derives it from address and client id; set it if
            several client ids place orders of one account.
        lease: seconds after which a process that does not renew its lease counts as dead and loses its claims.
        timeout: seconds in which the database must answer; after that, the order is not sent.

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
        if account is not None and (not isinstance(account, str) or not account or "\x00" in account):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
            raise ConfigurationError("account must be a name, or None.")
        self._lease = check_seconds("lease", lease, fault=ConfigurationError)
        self._database = Database(database, timeout=check_seconds("timeout", timeout, fault=ConfigurationError))
        self._account = account
        self._member = Member(
            self._database, lease=self._lease, release_strays=(release_stray_claims, release_stray_groups)
        )
        self._joined: list[PostgresMembership] = []

    async def migrate(self) -> int:
        """Create or update the tables in the schema `orange_ordering`. Repeated and concurrent calls are safe.

        Returns:
            The version of the tables.

        Raises:
            FleetError: the database cannot be reached, refuses, or has tables of a later version.
        """
        self._database.open()
        return await migrate(self._database)

    def join(
        self, settings: Settings, pause: Callable[[float], None], monotonic: Callable[[], float]
    ) -> PostgresMembership:
        """Return the part of one client; the client calls it.

        Args:
            settings: account and addresses of the client.
            pause: blocks the calls of this client for some seconds.
            monotonic: the clock of the times of tokens.
        """
        account = self._account or _account_of(settings)
        membership = PostgresMembership(self, self._member, account, settings, pause, monotonic)
        self._joined.append(membership)
        return membership

    def claim(self, key: Key) -> AbstractAsyncContextManager[FleetClaim]:
        """Wait until no other member of the fleet holds the claim, and take it: the fleet as `intents=` of `submit`.

        Raises:
            ConfigurationError: the account is not known.
            FleetError: the database cannot be used. Nothing was sent.
        """
        accounts = {self._account} if self._account else {joined.account for joined in self._joined}
        if len(accounts) != 1:
            raise ConfigurationError(
                "The account of the order is not known: pass the fleet to the client (fleet=), or set account=."
            )
        return FleetIntents(self._member, str(accounts.pop())).claim(key)

    async def aclose(self) -> None:
        """Leave the fleet, and close the connections that were opened here."""
        await self._member.aclose()
        # Another client may have joined meanwhile.
        if not self._member.has_started:
            await self._database.aclose()

    async def left(self, membership: PostgresMembership) -> None:
        """Remove a client; the last one closes the connections."""
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
    """The part of a fleet that belongs to one client.

    Attributes:
        account: the account that places the orders.
        intents, tokens, cooldown, groups: the shared state.
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
    """Return a hash that identifies the account."""
    return hashlib.sha256(f"{settings.base_url}\n{settings.client_id}".encode()).hexdigest()[:32]
