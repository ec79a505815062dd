"""One logical call: language, credentials, send, classify, retry, result."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import attrs

from orange_ordering_client.auth import Token
from orange_ordering_client.clock import Deadline
from orange_ordering_client.errors import (
    ConnectionBroken,
    DeadlineExceeded,
    DecodeError,
    InvalidArgument,
    OrderingError,
    RateLimited,
    Unauthorized,
    api_error,
    read_request_id,
)
from orange_ordering_client.operation import Operation, Query, encode_query, expand
from orange_ordering_client.pagination import Batch, Pager
from orange_ordering_client.response import Answer
from orange_ordering_client.retry import certainly_not_accepted, next_delay, read_retry_after
from orange_ordering_client.secrets import NO_SECRETS, Secret, Secrets
from orange_ordering_client.session import Session
from orange_ordering_client.settings import CallOptions
from orange_ordering_client.transport.sender import RawResponse

if TYPE_CHECKING:
    from orange_ordering_client.hooks import RequestRecord, ResponseRecord, RetryRecord

__all__ = ["Pipeline"]

logger = logging.getLogger("orange_ordering_client")

T = TypeVar("T")


class Pipeline:
    """Calls as one view of a client makes them.

    Args:
        session: what the view shares with the others.
        options: what is the view's own.
        new_connections: every call goes over a connection of its own, not only those that change something.
    """

    def __init__(self, session: Session, options: CallOptions, *, new_connections: bool = False) -> None:
        self.session = session
        self.options = options
        self.new_connections = new_connections

    async def call(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> T:
        """Send one logical call and decode its answer.

        Raises:
            OrderingError: of the kind that says what went wrong.
        """
        answer = await self.answer(operation, decode, path=path, query=query, body=body)
        return answer.parse()

    async def answer(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> Answer[T]:
        """Send one logical call; its answer is decoded only when asked."""
        url = self.session.settings.base_url + expand(operation.path, path)
        if pairs := encode_query(query):
            url = f"{url}?{urlencode(pairs, quote_via=quote)}"
        attempt = _Attempt(operation, url, _encode(body), self.options.headers)
        response, token = await self._send(attempt)
        session = self.session

        def examine(error: DecodeError) -> None:
            error.may_have_been_accepted = not operation.is_safe
            error.reason, error.path = session.mask(error.reason, token), session.mask(error.path, token)
            error.args = (error.reason,)
            error.request_id = read_request_id(response.headers, lambda text: session.mask(text, token))
            if (shown := repr(error.value)) != session.mask(shown, token):
                error.value = "***"

        return Answer(response.status, response.headers, response.body, decode, examine)

    def pager(
        self,
        operation: Operation,
        decode_item: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pager[T]:
        """Prepare reading a list; nothing is sent until it is awaited or iterated."""
        # Written once: an iterator among the filters would be empty, and filter nothing, from the second page on.
        filters = dict(encode_query(query))

        async def fetch(offset: int, limit: int) -> Batch:
            window: Query = {**filters, "offset": offset, "limit": limit}
            answer = await self.answer(operation, _items, path=path, query=window)
            return Batch(answer.parse, _total(answer.headers))

        return Pager(fetch, decode_item, offset=offset, limit=limit, width=self.options.fetch_ahead)

    async def _send(self, attempt: _Attempt) -> tuple[RawResponse, Token | None]:
        session, operation = self.session, attempt.operation
        deadline = Deadline.after(self.options.timeout, session.clock)
        reauthenticated = False
        last: OrderingError | None = None
        while True:
            try:
                token = await self._clearance(operation, deadline)
            except DeadlineExceeded as late:
                raise _naming(late, last) from None
            outcome = await self._exchange(attempt, token, deadline)
            if isinstance(outcome, RawResponse) and 200 <= outcome.status < 300:
                return outcome, token
            failure, retry_after = self._classify(outcome, token, operation)
            if isinstance(failure, DeadlineExceeded):
                failure = _naming(failure, last)
            last = failure
            if isinstance(failure, Unauthorized) and token is not None and not reauthenticated:
                # Once and no more: a second 401 is about something that a fresh token does not cure.
                session.tokens.discard(token)
                reauthenticated = True
                continue
            await self._pause_or_raise(attempt, failure, retry_after, deadline)
            attempt.number += 1
            attempt.is_after_stale = isinstance(failure, ConnectionBroken) and failure.is_stale

    async def _clearance(self, operation: Operation, deadline: Deadline) -> Token | None:
        """Wait until an attempt may leave, and with what token."""
        session = self.session
        while True:
            # Before every attempt: the client may have been closed during a pause.
            session.check_usable()
            await session.cooldown.wait(deadline)
            token = (
                await session.tokens.get(deadline, retrying=self.options.retry is not None) if operation.token else None
            )
            # While the token was fetched another call may have been told to wait.
            if session.cooldown.left() <= 0:
                return token

    async def _exchange(
        self, attempt: _Attempt, token: Token | None, deadline: Deadline
    ) -> RawResponse | OrderingError:
        session = self.session
        if session.hooks is not None:
            attempt.secrets = session.secrets(token, attempt.headers)
            await session.notify(session.hooks.on_request, attempt.record(), deadline.left())
        left = deadline.left()
        if left <= 0:
            return DeadlineExceeded(f"Nothing was sent: the {deadline.seconds:g} s of this call ran out before.")
        patience = left
        if attempt.operation.is_safe and self.options.retry is not None:
            patience = min(left, self.options.retry.attempt_timeout)
        outcome = await session.sender.send(
            attempt.operation.method,
            attempt.url,
            headers=self._headers(attempt, token),
            content=attempt.content,
            timeout=patience,
            # An order must never be answered by what was left over from another call.
            new_connection=self.new_connections or attempt.is_after_stale or not attempt.operation.is_safe,
        )
        if isinstance(outcome, RawResponse):
            logger.debug(
                "%s attempt %d: %d in %.3f s", attempt.operation.id, attempt.number, outcome.status, outcome.elapsed
            )
            if session.hooks is not None:
                await session.notify(session.hooks.on_response, attempt.answered(outcome), deadline.left())
        return outcome

    def _headers(self, attempt: _Attempt, token: Token | None) -> dict[str, str | Secret]:
        headers: dict[str, str | Secret] = {
            **attempt.headers,
            "Accept": "application/json",
            "Accept-Language": self.options.language,
        }
        if token is not None:
            headers["Authorization"] = token.value.prefixed("Bearer ")
        if attempt.operation.api_key:
            headers["X-API-Key"] = self.session.settings.api_key
        if attempt.content is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def _classify(
        self, outcome: RawResponse | OrderingError, token: Token | None, operation: Operation
    ) -> tuple[OrderingError, float | None]:
        """The failure that an attempt ended with, and the pause the server asked for."""
        session = self.session
        retry_after: float | None = None
        if isinstance(outcome, RawResponse):
            retry_after = read_retry_after(outcome.headers, session.clock.now())
            failure: OrderingError = api_error(
                outcome.status, outcome.headers, outcome.body, mask=lambda text: session.mask(text, token)
            )
            if isinstance(failure, RateLimited):
                failure.retry_after = retry_after
        else:
            failure = outcome
        sent = not isinstance(failure, DeadlineExceeded)
        failure.may_have_been_accepted = sent and not operation.is_safe and not certainly_not_accepted(failure)
        return failure, retry_after

    async def _pause_or_raise(
        self, attempt: _Attempt, failure: OrderingError, retry_after: float | None, deadline: Deadline
    ) -> None:
        session = self.session
        delay = next_delay(
            self.options.retry,
            failure,
            safe=attempt.operation.is_safe,
            attempt=attempt.number,
            left=deadline.left(),
            retry_after=retry_after,
            random=session.clock.random,
        )
        if isinstance(failure, RateLimited) and (retry_after or delay):
            session.cooldown.start(retry_after or delay or 0.0)
        if delay is None:
            logger.info("%s gave up after attempt %d: %s", attempt.operation.id, attempt.number, _reason(failure))
            raise self._final(failure, deadline)
        logger.info(
            "%s attempt %d: %s; the next in %.2f s", attempt.operation.id, attempt.number, _reason(failure), delay
        )
        if session.hooks is not None:
            await session.notify(session.hooks.on_retry, attempt.failed(failure, delay), deadline.left())
            if delay >= deadline.left():
                raise self._final(failure, deadline)
        await session.clock.sleep(delay)
        attempt.waited += delay

    def _final(self, failure: OrderingError, deadline: Deadline) -> OrderingError:
        if deadline.left() > 0 or not isinstance(failure, ConnectionBroken):
            return failure
        late = DeadlineExceeded(f"No answer within the {deadline.seconds:g} s of this call. {failure.args[0]}")
        late.may_have_been_accepted = failure.may_have_been_accepted
        return late


@attrs.define(eq=False, repr=False)
class _Attempt:
    """What is sent, and for the how-manieth time; and that as hooks see it, whose module comes with the first hook."""

    operation: Operation
    url: str
    content: bytes | None
    headers: Mapping[str, str]
    number: int = 1
    waited: float = 0.0
    is_after_stale: bool = False
    secrets: Secrets = NO_SECRETS

    def record(self) -> RequestRecord:
        """It is about to be sent."""
        from orange_ordering_client.hooks import RequestRecord

        operation = self.operation
        return RequestRecord(operation.id, operation.method, self.url, self.number, self.content, self.secrets)

    def answered(self, response: RawResponse) -> ResponseRecord:
        """An answer came."""
        from orange_ordering_client.hooks import ResponseRecord

        self.secrets |= response.secrets()
        return ResponseRecord(self.record(), response.status, response.headers, response.body, response.elapsed)

    def failed(self, failure: OrderingError, delay: float) -> RetryRecord:
        """Another one follows."""
        from orange_ordering_client.hooks import RetryRecord

        return RetryRecord(self.record(), _reason(failure), delay, failure, self.waited)


def _naming(late: DeadlineExceeded, last: OrderingError | None) -> DeadlineExceeded:
    """The same exception, with the failure of the attempt before it in its message."""
    if last is not None:
        late.args = (f"{late.args[0]} The attempt before failed: {_reason(last)}. {last.args[0]}",)
    return late


def _encode(body: object) -> bytes | None:
    if body is None:
        return None
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"The body cannot be written as JSON: {error}.") from None


def _items(data: object) -> list[Any]:
    if not isinstance(data, list):
        raise DecodeError("a list was expected", value=data)
    return data  # pyright: ignore[reportUnknownVariableType]  # JSON, whatever it holds


def _total(headers: Mapping[str, str]) -> int | None:
    """How many items match in all.

    The portal's example has `X-Result-Count: 106` beside `X-Total-Count: 25` (FACTS, Lists), as if
    the two were swapped; a list must not end at the smaller one.
    """
    total = _count(headers.get("x-total-count"))
    return None if total is None else max(total, _count(headers.get("x-result-count")) or 0)


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _reason(failure: OrderingError) -> str:
    status = getattr(failure, "status", None)
    return type(failure).__name__ if status is None else f"{type(failure).__name__} ({status})"
