"""Waiting for one request."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable
from functools import partial

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import (
    ApiError,
    ConnectionBroken,
    ConnectionFailed,
    DeadlineExceeded,
    DecodeError,
    InvalidArgument,
    NotFound,
    OrderingError,
    PaginationError,
    TokenError,
)
from orange_ordering_client.response import Answer
from orange_ordering_client.retry import read_retry_after, worth_repeating

__all__ = ["TERMINAL", "Outcome", "Until", "WaitTimeout", "is_outage", "wait"]

logger = logging.getLogger("orange_ordering_client")

Until = str | Iterable[str] | Callable[[Request], bool]

TERMINAL = frozenset({"COMPLETED", "REJECTED", "CANCELED", "CANCELLED"})
"""Final statuses (FACTS S2; the last spelling is a precaution)."""

_GROWTH = 1.5
_LONGEST_PAUSE = 300.0
_APPEARS_WITHIN = 10.0
_LAST_LOOK = 5.0

_NOT_ASYNC = "until is an async function, which wait cannot call: give a plain one, which returns True or False."


@attrs.frozen(kw_only=True)
class Outcome:
    """The result of `wait`.

    Attributes:
        request: as last seen.
        reached: whether it reached the status; False if it ended with another one.
        looks: number of polls.
        seconds: duration of the wait.
    """

    request: Request
    reached: bool
    looks: int
    seconds: float

    @property
    def ended(self) -> bool:
        """Whether its status is terminal."""
        return _has_ended(self.request)

    @property
    def completed(self) -> bool:
        """Whether the request is completed."""
        return self.request.status == "COMPLETED"


class WaitTimeout(DeadlineExceeded):
    """The timeout of `wait` passed before the request reached the status.

    Attributes:
        request: as last seen; None if it was never seen.
    """

    def __init__(self, message: str, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request


async def wait(
    requests: RequestsResource,
    clock: Clock,
    request_id: str,
    *,
    until: Until | None,
    timeout: float | None,
    interval: float,
) -> Outcome:
    """Poll a request until it has reached a status; see `Requests.wait`."""
    enough = _condition(until)
    started = clock.monotonic()
    request: Request | None = None
    before: tuple[object, ...] = ()
    looks = unchanged = 0
    while True:
        left = None if timeout is None else timeout - (clock.monotonic() - started)
        asked = 0.0
        looks += 1
        try:
            async with asyncio.timeout(None if left is None else max(left, _LAST_LOOK)):
                answer = await requests.raw.get(request_id)
            request = _about(request_id, answer)
            asked = read_retry_after(answer.headers, clock.now()) or 0.0
        except TimeoutError:
            logger.debug("looking at request %s took too long", request_id)
        except OrderingError as error:
            unseen = request is None and clock.monotonic() - started < _APPEARS_WITHIN
            if not is_outage(error) and not (isinstance(error, NotFound) and unseen):
                raise
            logger.warning("request %s cannot be looked at just now: %s", request_id, error)
        else:
            reached = enough(request)
            if reached or _has_ended(request):
                return Outcome(request=request, reached=reached, looks=looks, seconds=clock.monotonic() - started)
            now = (request.status, request.step, request.sub_step, request.updated_at)
            unchanged, before = (unchanged + 1 if now == before else 0), now
        pause = max(asked, min(max(_LONGEST_PAUSE, interval), interval * _GROWTH ** min(unchanged, 60)))
        if timeout is not None:
            left = timeout - (clock.monotonic() - started)
            if left <= 0:
                status = request.status if request is not None else "never seen"
                raise WaitTimeout(f"Request {request_id} is still {status} after {timeout:g} s.", request)
            pause = min(pause, left)
        await clock.sleep(pause)


def is_outage(error: OrderingError) -> bool:
    """Whether a failed reading call may succeed later without a change by the caller."""
    if isinstance(error, ApiError):
        return worth_repeating(error, safe=True)
    if isinstance(error, TokenError):
        return error.status is None or error.status == 429 or error.status >= 500
    return isinstance(error, (ConnectionFailed, ConnectionBroken, DeadlineExceeded, PaginationError))


def _condition(until: Until | None) -> Callable[[Request], bool]:
    if until is None:
        return _has_ended
    if callable(until):
        if inspect.iscoroutinefunction(until):
            raise InvalidArgument(_NOT_ASYNC)
        return partial(_is_enough, until)
    try:
        statuses = frozenset([until] if isinstance(until, str) else until)
    except TypeError:
        statuses = frozenset[str]()
    if not statuses or not all(isinstance(status, str) and status for status in statuses):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
        raise InvalidArgument("until is a status such as 'COMPLETED', several of them, or a function of the request.")
    return lambda request: request.status in statuses


def _is_enough(until: Callable[[Request], object], request: Request) -> bool:
    found = until(request)
    if inspect.isawaitable(found):
        if inspect.iscoroutine(found):
            # Python warns of a coroutine that is never awaited, unless it is closed.
            found.close()
        raise InvalidArgument(_NOT_ASYNC)
    return bool(found)


def _about(request_id: str, answer: Answer[Request]) -> Request:
    request = answer.parse()
    # `fields` of a view may leave the id out.
    if request.id is None or request.id == request_id:
        return request
    raise DecodeError(
        f"the answer is about another request than {request_id}, which was asked for",
        path="Request.id",
        value=request.id,
        body=answer.body,
        status=answer.status,
        headers=answer.headers,
    )


def _has_ended(request: Request) -> bool:
    return request.status in TERMINAL
