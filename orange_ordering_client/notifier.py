"""Calls of hooks. Only clients that have hooks, and `submit_many`, import this module."""

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
    """A caller of hooks, plain or async. Neither an exception nor a hook that hangs changes the call."""

    def __init__(self) -> None:
        self._running: set[asyncio.Future[None]] = set()

    async def call(
        self, hook: Callable[[Record], Awaitable[None] | None] | None, record: Record, timeout: float | None = None
    ) -> None:
        """Call a hook, if there is one.

        Args:
            hook: plain or async function; an exception that it raises is logged.
            record: argument of the hook.
            timeout: seconds after which an async hook is cancelled and no longer awaited; None waits for its end.
        """
        if hook is None:
            return
        try:
            result = hook(record)
            if not inspect.isawaitable(result):
                return
            running = asyncio.ensure_future(result)
        # If a plain function raises CancelledError, it was not cancelled from outside, because nothing was awaited.
        except (Exception, asyncio.CancelledError):  # noqa: BLE001, RUF100 -- a broken hook must not lose an order
            logger.exception("the hook %r failed", hook)
            return
        self._running.add(running)
        running.add_done_callback(partial(self._ended, hook))
        # The hook runs in its own task, so that it cannot block the call by suppressing its cancellation.
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
    """A notifier that calls the hooks of a client with records of its attempts.

    Args:
        hooks: hooks of the client.

    Raises:
        ConfigurationError: `hooks` is not a `Hooks`, or one of its hooks is not callable.
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
