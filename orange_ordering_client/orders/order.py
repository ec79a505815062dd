"""An order as it is sent: a copy, with a reference that can be looked up."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import attrs

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.new_order import NewOrder
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.spelling import folded
from orange_ordering_client.wire import body_of

__all__ = ["Order", "checked"]


@attrs.frozen
class Order:
    """An order as it is sent: changing the model it came from does not change it."""

    key: Key
    wire: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form."""
        return self.wire


def checked(order: NewOrder) -> Order:
    """Copy an order, and check that it can be looked up.

    Raises:
        InvalidArgument: it has no type, or no reference that a server returns unchanged.
    """
    wire = copy.deepcopy(body_of(order))
    reference, request_type = wire.get("customerReference"), wire.get("type")
    if not isinstance(request_type, str) or not request_type:
        raise InvalidArgument("The order has no type: give the id of a catalog item, such as 'R_BVPN_FR_1'.")
    if not isinstance(reference, str) or not reference:
        raise InvalidArgument(
            "The order has no customer_reference. The API cannot tell a repeated order from a second one; your"
            " reference is the only thing by which an order can be found again after a lost answer. Give each order one"
            " of its own, or use create(), which cannot recover."
        )
    if reference != " ".join(reference.split()) or not reference.isprintable():
        raise InvalidArgument(
            f"customer_reference is {reference!r}: spaces around it, doubled ones, and characters that cannot be"
            " printed may not come back as they were sent, and then the order cannot be found again."
        )
    if reference != (composed := unicodedata.normalize("NFC", reference)):
        raise InvalidArgument(
            f"customer_reference is {reference!a}, which is not in Unicode form NFC: a server that composes accents"
            " would store another text, and then the order cannot be found again. Use"
            f" unicodedata.normalize('NFC', ...), which gives {composed!a}."
        )
    if not folded(reference):
        raise InvalidArgument(f"customer_reference is {reference!r}, accents alone: it could not be found again.")
    return Order(Key(reference, request_type), wire)
