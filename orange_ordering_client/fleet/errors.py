"""Errors of a fleet."""

from __future__ import annotations

from orange_ordering_client.errors import OrderingError

__all__ = ["ClaimLost", "FleetError", "FleetUnreachable"]


class FleetError(OrderingError):
    """The store of a fleet cannot be reached or used."""


class FleetUnreachable(FleetError):
    """The store of a fleet cannot be reached now; a later attempt may succeed."""


class ClaimLost(FleetError):
    """Another member took over the claim on an order, because the lease of this one had expired. Nothing was sent."""
