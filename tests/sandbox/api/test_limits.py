"""The rate limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.sandbox import RateLimit, Sandbox
from orange_ordering_client.sandbox.api.limits import retry_after
from tests.sandbox.conftest import Api, code


@pytest.mark.parametrize("status", [429, 403])
async def test_the_bucket_empties_and_fills_again(sandbox: Sandbox, api: Api, status: int) -> None:
    sandbox.limit = RateLimit(0.5, 3, status)
    codes = [(await api.get("/me")).status_code for _ in range(4)]
    assert codes == [200, 200, 200, status]
    refused = await api.get("/me")
    assert code(refused) == (status, 53)
    assert refused.headers["retry-after"] == "2"
    sandbox.clock.advance(seconds=1)
    assert (await api.get("/me")).headers["retry-after"] == "1"
    sandbox.clock.advance(seconds=1)
    assert (await api.get("/me")).status_code == 200
    sandbox.clock.advance(hours=0.5)
    assert [(await api.get("/me")).status_code for _ in range(4)] == [200, 200, 200, status]


async def test_each_client_has_a_bucket_of_its_own_and_tokens_cost_nothing(sandbox: Sandbox, api: Api) -> None:
    sandbox.limit = RateLimit(1)
    assert [(await api.get("/me")).status_code for _ in range(2)] == [200, 429]
    assert (await api.sign_in("sandbox-readonly")).status_code == 200
    assert (await api.get("/me")).status_code == 200


async def test_a_limit_can_be_lifted(sandbox: Sandbox, api: Api) -> None:
    sandbox.limit = RateLimit(1)
    await api.get("/me")
    sandbox.limit = None
    assert sandbox.limit is None
    assert (await api.get("/me")).status_code == 200


async def test_the_wait_may_be_left_unsaid(sandbox: Sandbox, api: Api) -> None:
    sandbox.limit = RateLimit(1, retry_after="absent")
    await api.get("/me")
    assert "retry-after" not in (await api.get("/me")).headers


@given(st.floats(0, 10_000), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # made aware below
def test_whoever_waits_as_told_is_not_too_early(wait: float, moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    assert int(retry_after(wait, "seconds", now)["Retry-After"]) >= wait
    said = parsedate_to_datetime(retry_after(wait, "date", now)["Retry-After"])
    assert timedelta(0) <= said - now - timedelta(seconds=wait) < timedelta(seconds=1.001)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", RateLimit(5)),
        ("5/10", RateLimit(5, 10)),
        ("0.5/10:403", RateLimit(0.5, 10, 403)),
        ("5/10:429:date", RateLimit(5, 10, 429, "date")),
    ],
)
def test_a_limit_is_written_on_the_command_line(text: str, expected: RateLimit) -> None:
    assert RateLimit.parse(text) == expected


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "5/0", "5/10:500", "5/10:429:soon", "5/10:429:date:more"])
def test_a_limit_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="PER_SECOND/BURST"):
        RateLimit.parse(text)
