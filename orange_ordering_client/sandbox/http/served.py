"""What the application and its control commands need of a sandbox."""

from __future__ import annotations

from typing import Protocol

from orange_ordering_client.sandbox.api.access import Access
from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.limits import RateLimit
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.domain.clock import Clock
from orange_ordering_client.sandbox.domain.journal import Journal
from orange_ordering_client.sandbox.faults.in_force import Faults
from orange_ordering_client.sandbox.faults.injection import FaultyCall

__all__ = ["ServedSandbox"]


class ServedSandbox(Protocol):
    """A sandbox, as far as HTTP needs it.

    Attributes:
        clock, access, faults, journal: the parts that can be controlled from another process.
        largest_body: bytes; larger bodies are refused.
        limit: the rate limit, None if there is none.
    """

    clock: Clock
    access: Access
    faults: Faults
    journal: Journal
    largest_body: int

    @property
    def limit(self) -> RateLimit | None:
        """The rate limit."""
        ...

    @limit.setter
    def limit(self, limit: RateLimit | None) -> None: ...

    def arrive(self, call: Call, refusal: Refusal | None = None) -> FaultyCall:
        """Record a call and choose its faults."""
        ...

    def carry_out(self, call: FaultyCall) -> Reply:
        """Carry out a call with its faults, except those of the connection."""
        ...
