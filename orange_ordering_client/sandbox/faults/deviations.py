"""Faults that change how an operation works: lists, stored orders, tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orange_ordering_client.sandbox.api.deviations import Deviations
from orange_ordering_client.sandbox.faults.fault import Fault

__all__ = ["deviations_of"]


def deviations_of(faults: Mapping[str, Fault]) -> Deviations:
    """Return how the operation of a call differs from the documented API.

    Args:
        faults: the faults of the call by name.
    """
    hidden, shift, cap = (faults.get(name) for name in ("delayed-visibility", "shift", "cap-pages"))
    return Deviations(
        # A token that is both expired and revoked is not known any more.
        bearer_becomes="revoked" if "revoke-token" in faults else "expired" if "expire-token" in faults else None,
        ignores_filters="ignore-filters" in faults,
        ignores_sort="ignore-sort" in faults,
        page_size=cap.length if cap else None,
        shift=shift.step if shift else 0,
        hidden_for=hidden.seconds if hidden else 0,
        stored_reference=_storing(faults["change-reference"]) if "change-reference" in faults else str,
    )


def _storing(fault: Fault) -> Callable[[str], str]:
    return (lambda reference: reference[: fault.length]) if fault.length else str.upper
