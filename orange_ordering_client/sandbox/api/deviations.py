"""Ways in which the answer to one call can differ from the documented API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Deviations"]


@dataclass(frozen=True, kw_only=True)
class Deviations:
    """How the answer to one call differs from the documented API; by default it does not.

    Attributes:
        bearer_becomes: what happens to the token of the call before it is checked; None for nothing.
        ignores_filters, ignores_sort: whether a list ignores its filters, or its sort parameter.
        page_size: most items per page of a list, whatever limit was requested; None for no such bound.
        shift: number of requests to insert at the front of the list after the answer; if negative, to remove from it.
        hidden_for: seconds of sandbox time during which lists leave out the request that the call creates.
        stored_reference: returns the customerReference to store, given the one that was sent.
    """

    bearer_becomes: Literal["expired", "revoked"] | None = None
    ignores_filters: bool = False
    ignores_sort: bool = False
    page_size: int | None = None
    shift: int = 0
    hidden_for: float = 0
    stored_reference: Callable[[str], str] = str
