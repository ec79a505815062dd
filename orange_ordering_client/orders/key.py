"""What identifies an order."""

from __future__ import annotations

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.orders.spelling import folded, likeness

__all__ = ["Key"]


@attrs.frozen
class Key:
    """What identifies an order: the customer reference, and the type."""

    reference: str
    type: str

    def fits(self, request: Request) -> bool:
        """Whether a request has this reference and type; a request without a type fits every type."""
        return request.customer_reference == self.reference and request.type in (None, self.type)

    def resembles(self, request: Request) -> bool:
        """Whether a request has this reference and type in some spelling: nothing in it can say that it is another."""
        same_type = request.type is None or likeness(self.type, request.type) in ("same", "spelling")
        return same_type and likeness(self.reference, request.customer_reference) in ("same", "spelling")

    @property
    def folded(self) -> tuple[str, str]:
        """The form that all spellings of the reference share, and the type."""
        return folded(self.reference), self.type
