"""What all views of one client share."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from orange_ordering_client.auth import Token, TokenSource, fetch_token
from orange_ordering_client.clock import Clock
from orange_ordering_client.cooldown import Cooldown
from orange_ordering_client.errors import ClientClosed, ConfigurationError, WrongEventLoop
from orange_ordering_client.settings import Settings
from orange_ordering_client.transport.sender import Sender

if TYPE_CHECKING:
    from orange_ordering_client.fleet.protocols import Fleet
    from orange_ordering_client.hooks import Hooks
    from orange_ordering_client.secrets import Secrets

__all__ = ["Session"]

logger = logging.getLogger("orange_ordering_client")
# An application that configures no logging gets no output (the logging HOWTO of Python). Every call comes through here,
# while importing the package itself must not import `logging`, which would double its cost.
logger.addHandler(logging.NullHandler())

Record = TypeVar("Record")


def _check_hooks(hooks: object) -> None:
    if hooks is None:
        return
    from orange_ordering_client.hooks import Hooks

    if not isinstance(hooks, Hooks):
        raise ConfigurationError(f"hooks must be a Hooks, not {type(hooks).__name__}: Hooks(on_response=...).")
    for name in ("on_request", "on_response", "on_retry"):
        hook = getattr(hooks, name)
        if hook is not None and not callable(hook):
            raise ConfigurationError(f"Hooks.{name} must be callable, not {type(hook).__name__}.")


def _check_fleet(fleet: object) -> None:
    # A DSN has a method of that name, too.
    if fleet is not None and (isinstance(fleet, str) or not callable(getattr(fleet, "join", None))):
        raise ConfigurationError(
            f"fleet must be a PostgresFleet or another Fleet, not {type(fleet).__name__}: PostgresFleet(dsn)."
        )


class Session:
    """Connections, token, rate-limit cooldown and hooks of one client.

    Args:
        settings: who calls, and where.
        sender: sends attempts.
        hooks: told of every attempt, if there are any.
        clock: time and chance.
        fleet: what is shared with other processes, if anything is.
    """

    def __init__(
        self, settings: Settings, sender: Sender, hooks: Hooks | None, clock: Clock, fleet: Fleet | None = None
    ) -> None:
        _check_hooks(hooks)
        _check_fleet(fleet)
        self.settings = settings
        self.sender = sender
        self.hooks = hooks
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
        self._hooks_running: set[asyncio.Future[None]] = set()
        self._at_close: list[Callable[[], Awaitable[None]]] = []

    def at_close(self, function: Callable[[], Awaitable[None]]) -> None:
        """Have something closed together with this client."""
        self._at_close.append(function)

    def check_usable(self) -> None:
        """Refuse a closed client and a second event loop before anything is sent.

        Raises:
            ClientClosed, WrongEventLoop
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
        """Stop a token fetch under way and close the connections.

        Raises:
            WrongEventLoop: the connections live in another event loop.
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
            for function in self._at_close:
                stack.push_async_callback(function)

    def mask(self, text: str, token: Token | None = None) -> str:
        """Take this client's secrets out of a text that a server sent back, in every spelling."""
        # Imported with the first failure: most programs that start meet none.
        from orange_ordering_client.masking import Mask

        known = (self.settings.client_secret, self.settings.api_key, token.value if token else None)
        return Mask(secret.reveal() for secret in known if secret is not None)(text)

    def secrets(self, token: Token | None, headers: Mapping[str, str]) -> Secrets:
        """What an attempt with this token and these headers must not leave in any record of it."""
        from orange_ordering_client.secrets import Secrets, header_secrets

        settings = self.settings
        own = Secrets([settings.client_id, settings.client_secret, settings.api_key])
        fetched = Secrets() if token is None else Secrets([token.value])
        return own | fetched | Secrets(header_secrets(headers)) | self.sender.secrets()

    async def notify(
        self, hook: Callable[[Record], Awaitable[None] | None] | None, record: Record, timeout: float
    ) -> None:
        """Call a hook, if there is one. Neither an exception nor a hook that hangs changes the call.

        Args:
            hook: plain or async; an exception that it raises is logged.
            record: what it is called with.
            timeout: seconds after which an async hook is cancelled and no longer waited for.
        """
        if hook is None:
            return
        try:
            result = hook(record)
            if not inspect.isawaitable(result):
                return
            running = asyncio.ensure_future(result)
        # A plain function that raises CancelledError was not cancelled from outside: nothing was awaited.
        except (Exception, asyncio.CancelledError):  # noqa: BLE001, RUF100 -- an order must not be lost to a broken hook
            logger.exception("the hook %r failed", hook)
            return
        self._hooks_running.add(running)
        running.add_done_callback(partial(self._hook_ended, hook))
        # A task of its own, so that a hook that suppresses its cancellation cannot hold the call.
        try:
            await asyncio.wait([running], timeout=timeout)
        finally:
            if not running.done():
                running.cancel()

    def _hook_ended(self, hook: object, task: asyncio.Future[None]) -> None:
        self._hooks_running.discard(task)
        if task.cancelled():
            logger.error("the hook %r was cancelled", hook)
        elif (error := task.exception()) is not None:
            logger.error("the hook %r failed", hook, exc_info=error)
