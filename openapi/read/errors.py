"""Faults of a description: those that are repaired, and those that stop the build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = [
    "BuildError",
    "Fact",
    "GeneratorFailed",
    "IncompleteResult",
    "PackageIncompatible",
    "Repair",
    "UnusableDescription",
]

Fact = tuple[str, ...]
"""One statement of a description, in a form that can be compared between documents: `("response", "GET /x", "200")`."""


@dataclass(frozen=True)
class Repair:
    """One fault of a description that was repaired.

    Attributes:
        fault: name of the fault, in words joined by dashes.
        where: the operation ("GET /requests") or schema ("#/components/schemas/Request") that has it.
        note: description of the repair, for a person.
        removes: statements that the repair leaves out on purpose.
        warns: whether the repair loses something that a person should know of.
    """

    fault: str
    where: str
    note: str
    removes: frozenset[Fact] = field(default=frozenset())
    warns: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        return f"{self.fault}: {self.where}: {self.note}"


class BuildError(Exception):
    """An error that stops the build before it changes anything; the commands exit with 2."""


class UnusableDescription(BuildError):
    """An error for a file that is not a description that this build can read."""


class GeneratorFailed(BuildError):
    """An error for a generator that warned, crashed, or wrote something that is not Python."""


class PackageIncompatible(BuildError):
    """An error for hand-written code that does not work with the code generated from this description.

    Attributes:
        reasons: one line for each method and reason.
    """

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        head = "The description lacks what the package needs. Hand-written methods that would break:"
        super().__init__("\n".join([head, *(f"  {line}" for line in self.reasons)]))


class IncompleteResult(BuildError):
    """An error for operations, models, properties or enum values that are missing in the result of a stage.

    Attributes:
        lost: one line for each missing item.
    """

    def __init__(self, stage: str, lost: Iterable[str]) -> None:
        self.lost = tuple(lost)
        super().__init__("\n".join([f"Lost {stage}:", *(f"  {line}" for line in self.lost)]))
