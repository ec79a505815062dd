"""Whether an unknown outcome was one, by the sandbox's journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.weather import Weather

__all__ = ["why_untrue"]

Entry = Mapping[str, Any]


def why_untrue(
    unknown: Entry,
    *,
    sent: Sequence[Entry],
    committed: Sequence[Entry],
    by_number: Mapping[int, Entry],
    weather: Weather,
    disturbed_at: Sequence[float],
) -> str:
    """Why the outcome could be known: a clear answer to what was sent, or an order to be seen when it was looked for.

    Args:
        unknown: what the program noted.
        sent, committed: of its reference, by the journal.
        by_number: all calls.
        weather: how long orders are hidden.
        disturbed_at: when programs were killed, and their database was lost.

    Returns:
        "" if nobody could know.
    """
    said = datetime.fromisoformat(unknown["at"])
    unclear = [
        call
        for call in sent
        if datetime.fromisoformat(call["at"]) < said
        # A slow answer is written to a caller that has given up.
        and (
            not call["delivered"]
            or call["status"] not in (201, 403, 422, 429)
            or {"latency", "stall"} & {*call["faults"]}
        )
    ]
    # What a process that was killed, or one without the database, was about to send may never have left.
    if not unclear and not any(moment < said.timestamp() for moment in disturbed_at):
        return "every answer was clear"
    # When it was looked for the last time: what came later was not to be seen.
    looked = datetime.fromisoformat(unknown["looked"]) if unknown["looked"] else said
    for order in committed:
        hidden = weather.hidden if "delayed-visibility" in by_number[order["call"]]["faults"] else 0.0
        visible = datetime.fromisoformat(order["at"]) + timedelta(seconds=hidden)
        if visible < looked:
            seconds = (looked - visible).total_seconds()
            return f"to be seen {seconds:.2f} s before it was looked for; {' '.join(unknown['tried'])}"
    return ""
