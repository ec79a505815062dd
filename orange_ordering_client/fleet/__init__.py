"""Fleets: many processes and machines with one token, one rate-limit pause, and one claim per order.

`PostgresFleet` needs the extra `[postgres]`. The protocols are open to other stores.
"""

from orange_ordering_client.fleet.errors import ClaimLost, FleetError, FleetUnreachable
from orange_ordering_client.fleet.postgres import PostgresFleet
from orange_ordering_client.fleet.protocols import Cooldowns, Fleet, Following, Groups, Membership, TokenStore

__all__ = [
    "ClaimLost",
    "Cooldowns",
    "Fleet",
    "FleetError",
    "FleetUnreachable",
    "Following",
    "Groups",
    "Membership",
    "PostgresFleet",
    "TokenStore",
]
