"""One access token for the whole fleet, stored encrypted."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from orange_ordering_client.auth import Token
from orange_ordering_client.fleet.errors import FleetError
from orange_ordering_client.secrets import Secret
from orange_ordering_client.settings import Settings

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from orange_ordering_client.fleet.member import Member

__all__ = ["FleetTokens", "Seal"]

logger = logging.getLogger("orange_ordering_client")

_WAIT: Final = "45s"
"""Longer than another process takes to fetch a token, with all its attempts."""
_LONGEST: Final = 100.0
"""Longest time in seconds for waiting for another process and then fetching a token."""
_PATIENCE: Final = 5.0
"""Seconds in which the database must answer; calls that need the token wait during this time."""
_REMEMBERED: Final = 8

_LOCK: Final = "SELECT set_config('lock_timeout', %(wait)s, true), pg_advisory_xact_lock(hashtextextended(%(id)s, 0))"
_READ: Final = """
SELECT sealed, extract(epoch FROM refresh_at - clock_timestamp())::float8,
    extract(epoch FROM expires_at - clock_timestamp())::float8
FROM orange_ordering.tokens WHERE id = %(id)s
"""
_WRITE: Final = """
INSERT INTO orange_ordering.tokens (id, sealed, refresh_at, expires_at)
VALUES (%(id)s, %(sealed)s, clock_timestamp() + make_interval(secs => %(fresh)s),
    clock_timestamp() + make_interval(secs => %(left)s))
ON CONFLICT (id) DO UPDATE
    SET sealed = EXCLUDED.sealed, refresh_at = EXCLUDED.refresh_at, expires_at = EXCLUDED.expires_at
"""
_YEAR: Final = 365 * 86400.0
"""Lifetime of a token for which the server gave none: it answers 401 when the token has expired."""


class Seal:
    """Encrypts tokens with a key derived from the client secret (HKDF-SHA256, AES-256-GCM).

    Attributes:
        id: a hash that identifies the client; another secret gives another id.
    """

    def __init__(self, settings: Settings) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        identity = json.dumps([settings.token_url, settings.client_id, settings.scope])
        secret = settings.client_secret.reveal().encode()

        def derived(purpose: str) -> bytes:
            return HKDF(SHA256(), 32, salt=b"orange-ordering-client", info=f"{purpose} {identity}".encode()).derive(
                secret
            )

        self._cipher = AESGCM(derived("key"))
        self.id = hashlib.sha256(derived("id")).hexdigest()

    def close(self, token: Secret) -> bytes:
        """Encrypt a token."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, token.reveal().encode(), self.id.encode())

    def open(self, sealed: bytes) -> Secret | None:
        """Decrypt a token; return None if it was not encrypted with this key."""
        from cryptography.exceptions import InvalidTag

        try:
            return Secret(self._cipher.decrypt(sealed[:12], sealed[12:], self.id.encode()).decode())
        except (InvalidTag, ValueError):
            return None


class FleetTokens:
    """Fetches a token once for all members of a fleet. Without the database, each member fetches its own.

    Args:
        member: this process.
        settings: account and addresses of the client.
        monotonic: the clock of the times of tokens.
    """

    def __init__(self, member: Member, settings: Settings, monotonic: Callable[[], float]) -> None:
        self._member = member
        self._seal = Seal(settings)
        self._monotonic = monotonic
        # A token that this process has used and given up is useless, even if it is the newest of the fleet.
        self._used: deque[bytes] = deque(maxlen=_REMEMBERED)
        # One task at a time: a task that waits for another process holds a connection.
        self._lock = asyncio.Lock()

    async def get(self, fetch: Callable[[], Awaitable[Token]]) -> Token:
        """Return a token that this process has not used yet: the newest of the fleet, or a new one.

        Raises:
            TokenError: from `fetch`.
        """
        self._member.start()
        fetched: list[Token] = []

        async def work(connection: AsyncConnection[Any]) -> Token:
            async with connection.transaction():
                await connection.execute(_LOCK, {"wait": _WAIT, "id": self._seal.id})
                found = None if fetched else await self._read(connection)
                if found is not None:
                    return found
                # If a connection broke after the fetch, the fetched token is used.
                fetched[:] = fetched or [await fetch()]
                await connection.execute(_WRITE, self._values(fetched[0]))
            return fetched[0]

        async with self._lock:
            try:
                token = await self._member.database.run(work, patience=_PATIENCE, longest=_LONGEST)
            except FleetError as error:
                logger.warning("the token is not shared with the fleet: %s", error)
                token = fetched[0] if fetched else await fetch()
            self._used.append(_digest(token.value))
            return token

    async def _read(self, connection: AsyncConnection[Any]) -> Token | None:
        asked_at = self._monotonic()
        row = await (await connection.execute(_READ, {"id": self._seal.id})).fetchone()
        if row is None:
            return None
        sealed, fresh, left = row
        value = self._seal.open(sealed) if fresh > 0 else None
        if value is None or _digest(value) in self._used:
            return None
        return Token(value, refresh_at=asked_at + fresh, expires_at=asked_at + left)

    def _values(self, token: Token) -> dict[str, object]:
        now = self._monotonic()
        return {
            "id": self._seal.id,
            "sealed": self._seal.close(token.value),
            "fresh": min(token.refresh_at - now, _YEAR),
            "left": min(token.expires_at - now, _YEAR),
        }


def _digest(value: Secret) -> bytes:
    return hashlib.sha256(value.reveal().encode()).digest()
