"""Calling hooks. Imported only by clients that have hooks, and by `submit_many`."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from orange_ordering_client.call import Call
from orange_ordering_client.errors import ConfigurationError, OrderingError, reason_of
from orange_ordering_client.hooks import Hooks, RequestRecord, ResponseRecord, RetryRecord
from orange_ordering_client.transport.sender import RawResponse

__all__ = ["HookCaller", "Notifier"]

logger = logging.getLogger("orange_ordering_client")

Record = TypeVar("Record")


class HookCaller:
    """Calls hooks, plain or async. Neither an exception nor a hook that hangs changes the call."""

    def __init__(self) -> None:
        self._running: set[asyncio.Future[None]] = set()

    async def call(
        self, hook: Callable[[Record], Awaitable[None] | None] | None, record: Record, timeout: float | None = None
    ) -> None:
        """Call a hook, if there is one.

        Args:
            hook: plain or async; an exception that it raises is logged.
            record: its argument.
            timeout: seconds after which an async hook is cancelled and no longer waited for; None waits for its end.
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
        self._running.add(running)
        running.add_done_callback(partial(self._ended, hook))
        # A task of its own, so that a hook that suppresses its cancellation cannot hold the call.
        try:
            await asyncio.wait([running], timeout=timeout)
        finally:
            if not running.done():
                running.cancel()

    def _ended(self, hook: object, task: asyncio.Future[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            logger.error("the hook %r was cancelled", hook)
        elif (error := task.exception()) is not None:
            logger.error("the hook %r failed", hook, exc_info=error)


class Notifier:
    """Calls the hooks of a client with records of its attempts.

    Args:
        hooks: of the client.

    Raises:
        ConfigurationError: it is not a `Hooks`, or one of them cannot be called.
    """

    def __init__(self, hooks: object) -> None:
        if not isinstance(hooks, Hooks):
            raise ConfigurationError(f"hooks must be a Hooks, not {type(hooks).__name__}: Hooks(on_response=...).")
        for name in ("on_request", "on_response", "on_retry"):
            hook = getattr(hooks, name)
            if hook is not None and not callable(hook):
                raise ConfigurationError(f"Hooks.{name} must be callable, not {type(hook).__name__}.")
        self.hooks = hooks
        self._caller = HookCaller()

    async def request(self, call: Call, timeout: float) -> None:
        """Notify that an attempt is about to be sent; `timeout` in seconds."""
        await self._caller.call(self.hooks.on_request, _request_record(call), timeout)

    async def response(self, call: Call, response: RawResponse, timeout: float) -> None:
        """Notify that an attempt got a response; `timeout` in seconds."""
        call.state.secrets |= response.secrets()
        record = ResponseRecord(
            _request_record(call), response.status, response.headers, response.body, response.elapsed
        )
        await self._caller.call(self.hooks.on_response, record, timeout)

    async def retry(self, call: Call, failure: OrderingError, delay: float, timeout: float) -> None:
        """Notify that another attempt follows after `delay` seconds; `timeout` in seconds."""
        record = RetryRecord(_request_record(call), reason_of(failure), delay, failure, call.state.waited)
        await self._caller.call(self.hooks.on_retry, record, timeout)


def _request_record(call: Call) -> RequestRecord:
    operation, state = call.operation, call.state
    return RequestRecord(operation.id, operation.method, call.url, state.attempt, call.content, state.secrets)
