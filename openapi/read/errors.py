"""What can be wrong with a description: cured, warned of, or a reason to stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = [
    "BuildError",
    "Cured",
    "Fact",
    "GeneratorFailed",
    "HandwrittenBroken",
    "SomethingLost",
    "UnusableDescription",
]

Fact = tuple[str, ...]
"""One thing that a description says, in a form that documents can be compared by: `("response", "GET /x", "200")`."""


@dataclass(frozen=True)
class Cured:
    """One fault of a description that was put right.

    Attributes:
        fault: name of the rule, in words joined by dashes.
        where: the operation ("GET /requests") or schema ("#/components/schemas/Request") that had it.
        note: what was done, for a person.
        removes: what is in the vendored file and deliberately not in the prepared one.
    """

    fault: str
    where: str
    note: str
    removes: frozenset[Fact] = field(default=frozenset())

    def __str__(self) -> str:
        return f"{self.fault}: {self.where}: {self.note}"


class BuildError(Exception):
    """The build stops; nothing in place has been touched. The command line answers with exit code 2."""


class UnusableDescription(BuildError):
    """The file is not a description that this build can read."""


class GeneratorFailed(BuildError):
    """The generator warned, crashed, or wrote something that is not Python."""


class HandwrittenBroken(BuildError):
    """The hand-written package needs something that the description lacks or has in another form.

    Attributes:
        reasons: one line for each method and reason.
    """

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        head = "The description lacks what the package needs. Hand-written methods that would break:"
        super().__init__("\n".join([head, *(f"  {line}" for line in self.reasons)]))


class SomethingLost(BuildError):
    """An operation, model, property or enum value did not make it to the end.

    Attributes:
        lost: one line for each.
    """

    def __init__(self, stage: str, lost: Iterable[str]) -> None:
        self.lost = tuple(lost)
        super().__init__("\n".join([f"Lost {stage}:", *(f"  {line}" for line in self.lost)]))
