"""One difference between two descriptions, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

__all__ = ["Change", "Kind", "gathered", "merged_over_calls"]

_LISTED = 3
_ALIKE = 4  # places at which the same change is one line
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One difference on the wire.

    Attributes:
        kind: what happened.
        subject: what it happened to: operation, parameter, body, response, header, property, type, value, required,
            limit, default, security, server.
        place: where, in wire names: `GET /requests`, `Request.status`.
        text: what happened, for a person.
        breaking: whether a client that was right before can be wrong now.
        calls: the operations that it reaches.
        why: why it is breaking or not, where that is not plain.
    """

    kind: Kind
    subject: str
    place: str
    text: str
    breaking: bool
    calls: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        more = len(self.calls) - _LISTED
        reach = ", ".join(self.calls[:_LISTED]) + (f" and {more} more" if more > 0 else "")
        # Not where the place says it already.
        shown = f" ({reach})" if reach and not self.place.startswith(reach) else ""
        return f"{self.place}: {self.text}{shown}" + (f" -- {self.why}" if self.why else "")

    def to_dict(self) -> dict[str, Any]:
        """Write it for a machine."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "place": self.place,
            "text": self.text,
            "breaking": self.breaking,
            "calls": list(self.calls),
            "why": self.why,
        }


def gathered(changes: Iterable[Change]) -> list[tuple[Change, str]]:
    """Write changes for a person, the same change at several places once, with their count.

    Returns:
        The first of each, and the line for all of them.
    """
    alike: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.kind, change.subject, change.text, change.breaking, change.why), []).append(change)
    return [(group[0], _line(group)) for group in alike.values()]


def _line(group: list[Change]) -> str:
    # What is said of one operation or class as a whole says nothing without its name.
    if len(group) < _ALIKE:
        return "\n".join(map(str, group))
    places = ", ".join(change.place for change in group[:_LISTED])
    more = f" and {len(group) - _LISTED} more"
    why = f" -- {group[0].why}" if group[0].why else ""
    return f"{len(group)} x {group[0].text}: {places}{more}{why}"


def merged_over_calls(changes: Iterable[Change]) -> list[Change]:
    """Make one of changes that differ only in the operation they were met in; breaking ones first."""
    found: dict[Change, dict[str, None]] = {}
    for change in changes:
        found.setdefault(replace(change, calls=()), {}).update(dict.fromkeys(change.calls))
    merged = [replace(change, calls=tuple(calls)) for change, calls in found.items()]
    return sorted(merged, key=lambda change: not change.breaking)
