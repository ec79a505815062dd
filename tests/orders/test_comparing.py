"""When an order and what Orange has count as the same."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.orders.comparing import differences
from orange_ordering_client.orders.results import Difference

ORDER: dict[str, Any] = {
    "type": "R_BVPN_FR_1",
    "requestedAt": "2027-01-11",
    "customerReference": "WAN-042",
    "comment": "closes",
    "contract": "C-1",
    "customer": {"id": "33-1", "name": "ours"},
    "attachments": [{"name": "plan.txt", "format": "txt", "body": "RGVtbw=="}],
    "properties": {"servicePoint": {"id": "SP-1"}, "floors": [1, 2], "urgent": True},
}
SHOWN: dict[str, Any] = {
    "id": "3-1",
    "type": "R_BVPN_FR_1",
    "customerReference": "WAN-042",
    "keyDates": {"requestedAt": "2027-01-11"},
    "comment": "closes",
    "customer": {"id": "33-1", "name": "Theirs"},
    "properties": {"servicePoint": {"id": "SP-1", "name": "added"}, "floors": [1, 2], "urgent": True},
}


def shown(**changes: Any) -> dict[str, Any]:
    return {**SHOWN, **changes}


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(SHOWN, id="as Orange shows it"),
        pytest.param({}, id="nothing shown"),
        pytest.param(shown(keyDates=None), id="no dates"),
        pytest.param(shown(keyDates={"requestedAt": "2027-01-11T00:00:00Z"}), id="a moment of the day"),
        pytest.param(shown(keyDates={"requestedAt": "2027-01-10T23:00:00Z"}), id="midnight in France"),
        pytest.param(shown(keyDates={"requestedAt": "20270111"}), id="a day without hyphens"),
        pytest.param(shown(comment="  closes "), id="space"),
        pytest.param(shown(properties={"urgent": " TRUE ".lower()}), id="space around a truth"),
        pytest.param(shown(properties={"floors": ["1", 2.0], "urgent": "true"}), id="spelling"),
        pytest.param(shown(properties={"servicePoint": {"reference": "R-7"}}), id="another identifier"),
        pytest.param(shown(attachments=[{"name": "plan.txt"}]), id="attachments without their content"),
        pytest.param(shown(attachments=[]), id="attachments left out"),
    ],
)
def test_what_says_the_same_or_is_not_shown_is_no_difference(request_: dict[str, Any]) -> None:
    assert differences(ORDER, request_) == ()


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (shown(keyDates={"requestedAt": "2027-01-12"}), "requestedAt"),
        (shown(keyDates={"requestedAt": "2027-01-12T10:00:00Z"}), "requestedAt"),
        (shown(keyDates={"requestedAt": "2027-01-10T21:30:00Z"}), "requestedAt"),
        (shown(keyDates={"requestedAt": "2027-01-11x"}), "requestedAt"),
        (shown(keyDates={"requestedAt": "9999-12-31T23:00:00Z"}), "requestedAt"),
        (shown(keyDates={"requestedAt": "soon"}), "requestedAt"),
        (shown(comment="stays"), "comment"),
        (shown(contract="C-2"), "contract"),
        (shown(customer={"id": "33-2"}), "customer.id"),
        (shown(attachments=[{"name": "other.txt"}]), "attachments"),
        (shown(attachments=[{"name": "plan.txt"}, {"name": "more.txt"}]), "attachments"),
        (shown(properties={"servicePoint": {"id": "SP-2"}}), "properties.servicePoint.id"),
        (shown(properties={"servicePoint": "SP-1"}), "properties.servicePoint"),
        (shown(properties={"floors": [1, 3]}), "properties.floors[1]"),
        (shown(properties={"floors": [1]}), "properties.floors"),
        (shown(properties={"urgent": False}), "properties.urgent"),
    ],
)
def test_what_says_something_else_is_a_difference_with_its_path(request_: dict[str, Any], path: str) -> None:
    assert [difference.path for difference in differences(ORDER, request_)] == [path]


def test_text_may_come_back_with_other_space_and_truths_as_text() -> None:
    order = {"comment": "closes  in\nMay", "properties": {"urgent": False}}
    assert differences(order, {"comment": "closes in May", "properties": {"urgent": "false"}}) == ()


def test_attachments_differ_by_their_names() -> None:
    (found,) = differences(ORDER, shown(attachments=[{"name": "b"}, {"name": "a"}]))
    assert (found.sent, found.found) == (["plan.txt"], ["a", "b"])


def test_a_difference_is_told_in_a_short_line() -> None:
    told = str(Difference("comment", "x" * 80, "y" * 80))
    assert told == f"comment ({('y' * 80)!r:.59}… there, {('x' * 80)!r:.59}… here)"


def test_a_whole_number_may_come_back_in_any_spelling() -> None:
    assert differences({"properties": {"floors": 2.0}}, {"properties": {"floors": "2"}}) == ()


def test_a_comment_that_only_orange_has_is_a_difference() -> None:
    order = {name: value for name, value in ORDER.items() if name != "comment"}
    (found,) = differences(order, SHOWN)
    assert (found.path, found.sent, found.found) == ("comment", None, "closes")


def test_attachments_that_only_orange_has_are_no_difference() -> None:
    # Orange may attach what it made of the order, such as a confirmation.
    order = {name: value for name, value in ORDER.items() if name != "attachments"}
    assert differences(order, shown(attachments=[{"name": "confirmation.pdf"}])) == ()
