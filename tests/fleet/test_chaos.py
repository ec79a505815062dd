"""The chaos run of a fleet in its bounded form; `make chaos-fleet` is the whole."""

from __future__ import annotations

import attrs

from tests.chaos.weather import Weather
from tests.fleet.chaos.run import Plan, chaos

PLAN = Plan(
    orders=30,
    processes=2,
    kills=1,
    restarts=1,
    cuts=1,
    seed=20261127,
    lease=1.0,
    # Nobody sees an order at first, so that only the claims keep it from being placed twice.
    weather=Weather(timeout=1.5, late=0.3, hidden=0.7, visible_within=2.0, hidden_share=1.0),
)


def test_no_order_is_placed_twice_or_lost_and_every_unknown_outcome_is_one() -> None:
    report = chaos(PLAN)
    assert report.passed, str(report)
    assert report.committed == PLAN.orders
    assert report.faulted > 0.2


def test_without_a_fleet_orders_are_placed_twice() -> None:
    report = chaos(attrs.evolve(PLAN, fleet=False, restarts=0, cuts=0, kills=0))
    assert report.duplicates > 0, str(report)
