"""The clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orange_ordering_client.sandbox.domain.clock import Clock


def test_the_clock_ticks_unless_it_was_told_to_stand_still() -> None:
    seconds = [0.0]
    ticking = Clock(monotonic=lambda: seconds[0])
    before = ticking.now()
    seconds[0] = 90
    assert ticking.now() - before == timedelta(seconds=90)
    standing = Clock(datetime(2026, 1, 1, tzinfo=UTC), monotonic=lambda: seconds[0])
    seconds[0] = 900
    assert standing.now() == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_clock_never_goes_back_and_knows_its_offset() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(days=-1)
    with pytest.raises(ValueError, match="offset"):
        Clock(datetime(2026, 1, 1))  # this is what is refused
