"""The exceptions of `submit`."""

from __future__ import annotations

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.errors import OrderingError
from orange_ordering_client.orders.results import Difference
from orange_ordering_client.text import printable
from orange_ordering_client.validation.results import Violation

__all__ = [
    "InvalidOrder",
    "OutcomeUnknown",
    "ReferenceAmbiguous",
    "ReferenceConflict",
    "ReferenceUnchecked",
]


class ReferenceConflict(OrderingError):
    """The customer reference was used for another order of the same type. Nothing was sent by this call.

    If `may_have_been_accepted` is true, the order *was* sent before, its outcome is unknown, and the request with its
    reference is a different order.

    Attributes:
        reference: the customer reference.
        existing: the request with this reference.
        differences: between the two.
    """

    def __init__(self, reference: str, existing: Request, differences: tuple[Difference, ...]) -> None:
        self.reference = reference
        self.existing = existing
        self.differences = differences
        listed = "; ".join(str(difference) for difference in differences)
        super().__init__(
            f"{reference!r} is the reference of request {existing.id}, which is not the same order: {listed}. Give the"
            " new order a reference of its own."
        )

    def __reduce__(self) -> tuple[type, tuple[object, ...], dict[str, object]]:
        return (type(self), (self.reference, self.existing, self.differences), dict(self.__dict__))


class ReferenceAmbiguous(OrderingError):
    """A request may be this order in another form. Nothing was sent by this call.

    Its reference differs from yours only by case, white space, Unicode form, accents, or a cut at the end; or it has
    your reference and the same content under another type. Check it: if it is your order, use that request; if it is
    not, give your order a clearly different reference.

    If `may_have_been_accepted` is true, the order *was* sent before, and its outcome is unknown.

    Attributes:
        reference: the customer reference.
        candidates: the requests that may be the order.
    """

    def __init__(self, reference: str, candidates: tuple[Request, ...]) -> None:
        self.reference = reference
        self.candidates = candidates
        listed = ", ".join(f"{found.id} ({found.customer_reference!r}, {found.type})" for found in candidates[:5])
        more = f" and {len(candidates) - 5} more" if len(candidates) > 5 else ""
        super().__init__(
            f"Order {reference!r} may be there already, stored otherwise than it was sent: request {listed}{more}."
            " If it is, use that request. If it is not, give the order another reference."
        )

    def __reduce__(self) -> tuple[type, tuple[object, ...], dict[str, object]]:
        return (type(self), (self.reference, self.candidates), dict(self.__dict__))


class OutcomeUnknown(OrderingError):
    """An order was sent, and it is unknown whether Orange accepted it: it is not listed.

    Attributes:
        reference: the customer reference, to look it up.
        tried: what was done, in order, as sentences.
        hint: what to do next.
    """

    may_have_been_accepted = True

    def __init__(self, reference: str, tried: tuple[str, ...], hint: str) -> None:
        self.reference = reference
        self.tried = tried
        self.hint = hint
        super().__init__(f"Whether order {reference!r} exists is unknown. {' '.join(tried)} {hint}")

    def __str__(self) -> str:
        return printable(str(self.args[0]))

    def __reduce__(self) -> tuple[type, tuple[object, ...], dict[str, object]]:
        return (type(self), (self.reference, self.tried, self.hint), dict(self.__dict__))


class ReferenceUnchecked(OrderingError):
    """It is unknown whether an order with this reference exists. Nothing was sent.

    Attributes:
        reference: the customer reference.
    """

    def __init__(self, reference: str, reason: str) -> None:
        self.reference = reference
        self.reason = reason
        super().__init__(f"Whether an order {reference!r} exists cannot be found out: {reason}")

    def __reduce__(self) -> tuple[type, tuple[object, ...], dict[str, object]]:
        return (type(self), (self.reference, self.reason), dict(self.__dict__))


class InvalidOrder(OrderingError, ValueError):
    """The order violates the schema of its catalog item. Nothing was sent.

    Attributes:
        violations: all of them.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        self.violations = violations
        many = "One thing is" if len(violations) == 1 else f"{len(violations)} things are"
        super().__init__(f"{many} wrong with the order. " + " ".join(str(violation) for violation in violations))
