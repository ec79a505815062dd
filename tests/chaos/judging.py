"""Whether an unknown outcome was one, by the sandbox's journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.weather import Weather

__all__ = ["by_reference", "untrue"]

Entry = Mapping[str, Any]


def by_reference(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries of the journal by the reference of their order."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry["reference"], []).append(entry)
    return found


def untrue(
    journal: Mapping[str, Any], results: Iterable[Entry], *, weather: Weather, disturbed_at: Sequence[float]
) -> tuple[str, ...]:
    """The references of unknown outcomes that could be known, with the reason.

    Args:
        journal: of the sandbox.
        results: what the programs noted.
        weather: how long orders are hidden.
        disturbed_at: when programs were killed, and their database was lost.
    """
    sent = by_reference(entry for entry in journal["received"] if entry["operation"] == "requests.create")
    committed = by_reference(journal["committed"])
    by_number = {entry["number"]: entry for entry in journal["received"]}
    judged = {
        entry["reference"]: _reason(
            entry,
            sent=sent.get(entry["reference"], []),
            committed=committed.get(entry["reference"], []),
            by_number=by_number,
            weather=weather,
            disturbed_at=disturbed_at,
        )
        for entry in results
        if entry["event"] == "unknown"
    }
    return tuple(f"{reference} ({reason})" for reference, reason in judged.items() if reason)


def _reason(
    unknown: Entry,
    *,
    sent: Sequence[Entry],
    committed: Sequence[Entry],
    by_number: Mapping[int, Entry],
    weather: Weather,
    disturbed_at: Sequence[float],
) -> str:
    """A clear answer to what was sent, or an order to be seen when it was looked for; "" if nobody could know."""
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
