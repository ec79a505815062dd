"""Differences between two descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

__all__ = ["Change", "Kind", "grouped", "merge_by_operation"]

_LISTED = 3
_ALIKE = 4  # from this number on, equal changes are one line
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One difference between two descriptions.

    Attributes:
        kind: whether something was added, removed or changed.
        subject: kind of the changed part: operation, parameter, body, response, header, property, type, value,
            required, limit, default, security, server.
        place: changed part, in wire names: `GET /requests`, `Request.status`.
        text: description of the change.
        breaking: whether a correct client can fail after the change.
        calls: operations that the change affects.
        why: reason why the change is breaking or not, if this is not obvious.
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
        # The operations are left out if the place names them.
        shown = f" ({reach})" if reach and not self.place.startswith(reach) else ""
        return f"{self.place}: {self.text}{shown}" + (f" -- {self.why}" if self.why else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "place": self.place,
            "text": self.text,
            "breaking": self.breaking,
            "calls": list(self.calls),
            "why": self.why,
        }


def grouped(changes: Iterable[Change]) -> list[tuple[Change, str]]:
    """Format changes; the same change at many places becomes one line.

    Returns:
        The first change of each group, and the text of the group.
    """
    alike: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.kind, change.subject, change.text, change.breaking, change.why), []).append(change)
    return [(group[0], _line(group)) for group in alike.values()]


def _line(group: list[Change]) -> str:
    # In a small group, every place has its own line.
    if len(group) < _ALIKE:
        return "\n".join(map(str, group))
    places = ", ".join(change.place for change in group[:_LISTED])
    more = f" and {len(group) - _LISTED} more"
    why = f" -- {group[0].why}" if group[0].why else ""
    return f"{len(group)} x {group[0].text}: {places}{more}{why}"


def merge_by_operation(changes: Iterable[Change]) -> list[Change]:
    """Merge changes that differ only in the operation; sort breaking changes first."""
    found: dict[Change, dict[str, None]] = {}
    for change in changes:
        found.setdefault(replace(change, calls=()), {}).update(dict.fromkeys(change.calls))
    merged = [replace(change, calls=tuple(calls)) for change, calls in found.items()]
    return sorted(merged, key=lambda change: not change.breaking)
