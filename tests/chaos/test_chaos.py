"""The chaos run in its bounded form; `make chaos` is the whole."""

from __future__ import annotations

import attrs

from tests.chaos.run import chaos
from tests.chaos.weather import Weather

WEATHER = Weather(timeout=1.5, late=0.3, hidden=0.7, visible_within=2.0)


def test_no_order_is_placed_twice_or_lost_and_every_unknown_outcome_is_one() -> None:
    report = chaos(submissions=120, kills=2, seed=20261123, weather=WEATHER)
    assert report.passed, str(report)
    assert report.committed == 120
    assert report.faulted > 0.2
    assert report.recovered > 0
    assert report.unknown > 0
    for count in (report.strays, report.closed, report.changed, report.capped):
        assert count > 0, str(report)


def test_the_same_weather_makes_a_plain_retry_loop_order_twice() -> None:
    report = chaos(submissions=50, kills=0, seed=20261123, weather=WEATHER, plain=True)
    assert report.duplicates > 0, str(report)


def test_two_clients_on_one_file_place_no_order_twice() -> None:
    report = chaos(submissions=50, kills=1, seed=20261125, weather=attrs.evolve(WEATHER, clients=2))
    assert report.passed, str(report)
    assert report.committed == 50


def test_kills_at_random_over_a_list_that_shows_orders_late_place_no_order_twice() -> None:
    weather = attrs.evolve(WEATHER, hidden_share=1.0)
    report = chaos(submissions=40, kills=3, seed=20261126, weather=weather, by_time=True)
    assert report.passed, str(report)
    assert report.committed == 40
    assert report.kills > 0
