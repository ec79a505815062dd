"""The results of validation."""

from __future__ import annotations

import attrs

__all__ = ["UnusableSchema", "Validation", "Violation"]


@attrs.frozen
class Violation:
    """One thing that is wrong with an order.

    Attributes:
        path: where, as a JSON path: `$.properties.contacts.primary.email`, `$.attachments[0].body`.
        message: what is wrong, a sentence.
        rule: keyword of the JSON Schema that says so, `base64` for attachments.
    """

    path: str
    message: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@attrs.frozen(kw_only=True)
class Validation:
    """What is wrong with an order, as far as that can be told.

    Attributes:
        violations: everything that was found, each with its path.
        warnings: why something could not be checked; none of it is the order's fault.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.violations


class UnusableSchema(Exception):
    """A schema that nothing can be held against; the text says why."""
