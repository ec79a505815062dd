"""core: what the views of one client share, and when they may not be used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from orange_ordering_client.auth import Token
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import ClientClosed, WrongEventLoop
from orange_ordering_client.hooks import Hooks
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.secrets import Secret
from orange_ordering_client.session import Session
from orange_ordering_client.settings import CallOptions, Settings
from orange_ordering_client.transport.sender import Sender
from tests.calls import API_KEY, CLIENT_ID, READ, SECRET, as_is, calling, http_client, settings_for
from tests.clocks import FakeTime
from tests.servers import Held, Server, answer, error, grant, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


def unconnected(secret: str = SECRET) -> Session:
    settings = Settings.of(client_id=CLIENT_ID, client_secret=secret, api_key=API_KEY)
    return Session(settings, Sender(http_client()), Hooks(), Clock())


def test_a_second_event_loop_is_a_clear_error_before_anything_is_sent() -> None:
    session = unconnected()

    async def use() -> None:
        session.check_usable()

    asyncio.run(use())
    with pytest.raises(WrongEventLoop, match="Make one client per loop"):
        asyncio.run(use())
    with pytest.raises(WrongEventLoop):
        asyncio.run(session.aclose())


async def test_a_closed_client_is_a_clear_error() -> None:
    session = unconnected()
    await session.aclose()

    with pytest.raises(ClientClosed, match="This client is closed"):
        session.check_usable()
    await session.aclose()


async def test_closing_ends_calls_that_wait_for_a_token(server: Server) -> None:
    server.tokens(Held())
    async with calling(server) as pipeline:
        call = asyncio.create_task(pipeline.call(READ, as_is))
        await server.until(lambda s: len(s.token_requests) == 1)

        await pipeline.session.aclose()

        with pytest.raises(ClientClosed):
            await call


async def test_closing_ends_calls_that_pause_before_another_attempt(server: Server) -> None:
    server.on("/requests", error(503, 5), answer([]))
    async with calling(server) as pipeline:
        closing: list[asyncio.Task[None]] = []

        async def close_then_go_on(_: float) -> None:
            closing.append(asyncio.create_task(pipeline.session.aclose()))
            await closing[0]

        pipeline.session.clock = Clock(sleep=close_then_go_on)
        with pytest.raises(ClientClosed):
            await pipeline.call(READ, as_is)

    assert len(server.calls) == 1


async def test_closing_ends_calls_under_way(server: Server) -> None:
    server.on("/requests", Held())
    settings = settings_for(server)
    session = Session(settings, Sender(), Hooks(), FakeTime().clock)
    call = asyncio.create_task(Pipeline(session, CallOptions()).call(READ, as_is))
    await server.until(lambda s: len(s.calls) == 1)

    await session.aclose()

    with pytest.raises(ClientClosed):
        await call


async def test_cancelling_aclose_closes_the_connections_all_the_same() -> None:
    sender = Sender()
    settings = Settings.of(client_id=CLIENT_ID, client_secret=SECRET, api_key=API_KEY)
    session = Session(settings, sender, Hooks(), Clock())

    async def interrupted() -> None:
        raise asyncio.CancelledError

    session.tokens.aclose = interrupted  # type: ignore[method-assign]  # the moment of a cancellation, made certain

    with pytest.raises(asyncio.CancelledError):
        await session.aclose()
    with pytest.raises(ClientClosed):
        await sender.send("GET", "https://api.invalid", headers={}, content=None, timeout=1.0)


@pytest.mark.parametrize("secret", ["s3cret", "s3'cret", "back\\slash", "tab\there", "p\u00e4ss"])
def test_secrets_are_masked_as_they_are_and_as_repr_writes_them(secret: str) -> None:
    session = unconnected(secret)
    token = Token(Secret("t0ken"), 0.0, 0.0)

    for text in (f"a {secret} b", f"a {secret!r} b", f"{API_KEY}", f"t0ken {secret}{secret}"):
        masked = session.mask(text, token)
        for planted in (secret, repr(secret)[1:-1], API_KEY, "t0ken"):
            assert planted not in masked
        assert "***" in masked


def test_text_without_secrets_stays_as_it_is() -> None:
    assert unconnected().mask("nothing in here") == "nothing in here"


async def test_a_renewal_in_the_background_is_stopped_with_the_client(server: Server) -> None:
    time = FakeTime()
    server.tokens(grant(expires_in=100), Held())
    async with calling(server, clock=time.clock) as pipeline:
        await pipeline.call(READ, as_is)
        time.advance(95.0)
        await pipeline.call(READ, as_is)
        await server.until(lambda s: len(s.token_requests) == 2)


def test_without_asyncio_the_error_says_that_it_is_needed() -> None:
    with pytest.raises(WrongEventLoop, match="needs asyncio"):
        unconnected().check_usable()


class Memory:
    closed = False

    async def aclose(self) -> None:
        self.closed = True


async def test_what_views_share_is_made_once_for_each_client_and_closed_with_it() -> None:
    session, other = unconnected(), unconnected()
    memory = session.shared(Memory)

    assert session.shared(Memory) is memory
    assert other.shared(Memory) is not memory

    await session.aclose()
    assert memory.closed
    assert not other.shared(Memory).closed
