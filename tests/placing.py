"""How tests place orders: a client of a sandbox, on a clock that both share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from orange_ordering_client._generated.models import NewRequest
from orange_ordering_client.catalog import Catalog
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.new_order import NewOrder
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.requests import Requests
from orange_ordering_client.sandbox import Sandbox
from orange_ordering_client.session import Session
from orange_ordering_client.settings import CallOptions, Settings
from orange_ordering_client.testing import in_process
from orange_ordering_client.transport.sender import Sender
from tests.clocks import FakeTime

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class SharedTime(FakeTime):
    """Pauses of the client pass in the sandbox, too."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    async def sleep(self, seconds: float) -> None:
        before = self.elapsed
        await super().sleep(seconds)
        self._sandbox.clock.advance(seconds=self.elapsed - before)


class Unchecked(Requests):
    """Submits without a look at the catalog unless it is asked for: each client would start a process for it."""

    async def submit(self, order: NewOrder, *, validate: bool | None = False, **options: Any) -> Submission:
        return await super().submit(order, validate=validate, **options)


class Desk:
    """A client, the sandbox it talks to, and their time.

    Args:
        checks: whether `submit` checks orders as it does for users; only tests of that need it.
    """

    def __init__(self, sandbox: Sandbox, hooks: Hooks | None = None, *, checks: bool = False, **options: Any) -> None:
        self.sandbox = sandbox
        self.time = SharedTime(sandbox)
        self.http = in_process(sandbox)
        given = sandbox.environment("http://127.0.0.1")
        settings = Settings.of(
            client_id=given["ORANGE_CLIENT_ID"],
            client_secret=given["ORANGE_CLIENT_SECRET"],
            api_key=given["ORANGE_API_KEY"],
            base_url=given["ORANGE_ORDERING_BASE_URL"],
            token_url=given["ORANGE_OAUTH_TOKEN_URL"],
        )
        self.session = Session(settings, Sender(self.http), hooks or Hooks(), self.time.clock)
        self.pipeline = Pipeline(self.session, CallOptions(**options))
        self._kind = Requests if checks else Unchecked
        self.requests = self._kind(self.pipeline)
        self.catalog = Catalog(self.pipeline)

    def view(self, **options: Any) -> Requests:
        """The requests of another view of the same client."""
        return self._kind(Pipeline(self.session, CallOptions(**options)))

    def order(self, reference: str | None = "WAN-042", request_type: str = "R_BVPN_FR_1", **changes: Any) -> NewRequest:
        """An order that the sandbox accepts today."""
        body = self.sandbox.example(request_type, reference or "-")
        if reference is None:
            del body["customerReference"]
        return NewRequest.from_dict({**body, **changes})

    def sent(self, reference: str = "WAN-042") -> int:
        """How often an order arrived."""
        return len(self.sandbox.journal.of(reference))

    def calls(self, operation: str) -> list[Any]:
        """Calls of one operation, as the sandbox received them."""
        return [entry for entry in self.sandbox.journal.received if entry.operation == operation]

    async def close(self) -> None:
        """Close the client."""
        await self.session.aclose()
        await self.http.aclose()


@asynccontextmanager
async def desk(sandbox: Sandbox | None = None, hooks: Hooks | None = None, **options: Any) -> AsyncIterator[Desk]:
    """A desk, closed afterwards."""
    made = Desk(sandbox or Sandbox(now=NOON), hooks, **options)
    try:
        yield made
    finally:
        await made.close()
