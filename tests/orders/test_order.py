"""Which orders can be submitted: those that can be found again."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.order import checked

NO_TYPE = "The order has no type: give the id of a catalog item, such as 'R_BVPN_FR_1'."
NO_REFERENCE = (
    "The order has no customer_reference. The API cannot tell a repeated order from a second one; your reference is the"
    " only thing by which an order can be found again after a lost answer. Give each order one of its own, or use"
    " create(), which cannot recover."
)
CHANGES = (
    ": spaces around it, doubled ones, and characters that cannot be printed may not come back as they were sent, and"
    " then the order cannot be found again."
)
NOT_COMPOSED = (
    "customer_reference is 'Siege-e\\u0301', which is not in Unicode form NFC: a server that composes accents would"
    " store another text, and then the order cannot be found again. Use unicodedata.normalize('NFC', ...), which gives"
    " 'Siege-\\xe9'."
)
ACCENTS = "customer_reference is '\u0301', accents alone: it could not be found again."


class Given:
    """An order of any fields, as a model would give it."""

    def __init__(self, **fields: Any) -> None:
        self.fields = {"type": "R_BVPN_FR_1", "customerReference": "WAN-042", **fields}

    def to_dict(self) -> dict[str, Any]:
        return self.fields


def test_an_order_is_known_by_its_reference_and_type_and_its_body_is_a_copy() -> None:
    site = {"id": 1}
    made = checked(Given(properties={"site": site}))
    site["id"] = 2

    assert made.key == Key("WAN-042", "R_BVPN_FR_1")
    assert made.to_dict() == Given(properties={"site": {"id": 1}}).fields


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": None}, NO_TYPE),
        ({"type": ""}, NO_TYPE),
        ({"type": 1}, NO_TYPE),
        ({"customerReference": None}, NO_REFERENCE),
        ({"customerReference": ""}, NO_REFERENCE),
        ({"customerReference": 42}, NO_REFERENCE),
        ({"customerReference": " WAN-042"}, "customer_reference is ' WAN-042'" + CHANGES),
        ({"customerReference": "WAN  042"}, "customer_reference is 'WAN  042'" + CHANGES),
        ({"customerReference": "WAN\u200b042"}, r"customer_reference is 'WAN\u200b042'" + CHANGES),
        ({"customerReference": "Siege-e\u0301"}, NOT_COMPOSED),
        ({"customerReference": "\u0301"}, ACCENTS),
    ],
)
def test_an_order_that_could_not_be_found_again_is_refused_with_the_fix(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        checked(Given(**fields))
    assert str(caught.value) == message
