"""The Ordering API with faults: chooses the faults of a call and applies all but those of the connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.api.ordering_api import Arrival, OrderingApi
from orange_ordering_client.sandbox.faults.altered_replies import altered
from orange_ordering_client.sandbox.faults.deviations import deviations_of
from orange_ordering_client.sandbox.faults.fault import Fault
from orange_ordering_client.sandbox.faults.in_force import Faults
from orange_ordering_client.sandbox.faults.replacements import replacement

__all__ = ["FaultInjector", "FaultyCall"]

_BEFORE = ("error", "html", "empty", "rate-limit")
_AFTER = ("error-after", "html-after")


@dataclass(frozen=True)
class FaultyCall:
    """A call that was received, and the faults that apply to it, by name."""

    arrival: Arrival
    faults: Mapping[str, Fault]


class FaultInjector:
    """Carries out calls with faults.

    Args:
        api: carries out calls without faults.
        faults: the faults in force.
    """

    def __init__(self, api: OrderingApi, faults: Faults) -> None:
        self._api = api
        self._faults = faults

    def arrive(self, call: Call, refusal: Refusal | None = None) -> FaultyCall:
        """Record a call in the journal, and choose its faults.

        Args:
            call: the call.
            refusal: why it cannot be carried out, if that is known already.
        """
        arrival = self._api.arrive(call, refusal)
        is_served = arrival.is_for_tokens or arrival.operation is not None
        selected = self._faults.select(call, arrival.operation) if is_served else []
        arrival.entry.faults = tuple(fault.name for fault in selected)
        return FaultyCall(arrival, {fault.name: fault for fault in selected})

    def carry_out(self, call: FaultyCall) -> Reply:
        """Carry out a call, or what its faults do instead.

        Raises:
            ContractBroken: the reply does not conform to the description, and replies are checked.
        """
        arrival, faults = call.arrival, call.faults
        instead = replacement(arrival, map(faults.get, _BEFORE))
        if instead is not None:
            return instead
        reply = altered(self._api.answer(arrival, deviations_of(faults)), faults)
        return replacement(arrival, map(faults.get, _AFTER)) or reply
