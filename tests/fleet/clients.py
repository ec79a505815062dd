"""Clients of one sandbox, each as in a process of its own: with its own member of the fleet, pool and token."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from orange_ordering_client import OrderingClient
from orange_ordering_client._generated.models import NewRequest
from orange_ordering_client.clock import Clock
from orange_ordering_client.fleet import PostgresFleet
from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.session import Session
from orange_ordering_client.settings import Settings
from orange_ordering_client.transport.sender import Sender

__all__ = ["World", "world"]

_NAMES = {
    "ORANGE_CLIENT_ID": "client_id",
    "ORANGE_CLIENT_SECRET": "client_secret",
    "ORANGE_API_KEY": "api_key",
    "ORANGE_ORDERING_BASE_URL": "base_url",
    "ORANGE_OAUTH_TOKEN_URL": "token_url",
}


class World:
    """A sandbox, and a database that clients of it share."""

    def __init__(self, sandbox: Sandbox, environment: Mapping[str, str], dsn: str, stack: AsyncExitStack) -> None:
        self.sandbox = sandbox
        self.dsn = dsn
        self._given = {name: environment[variable] for variable, name in _NAMES.items()}
        # Sandboxes of several tests share a database: their ports may be the same.
        self._account = uuid.uuid4().hex
        self._stack = stack

    def fleet(self, dsn: str = "", **options: Any) -> PostgresFleet:
        """What one process has of the fleet."""
        return PostgresFleet(dsn or self.dsn, **{"account": self._account, **options})

    async def client(self, fleet: PostgresFleet | None = None, **options: Any) -> OrderingClient:
        """A client of one process."""
        made = OrderingClient(**{**self._given, "fleet": fleet or self.fleet(), "timeout": 20, **options})
        return await self._stack.enter_async_context(made)

    def session(self, fleet: PostgresFleet) -> Session:
        """What is below a client."""
        made = Session(Settings.of(**self._given), Sender(None), None, Clock(), fleet)
        self._stack.push_async_callback(made.aclose)
        return made

    def order(self, reference: str = "WAN-042") -> NewRequest:
        """An order that the sandbox accepts today."""
        return NewRequest.from_dict(self.sandbox.example("R_BVPN_FR_1", reference))

    def received(self, operation: str) -> int:
        """How many calls of an operation arrived."""
        return sum(1 for entry in self.sandbox.journal.received if entry.operation == operation)


@asynccontextmanager
async def world(dsn: str, sandbox: Sandbox | None = None) -> AsyncGenerator[World]:
    """A world of its own, gone afterwards."""
    sandbox = sandbox or Sandbox()
    async with sandbox.serve() as url, AsyncExitStack() as stack:
        yield World(sandbox, sandbox.environment(url), dsn, stack)
