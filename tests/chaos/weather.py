"""What goes wrong, and how often."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

__all__ = ["Weather"]

# Probability per call. Of those that replace the answer one strikes at most, so that about 30 % of the calls are hit.
_ORDERS = {
    "drop-before": 0.035,
    "drop-after": 0.035,
    "rate-limit:429/0": 0.01,
    "rate-limit:403/0": 0.01,
    "error:503/5": 0.02,
    "error:503/6": 0.02,
    "html:503": 0.02,
    "html-after:503": 0.02,
    "error:500/1": 0.02,
    "error:502/3": 0.02,
    "error:504/6": 0.02,
    "error-after:500/1": 0.015,
    "error-after:502/3": 0.015,
    "error-after:504/6": 0.015,
    "truncate": 0.015,
    "expire-token": 0.02,
}
_LISTS = {
    "drop-before": 0.05,
    "drop-after": 0.04,
    # One of these pauses every task of the client: many of them would only make the run long.
    "rate-limit:429/0": 0.01,
    "rate-limit:403/0": 0.01,
    "error:503/5": 0.04,
    "html:503": 0.04,
    "error:500/1": 0.04,
    "error:502/3": 0.04,
    "error:504/6": 0.04,
    # All tasks share one token: where whole lists are read, a larger share expires it several times a second.
    "expire-token": 0.003,
}
_SLOW = 0.01
_UPPER = 0.04
_CUT = 0.04
CUT = 20
"""Characters to which some references are cut."""
_CAP = 100
_STRAY = 0.08
_STALE = 0.08


@attrs.frozen(kw_only=True)
class Weather:
    """Times that belong together, in seconds.

    Attributes:
        timeout: what the client gives one call.
        late: how long after that a slow server may still take the order.
        hidden: how long an order may be missing from lists.
        visible_within: what the client counts on; more than `late` and `hidden` together.
        hidden_share: of the orders, how many are missing from lists at first.
        clients: how many clients place the same orders at once, by one file of intents.
    """

    timeout: float
    late: float
    hidden: float
    visible_within: float
    hidden_share: float = 0.08
    clients: int = 1

    @property
    def stray(self) -> float:
        """Share of the answers behind which a second response is left on the connection."""
        return _STRAY

    @property
    def stale(self) -> float:
        """Share of the answers after which the connection is closed without a word."""
        return _STALE

    def faults(self) -> Iterator[str]:
        """All of it in the spelling of the sandbox's command line."""
        slow = self.timeout + self.late
        yield f"POST /requests:latency:{slow}:{_SLOW}"
        yield f"POST /requests:stall:{slow}:{_SLOW}"
        yield f"POST /requests:delayed-visibility:{self.hidden}:{self.hidden_share}"
        yield f"POST /requests:change-reference:upper:{_UPPER}"
        yield f"POST /requests:change-reference:{CUT}:{_CUT}"
        yield f"GET /requests:cap-pages:{_CAP}:1"
        yield f"GET /requests:latency:{slow}:{_SLOW}"
        yield "token:error:503/5:0.05"
        for on, faults in (("POST /requests", _ORDERS), ("GET /requests", _LISTS)):
            for kind, probability in faults.items():
                yield f"{on}:{kind}:{probability}"
