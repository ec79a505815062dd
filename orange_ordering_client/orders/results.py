"""The results of `submit`."""

from __future__ import annotations

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.text import shorten

__all__ = ["Difference", "Submission"]


@attrs.frozen
class Difference:
    """One value of an order that Orange stores differently.

    Attributes:
        path: in wire names: `properties.servicePoint.id`.
        sent: the value in the order; None if it has none.
        found: the value that Orange has.
    """

    path: str
    sent: object
    found: object

    def __str__(self) -> str:
        return f"{self.path} ({shorten(repr(self.found), 60)} there, {shorten(repr(self.sent), 60)} here)"


@attrs.frozen(kw_only=True)
class Submission:
    """An order that exists, once.

    Attributes:
        request: as Orange stores it.
        already_there: it existed before this call; nothing was sent.
        recovered: it was sent, the response was lost, and a look-up found it.
        attempts: how often this call sent it, without certain rejections that were retried.
        changes: values that Orange changed: `customerReference`, `type`, and the content that both have. If
            the reference is among them, keep `request.id`: a search for your reference does not find the order.
    """

    request: Request
    already_there: bool = False
    recovered: bool = False
    attempts: int = 0
    changes: tuple[Difference, ...] = ()
