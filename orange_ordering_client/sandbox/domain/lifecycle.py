"""The stages of a request from NEW to its terminal status (FACTS, Models; S2 for the steps and sub-steps)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

__all__ = ["TERMINAL", "Lifecycle", "Stage"]

TERMINAL = frozenset({"COMPLETED", "REJECTED", "CANCELED"})


@dataclass(frozen=True)
class Stage:
    """A stage that a request reaches.

    Attributes:
        share: when, as a share of the time from creation to completion, from 0 to 1.
        changes: attributes that change at this stage, with their new values.
        quote: status of the quote from this stage on; None if there is no quote yet.
        overdue: whether the expected date has passed.
    """

    share: float
    changes: Mapping[str, str]
    quote: str | None = None
    overdue: bool = False


def _stage(share: float, status: str, step: str, sub_step: str, quote: str | None = None) -> Stage:
    return Stage(share, {"status": status, "step": step, "subStep": sub_step}, quote)


_COMPLETED = (
    _stage(0.2, "IN_PROGRESS", "REQUEST", "IN_PROGRESS"),
    _stage(0.4, "IN_PROGRESS", "QUOTE", "APPROVAL", "NEW"),
    _stage(0.6, "IN_PROGRESS", "ORDER", "IN_PROGRESS", "VALIDATED"),
    _stage(0.8, "IN_PROGRESS", "ORDER", "DELIVERY", "VALIDATED"),
    _stage(1.0, "COMPLETED", "ORDER", "ACCEPTANCE", "VALIDATED"),
)
_ENDS = {
    "COMPLETED": _COMPLETED,
    "REJECTED": (*_COMPLETED[:2], _stage(0.5, "REJECTED", "QUOTE", "APPROVAL", "REJECTED")),
    "CANCELED": (*_COMPLETED[:3], _stage(0.7, "CANCELED", "ORDER", "IN_PROGRESS", "VALIDATED")),
}
_LATE = Stage(0.9, {}, "VALIDATED", overdue=True)


@dataclass
class Lifecycle:
    """How long requests take and how they end; changes apply to requests that are created later.

    Attributes:
        completes_after: seconds of sandbox time from creation to completion; None keeps requests NEW.
        rejected, canceled, late: shares of requests, from 0 to 1, drawn with the sandbox's seed. A late request passes
            its expected date before it completes.
    """

    completes_after: float | None = timedelta(days=5).total_seconds()
    rejected: float = 0.0
    canceled: float = 0.0
    late: float = 0.0

    def plan(self, random: Random, end: str | None = None) -> tuple[Stage, ...]:
        """Draw the stages of one request.

        Args:
            random: what to draw from.
            end: last status, if no shares are set; None means COMPLETED.
        """
        draw = random.random()
        if self.completes_after is None:
            return ()
        if end is not None and not (self.rejected or self.canceled or self.late):
            return _ENDS[end]
        if draw < self.rejected:
            return _ENDS["REJECTED"]
        if draw < self.rejected + self.canceled:
            return _ENDS["CANCELED"]
        if draw < self.rejected + self.canceled + self.late:
            return (*_COMPLETED[:4], _LATE, _COMPLETED[4])
        return _COMPLETED
