"""What one client knows of the orders that it placed."""

from __future__ import annotations

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.memory import Memory, Placed
from orange_ordering_client.orders.order import Order

KEY = Key("WAN-042", "R_BVPN_FR_1")


def test_an_order_without_an_id_is_kept_by_its_reference() -> None:
    memory, placed = Memory(), Placed(Order(KEY, {}), Request(customer_reference=KEY.reference), until=10.0)
    memory.remember(placed, 0.0)
    assert memory.placed(KEY) is placed
    assert memory.id_of(KEY) is None
    memory.remember(Placed(Order(Key("B", "T"), {}), Request(id="3-2", customer_reference="B", type="T"), 30.0), 10.0)
    assert memory.placed(KEY) is None


def test_an_order_is_forgotten_when_lists_certainly_show_it() -> None:
    memory = Memory()
    memory.remember(Placed(Order(KEY, {}), Request(id="3-1", customer_reference=KEY.reference), until=10.0), 0.0)
    memory.remember(Placed(Order(Key("B", "T"), {}), Request(id="3-2", customer_reference="B", type="T"), 30.0), 10.0)
    assert memory.placed(KEY) is None
    assert not memory.is_another(Key("C", "T"), Request(id="3-1"))
    assert memory.is_another(Key("C", "T"), Request(id="3-2"))
    assert not memory.is_another(Key("B", "T"), Request(id="3-2"))


def test_the_id_of_an_order_whose_reference_was_changed_is_kept_for_ever() -> None:
    memory = Memory()
    memory.remember(Placed(Order(KEY, {}), Request(id="3-1", customer_reference="wan-042"), until=10.0), 0.0)
    memory.remember(Placed(Order(Key("B", "T"), {}), Request(id="3-2", customer_reference="B", type="T"), 30.0), 10.0)
    assert memory.id_of(KEY) == "3-1"
    assert memory.is_another(Key("C", "T"), Request(id="3-1"))
