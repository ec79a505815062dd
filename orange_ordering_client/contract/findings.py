"""The findings of a check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

__all__ = ["Finding", "distinct"]


@attrs.frozen
class Finding:
    """One difference between an exchange and the description, or the models.

    It contains unknown keys and enum values, but no other values: findings are logged, and responses have person data.

    Attributes:
        place: location in wire names, such as `answer[3].keyDates.issuedAt`.
        text: the difference.
        violation: whether it breaks the contract. If not, the client can handle it: an unknown key, an unknown enum
            value, another format of a date.
    """

    place: str
    text: str
    violation: bool = False

    def __str__(self) -> str:
        return f"{'VIOLATION' if self.violation else 'finding  '} {self.place}: {self.text}"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return {"place": self.place, "text": self.text, "violation": self.violation}


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without repetitions, violations first."""
    return sorted(dict.fromkeys(findings), key=lambda one: not one.violation)
