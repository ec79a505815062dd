"""What all views of one client share."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from orange_ordering_client.auth import Token, TokenSource, fetch_token
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import ClientClosed, WrongEventLoop
from orange_ordering_client.gate import Gate
from orange_ordering_client.settings import Settings
from orange_ordering_client.transport.exchange import Exchange

if TYPE_CHECKING:
    from orange_ordering_client.hooks import Hooks

__all__ = ["Core"]

logger = logging.getLogger("orange_ordering_client")

Record = TypeVar("Record")


class Core:
    """Connections, token, rate-limit gate and hooks of one client.

    Args:
        settings: who calls, and where.
        exchange: sends attempts.
        hooks: told of every attempt, if there are any.
        clock: time and chance.
    """

    def __init__(self, settings: Settings, exchange: Exchange, hooks: Hooks | None, clock: Clock) -> None:
        self.settings = settings
        self.exchange = exchange
        self.hooks = hooks
        self.clock = clock
        self.gate = Gate(clock)
        self.tokens = TokenSource(partial(fetch_token, exchange, settings, clock), clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def check_usable(self) -> None:
        """Refuse a closed client and a second event loop before anything is sent.

        Raises:
            ClientClosed, WrongEventLoop
        """
        if self._closed:
            raise ClientClosed("This client is closed. Make a new one, or stay inside its `async with` block.")
        self._check_loop()

    def _check_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise WrongEventLoop(
                "This client belongs to another event loop, where its connections live. Make one client per loop:"
                " inside asyncio.run(), not before it."
            )

    async def aclose(self) -> None:
        """Stop a token fetch under way and close the connections.

        Raises:
            WrongEventLoop: the connections live in another event loop.
        """
        if self._closed:
            return
        self._check_loop()
        self._closed = True
        try:
            await self.tokens.aclose()
        finally:
            await self.exchange.aclose()

    def mask(self, text: str, token: Token | None = None) -> str:
        """Take this client's secrets out of a text that a server sent back."""
        for secret in (self.settings.client_secret, self.settings.api_key, token.value if token else None):
            if secret is not None:
                # Also as `repr` writes it, with its backslashes doubled.
                for form in (secret.reveal(), repr(secret.reveal())[1:-1]):
                    text = text.replace(form, "***")
        return text

    async def tell(self, hook: Callable[[Record], Awaitable[None] | None] | None, record: Record) -> None:
        """Call a hook, if there is one; what it raises is logged and goes no further."""
        if hook is None:
            return
        try:
            result = hook(record)
            if inspect.isawaitable(result):
                await result
        except Exception:  # noqa: BLE001, RUF100 -- anything at all: an order must not be lost to a broken hook
            logger.exception("the hook %r failed", hook)
