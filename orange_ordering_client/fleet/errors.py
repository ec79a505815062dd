"""What goes wrong between a process and its fleet."""

from __future__ import annotations

from orange_ordering_client.errors import OrderingError

__all__ = ["ClaimLost", "FleetError", "FleetUnreachable"]


class FleetError(OrderingError):
    """The store of a fleet cannot be reached or used."""


class FleetUnreachable(FleetError):
    """The store of a fleet cannot be reached; later it may well be."""


class ClaimLost(FleetError):
    """The claim on an order was taken over, because its holder had not been heard of for too long. Nothing was sent."""
