"""The results of validation."""

from __future__ import annotations

import attrs

__all__ = ["UnusableSchema", "Validation", "Violation"]


@attrs.frozen
class Violation:
    """One violation of a schema by an order.

    Attributes:
        path: JSON path, such as `$.properties.contacts.primary.email` or `$.attachments[0].body`.
        message: description of the violation, one sentence.
        rule: violated keyword of the JSON Schema; `base64` for attachments.
    """

    path: str
    message: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@attrs.frozen(kw_only=True)
class Validation:
    """The result of a validation.

    Attributes:
        violations: violations in the order, each with its path.
        warnings: reasons why something could not be checked; they are not faults of the order.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there are no violations."""
        return not self.violations


class UnusableSchema(Exception):
    """A schema that cannot be used; the message says why."""
