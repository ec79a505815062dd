"""The results of `submit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from orange_ordering_client.text import shorten

if TYPE_CHECKING:
    from orange_ordering_client._generated.models.request import Request

__all__ = ["Difference", "Submission"]


@attrs.frozen(kw_only=True)
class Submission:
    """An order that exists, once.

    Attributes:
        request: as Orange has it.
        already_there: it existed before this call; nothing was sent.
        recovered: it was sent, its answer was lost, and it was found again.
        attempts: how often this call sent it, certain rejections that were retried not counted.
        changes: what Orange shows otherwise than it was sent: `customerReference`, `type`, and the content that both
            have. Where the reference is among them, keep `request.id`: no search for your reference finds the order.
    """

    request: Request
    already_there: bool = False
    recovered: bool = False
    attempts: int = 0
    changes: tuple[Difference, ...] = ()


@attrs.frozen
class Difference:
    """One value of an order that is not what Orange has.

    Attributes:
        path: where, in wire names: `properties.servicePoint.id`.
        sent: what the order says; None if it says nothing.
        found: what Orange has.
    """

    path: str
    sent: object
    found: object

    def __str__(self) -> str:
        return f"{self.path} ({shorten(repr(self.found), 60)} there, {shorten(repr(self.sent), 60)} here)"
