"""pipeline: pauses that the server asks for."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from orange_ordering_client.errors import RateLimited
from tests.calls import READ, as_is, calling
from tests.clocks import START, FakeTime
from tests.servers import Server, answer, error


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("7", 7.0),
        ("0", 0.5),
        (format_datetime(START + timedelta(seconds=9), usegmt=True), 9.0),
        ("nan", 0.5),
        ("inf", 0.5),
        ("-5", 0.5),
        ("soon", 0.5),
        ("", 0.5),
    ],
)
@pytest.mark.parametrize("status", [(429, 53), (403, 53), (503, 5)])
async def test_the_pause_is_what_the_server_asks_for_and_nonsense_is_ignored(
    server: Server, status: tuple[int, int], header: str, pause: float
) -> None:
    server.on("/requests", error(*status, Retry_After=header), answer([1]))
    time = FakeTime()

    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)

    assert time.slept == [pause]


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("nan", None), ("", None)])
async def test_a_rate_limit_says_how_long_the_server_wants_quiet(
    server: Server, header: str, seconds: float | None
) -> None:
    server.on("/requests", error(429, 53, Retry_After=header))

    async with calling(server, retry=None) as pipeline:
        with pytest.raises(RateLimited) as caught:
            await pipeline.call(READ, as_is)

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("header", ["60", "61", "90000", "86401"])
async def test_a_pause_longer_than_the_time_left_ends_the_call_at_once(server: Server, header: str) -> None:
    server.on("/requests", error(429, 53, Retry_After=header))
    time = FakeTime()

    async with calling(server, clock=time.clock, timeout=60.0) as pipeline:
        with pytest.raises(RateLimited):
            await pipeline.call(READ, as_is)

    assert time.slept == []
    assert len(server.calls) == 1
