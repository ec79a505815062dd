"""The faults in force, and the choice of those that apply to a call."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from orange_ordering_client.sandbox.api.description import Operation
from orange_ordering_client.sandbox.api.messages import Call
from orange_ordering_client.sandbox.faults.fault import Fault

__all__ = ["Faults"]


@dataclass
class _InForce:
    fault: Fault
    number: int
    left: float
    matched: int = 0
    draws: Counter[str] = field(default_factory=Counter[str])


class Faults:
    """The faults in force.

    Probabilities are drawn from the seed, the fault, the subject of the call (its customerReference, or else its path
    and query) and the number of earlier calls with that subject. So the faults of a call do not depend on the order in
    which concurrent calls arrive.

    Args:
        seed: the same seed repeats the draws.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._in_force: list[_InForce] = []
        self._added = 0

    def __iter__(self) -> Iterator[Fault]:
        return (entry.fault for entry in self._in_force)

    def __len__(self) -> int:
        return len(self._in_force)

    def add(self, *faults: Fault | str) -> None:
        """Put faults in force, as objects or in the form of the command line.

        Raises:
            ValueError: a text is not a fault.
        """
        for given in faults:
            fault = Fault.parse(given) if isinstance(given, str) else given
            times = fault.times if fault.times is not None else 1 if fault.probability is None else math.inf
            self._in_force.append(_InForce(fault, self._added, times))
            self._added += 1

    def clear(self) -> None:
        """Remove all faults."""
        self._in_force.clear()

    def select(self, call: Call, operation: Operation | None) -> list[Fault]:
        """Return the faults that apply to a call, in the order they were added, and count them as used.

        Of the faults that replace the reply, only the first applies.

        Args:
            call: the call.
            operation: its operation; None for the token endpoint.
        """
        selected: list[Fault] = []
        for entry in self._in_force:
            fault = entry.fault
            if not fault.matches(call, operation):
                continue
            entry.matched += 1
            if fault.nth is not None and entry.matched != fault.nth:
                continue
            if fault.replaces_reply and any(other.replaces_reply for other in selected):
                continue
            if fault.probability is None or self._draw(entry, call) < fault.probability:
                entry.left -= 1
                selected.append(fault)
        self._in_force = [entry for entry in self._in_force if entry.left > 0]
        return selected

    def _draw(self, entry: _InForce, call: Call) -> float:
        subject = call.reference or f"{call.path}?{call.query}"
        entry.draws[subject] += 1
        text = f"{self._seed}|{entry.number}|{call.method}|{subject}|{entry.draws[subject]}"
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") / 2**64
