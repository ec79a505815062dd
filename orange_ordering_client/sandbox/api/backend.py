"""Everything that the operations of the API read and change."""

from __future__ import annotations

from dataclasses import dataclass

from orange_ordering_client.sandbox.api.description import Description
from orange_ordering_client.sandbox.domain.catalog import Catalog
from orange_ordering_client.sandbox.domain.clock import Clock
from orange_ordering_client.sandbox.domain.journal import Journal
from orange_ordering_client.sandbox.domain.requests import Requests
from orange_ordering_client.sandbox.domain.rules import Rules

__all__ = ["Backend"]


@dataclass(frozen=True)
class Backend:
    """The state of one sandbox, and the description that it serves."""

    clock: Clock
    requests: Requests
    catalog: Catalog
    rules: Rules
    journal: Journal
    description: Description
