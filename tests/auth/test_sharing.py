"""auth: one token for any number of callers, renewed before it expires."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest

from orange_ordering_client.auth import Token, TokenSource
from orange_ordering_client.clock import Deadline
from orange_ordering_client.errors import ClientClosed, DeadlineExceeded, TokenError
from orange_ordering_client.secrets import Secret
from tests.clocks import FakeTime


class Fetches:
    """A fetch that ends when the test says so."""

    def __init__(self, *results: Token | Exception | None) -> None:
        self.results = list(results)
        self.begun = 0
        self.cancelled = 0
        self.go = asyncio.Event()

    async def __call__(self) -> Token:
        self.begun += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        result = self.results.pop(0)
        assert result is not None
        if isinstance(result, Exception):
            raise result
        return result


def token(name: str, time: FakeTime, lifetime: float = 100.0) -> Token:
    now = time.monotonic()
    return Token(Secret(name), refresh_at=now + lifetime * 0.9, expires_at=now + lifetime)


async def settled(condition: Callable[[], bool] = lambda: False) -> None:
    for _ in range(10):
        if condition():
            return
        await asyncio.sleep(0)


async def test_a_thousand_callers_share_one_fetch() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(1000)]
    await settled()

    fetch.go.set()

    assert {(await caller).value.reveal() for caller in callers} == {"A"}
    assert fetch.begun == 1


@pytest.mark.parametrize("which", [0, 1, 499, 999])
async def test_cancelling_any_caller_harms_no_other(which: int) -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(1000)]
    await settled()

    callers[which].cancel()
    await settled()
    fetch.go.set()
    results = await asyncio.gather(*callers, return_exceptions=True)

    assert isinstance(results.pop(which), asyncio.CancelledError)
    assert all(isinstance(result, Token) for result in results)
    assert (fetch.begun, fetch.cancelled) == (1, 0)


async def test_even_when_all_callers_are_cancelled_the_token_is_kept_for_the_next() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(3)]
    await settled()
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    fetch.go.set()

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "A"
    assert fetch.begun == 1


async def test_a_failed_fetch_fails_all_its_waiters_once_each_with_an_exception_of_its_own() -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no", status=400, error="invalid_scope"))
    source = TokenSource(fetch, time.clock)
    callers = [asyncio.create_task(source.get(Deadline.after(60, time.clock))) for _ in range(100)]
    await settled()
    fetch.go.set()

    failures = await asyncio.gather(*callers, return_exceptions=True)

    assert fetch.begun == 1
    assert all(isinstance(failure, TokenError) and failure.error == "invalid_scope" for failure in failures)
    assert len({id(failure) for failure in failures}) == 100
    for failure in failures:
        assert isinstance(failure, TokenError)
        assert failure.__cause__ is failure.__context__ is None


async def test_after_a_failed_fetch_the_next_caller_asks_again() -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no"), token("B", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    with pytest.raises(TokenError):
        await source.get(Deadline.after(60, time.clock))

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_failed_fetch_that_nobody_waits_for_any_more_is_not_reported_by_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = FakeTime()
    fetch = Fetches(TokenError("no"))
    source = TokenSource(fetch, time.clock)
    caller = asyncio.create_task(source.get(Deadline.after(60, time.clock)))
    await settled()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    fetch.go.set()
    await settled()
    gc.collect()

    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == ["orange_ordering_client"]


async def test_an_unforeseen_exception_of_a_fetch_reaches_the_caller_as_it_is() -> None:
    time = FakeTime()
    fetch = Fetches(ZeroDivisionError())
    fetch.go.set()

    with pytest.raises(ZeroDivisionError):
        await TokenSource(fetch, time.clock).get(Deadline.after(60, time.clock))


async def test_a_caller_waits_no_longer_than_its_own_deadline_and_the_fetch_goes_on() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    source = TokenSource(fetch, time.clock)
    patient = asyncio.create_task(source.get(Deadline.after(60, time.clock)))

    with pytest.raises(DeadlineExceeded, match=r"Nothing was sent: no access token within the 0\.05 s"):
        await source.get(Deadline.after(0.05, time.clock))

    fetch.go.set()
    assert (await patient).value.reveal() == "A"
    assert fetch.begun == 1


async def test_a_token_serves_until_it_is_about_to_expire() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), None)
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    for _ in range(3):
        time.advance(29.0)
        await source.get(Deadline.after(60, time.clock))

    assert fetch.begun == 1


async def test_a_token_is_renewed_from_its_time_on_and_not_before() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), token("B", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    begun: list[int] = []
    for wait in (0.0, 89.0, 1.0):
        time.advance(wait)
        await source.get(Deadline.after(60, time.clock))
        await settled(lambda: fetch.begun == 2)
        begun.append(fetch.begun)

    assert begun == [1, 1, 2]


async def test_tokens_are_fetched_and_renewed_with_retries_unless_a_call_has_none() -> None:
    time = FakeTime()
    retrying, once = Fetches(token("A", time), token("B", time)), Fetches()
    retrying.go.set()
    source = TokenSource(retrying, time.clock, once)
    for wait in (0.0, 91.0):
        time.advance(wait)
        await source.get(Deadline.after(60, time.clock))
        await settled()

    assert (retrying.begun, once.begun) == (2, 0)


async def test_shortly_before_it_expires_a_token_is_renewed_while_it_still_serves() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    fetch.go.clear()
    time.advance(91.0)
    fetch.results.append(token("B", time))

    during = [(await source.get(Deadline.after(60, time.clock))).value.reveal() for _ in range(5)]
    await settled(lambda: fetch.begun == 2)
    assert during == ["A"] * 5
    assert fetch.begun == 2

    fetch.go.set()
    await settled()
    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_failing_renewal_harms_nobody_while_the_old_token_lives_and_is_not_hammered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), *[TokenError("no") for _ in range(9)])
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    time.advance(91.0)

    begun = []
    for _ in range(8):  # 8 s, a call each: at 91, 92, ... 98
        assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "A"
        await settled()
        begun.append(fetch.begun)
        time.advance(1.0)

    assert begun == [2, 2, 2, 2, 2, 3, 3, 3]
    assert caplog.messages == ["no new access token: no"] * 2
    time.advance(10.0)
    with pytest.raises(TokenError):
        await source.get(Deadline.after(60, time.clock))


async def test_once_it_expired_a_token_is_of_no_use() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), token("B", time))
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    await source.get(Deadline.after(60, time.clock))
    time.advance(100.0)

    assert (await source.get(Deadline.after(60, time.clock))).value.reveal() == "B"


async def test_a_refused_token_is_forgotten_only_while_it_is_the_current_one() -> None:
    time = FakeTime()
    fetch = Fetches(token("A", time), token("B", time), None)
    fetch.go.set()
    source = TokenSource(fetch, time.clock)
    first = await source.get(Deadline.after(60, time.clock))

    source.discard(first)
    second = await source.get(Deadline.after(60, time.clock))
    source.discard(first)  # a late 401 for the old token
    third = await source.get(Deadline.after(60, time.clock))

    assert (second.value.reveal(), third) == ("B", second)
    assert fetch.begun == 2


async def test_closing_stops_a_fetch_and_tells_whoever_waits() -> None:
    time = FakeTime()
    fetch = Fetches()
    source = TokenSource(fetch, time.clock)
    waiting = asyncio.create_task(source.get(Deadline.after(60, time.clock)))
    await settled(lambda: fetch.begun == 1)

    await source.aclose()

    assert fetch.cancelled == 1
    with pytest.raises(ClientClosed, match=r"^This client was closed while the call waited for an access token"):
        await waiting
    await source.aclose()
