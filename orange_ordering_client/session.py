"""The state that all views of one client share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from orange_ordering_client.auth import Token, TokenSource, fetch_token
from orange_ordering_client.clock import Clock
from orange_ordering_client.cooldown import Cooldown
from orange_ordering_client.errors import ClientClosed, ConfigurationError, WrongEventLoop
from orange_ordering_client.secrets import Secrets, header_secrets
from orange_ordering_client.settings import Settings
from orange_ordering_client.transport.sender import Sender

if TYPE_CHECKING:
    from orange_ordering_client.fleet.protocols import Fleet
    from orange_ordering_client.hooks import Hooks
    from orange_ordering_client.notifier import Notifier

__all__ = ["Session"]

logger = logging.getLogger("orange_ordering_client")
# An application that configures no logging gets no output (Python's logging HOWTO). The handler is not added in the
# package's `__init__`, because importing `logging` would double the time of importing the package.
logger.addHandler(logging.NullHandler())

T = TypeVar("T")


def _check_fleet(fleet: object) -> None:
    # A DSN is a str, which has a method `join`, too.
    if fleet is not None and (isinstance(fleet, str) or not callable(getattr(fleet, "join", None))):
        raise ConfigurationError(
            f"fleet must be a PostgresFleet or another Fleet, not {type(fleet).__name__}: PostgresFleet(dsn)."
        )


class Session:
    """Connections, token, rate-limit cooldown and hooks of one client.

    Args:
        settings: credentials and addresses.
        sender: sends attempts.
        hooks: called with a record of every attempt.
        clock: the source of time and jitter.
        fleet: state that is shared with other processes; None shares nothing.
    """

    def __init__(
        self, settings: Settings, sender: Sender, hooks: Hooks | None, clock: Clock, fleet: Fleet | None = None
    ) -> None:
        _check_fleet(fleet)
        self.settings = settings
        self.sender = sender
        self.notifier = None if hooks is None else _notifier(hooks)
        self.clock = clock
        self.cooldown = Cooldown(clock)
        fetch: Callable[[], Awaitable[Token]] = partial(fetch_token, sender, settings, clock)
        fetch_once: Callable[[], Awaitable[Token]] = partial(fetch_token, sender, settings, clock, None)
        self.membership = None if fleet is None else fleet.join(settings, self.cooldown.join, clock.monotonic)
        if self.membership is not None:
            self.cooldown.announce_to(self.membership.cooldown.announce)
            fetch = partial(self.membership.tokens.get, fetch)
            fetch_once = partial(self.membership.tokens.get, fetch_once)
        self.tokens = TokenSource(fetch, clock, fetch_once)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._shared: dict[type[Any], Any] = {}

    def shared(self, kind: type[T]) -> T:
        """Return the one object of a class that all views of this client share. It is created on first use.

        If the object has a method `aclose`, closing the client awaits it.

        Args:
            kind: class of the object; its constructor takes no arguments.
        """
        if kind not in self._shared:
            self._shared[kind] = kind()
        found: T = self._shared[kind]
        return found

    def check_usable(self) -> None:
        """Raise an error for a closed client or a wrong event loop before anything is sent.

        Raises:
            ClientClosed: the client is closed.
            WrongEventLoop: no event loop is running, or not the client's.
        """
        if self._closed:
            raise ClientClosed("This client is closed. Make a new one, or stay inside its `async with` block.")
        self._check_loop()

    def _check_loop(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise WrongEventLoop(
                "This client needs asyncio, and no asyncio event loop is running here. Use asyncio.run(), or under trio"
                " the package trio-asyncio."
            ) from None
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise WrongEventLoop(
                "This client belongs to another event loop, where its connections live. Make one client per loop:"
                " inside asyncio.run(), not before it."
            )

    async def aclose(self) -> None:
        """Cancel a running token fetch, and close the connections.

        Raises:
            WrongEventLoop: the connections belong to another event loop.
        """
        if self._closed:
            return
        self._check_loop()
        self._closed = True
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.sender.aclose)
            if self.membership is not None:
                stack.push_async_callback(self.membership.aclose)
            stack.push_async_callback(self.tokens.aclose)
            for each in self._shared.values():
                if (aclose := getattr(each, "aclose", None)) is not None:
                    stack.push_async_callback(aclose)

    def mask(self, text: str, token: Token | None = None) -> str:
        """Mask this client's secrets, in every encoding, in a text from a server."""
        # Imported at the first failure, to keep the start of a program fast.
        from orange_ordering_client.masking import Mask

        known = (self.settings.client_secret, self.settings.api_key, token.value if token else None)
        return Mask(secret.reveal() for secret in known if secret is not None)(text)

    def secrets(self, token: Token | None, headers: Mapping[str, str]) -> Secrets:
        """Return the secrets of an attempt with this token and these headers, which no recording of it may contain."""
        settings = self.settings
        own = Secrets([settings.client_id, settings.client_secret, settings.api_key])
        fetched = Secrets() if token is None else Secrets([token.value])
        return own | fetched | Secrets(header_secrets(headers)) | self.sender.secrets()


def _notifier(hooks: Hooks) -> Notifier:
    # Most clients have no hooks, and importing the module takes time.
    from orange_ordering_client.notifier import Notifier

    return Notifier(hooks)
