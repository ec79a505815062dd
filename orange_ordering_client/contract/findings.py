"""What checking an exchange brought to light."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

__all__ = ["Finding", "distinct"]


@attrs.frozen
class Finding:
    """One thing that the description, or the client, did not expect.

    Values are not repeated, as answers hold person data and findings end up in logs; unknown keys and enum values are.

    Attributes:
        place: where, in wire names: `answer[3].keyDates.issuedAt`.
        text: what.
        violation: whether the contract is broken. If not, it is news that the client copes with: an unknown key, an
            unknown enum value, another spelling of a date.
    """

    place: str
    text: str
    violation: bool = False

    def __str__(self) -> str:
        return f"{'VIOLATION' if self.violation else 'finding  '} {self.place}: {self.text}"

    def to_dict(self) -> dict[str, Any]:
        """Write it for a machine."""
        return {"place": self.place, "text": self.text, "violation": self.violation}


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what was said already; violations first."""
    return sorted(dict.fromkeys(findings), key=lambda one: not one.violation)
