"""One logical call: language, credentials, send, classify, retry, result."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from orange_ordering_client.auth import Token
from orange_ordering_client.call import Call, CallState
from orange_ordering_client.clock import Deadline
from orange_ordering_client.error_mapping import api_error, read_request_id
from orange_ordering_client.errors import (
    ConnectionBroken,
    DeadlineExceeded,
    DecodeError,
    InvalidArgument,
    OrderingError,
    RateLimited,
    Unauthorized,
    reason_of,
)
from orange_ordering_client.filter_words import UnknownWords
from orange_ordering_client.operation import Operation, Query, encode_query, expand
from orange_ordering_client.pagination import Batch, Pager
from orange_ordering_client.response import Answer
from orange_ordering_client.retry import certainly_not_accepted, next_delay, read_retry_after
from orange_ordering_client.secrets import Secret
from orange_ordering_client.session import Session
from orange_ordering_client.settings import CallOptions
from orange_ordering_client.transport.sender import RawResponse

__all__ = ["Pipeline"]

logger = logging.getLogger("orange_ordering_client")

T = TypeVar("T")


class Pipeline:
    """Calls as one view of a client makes them.

    Args:
        session: what the view shares with the others.
        options: of the view.
        new_connections: every call uses a new connection, not only the calls that change something.
        state: updated by the one call that is made through this pipeline; None gives each call its own.
    """

    def __init__(
        self,
        session: Session,
        options: CallOptions,
        *,
        new_connections: bool = False,
        state: CallState | None = None,
    ) -> None:
        self.session = session
        self.options = options
        self._new_connections = new_connections
        self._state = state

    def tracked(self, state: CallState) -> Pipeline:
        """A pipeline for one call, which keeps its state in an object of the caller's."""
        return Pipeline(self.session, self.options, new_connections=self._new_connections, state=state)

    async def call(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> T:
        """Make one logical call and decode its response.

        Raises:
            OrderingError: its subclass says what went wrong.
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
        """Make one logical call; its response is decoded when `parse()` is called."""
        parameters = encode_query(query)
        self.session.shared(UnknownWords).warn(operation, parameters)
        return await self._answer(operation, decode, path, parameters, body)

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
        """Prepare a list; nothing is sent until it is awaited or iterated."""
        # Encoded once for all pages: an iterator among the filters would be empty from the second page on.
        filters = encode_query(query)
        self.session.shared(UnknownWords).warn(operation, filters)

        async def fetch(offset: int, limit: int) -> Batch:
            window = [*filters, ("offset", str(offset)), ("limit", str(limit))]
            answer = await self._answer(operation, _items, path, window, None)
            return Batch(answer.parse, _total(answer.headers))

        return Pager(fetch, decode_item, offset=offset, limit=limit, width=self.options.fetch_ahead)

    async def _answer(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        path: Mapping[str, str] | None,
        query: list[tuple[str, str]],
        body: object,
    ) -> Answer[T]:
        url = self.session.settings.base_url + expand(operation.path, path)
        if query:
            url = f"{url}?{urlencode(query, quote_via=quote)}"
        call = Call(operation, url, _encode(body), self._state or CallState())
        response, token = await self._send(call)
        complete = partial(_complete, operation, response, partial(self.session.mask, token=token))
        return Answer(response.status, response.headers, response.body, decode, complete)

    async def _send(self, call: Call) -> tuple[RawResponse, Token | None]:
        session, operation, state = self.session, call.operation, call.state
        deadline = Deadline.after(self.options.timeout, session.clock)
        is_stale = reauthenticated = False
        while True:
            try:
                token = await self._permission(operation, deadline)
            except DeadlineExceeded as late:
                raise _with_previous(late, state.failure) from None
            result = await self._attempt(call, token, deadline, is_stale)
            if isinstance(result, RawResponse) and 200 <= result.status < 300:
                return result, token
            failure, retry_after = self._classify(result, token, operation)
            state.may_have_been_accepted = failure.may_have_been_accepted
            if isinstance(failure, DeadlineExceeded):
                failure = _with_previous(failure, state.failure)
            state.failure = failure
            if isinstance(failure, Unauthorized) and token is not None and not reauthenticated:
                # Once only: a second 401 has a cause that a fresh token does not remove.
                session.tokens.discard(token)
                reauthenticated = True
                continue
            await self._pause_or_raise(call, failure, retry_after, deadline)
            state.attempt += 1
            is_stale = isinstance(failure, ConnectionBroken) and failure.is_stale

    async def _permission(self, operation: Operation, deadline: Deadline) -> Token | None:
        """Wait until an attempt may be sent, and return its token."""
        session = self.session
        while True:
            # Before every attempt: the client may have been closed during a pause.
            session.check_usable()
            await session.cooldown.wait(deadline)
            token = None
            if operation.token:
                token = await session.tokens.get(deadline, retrying=self.options.retry is not None)
            # A rate limit may have come while the token was fetched.
            if session.cooldown.left() <= 0:
                return token

    async def _attempt(
        self, call: Call, token: Token | None, deadline: Deadline, is_stale: bool
    ) -> RawResponse | OrderingError:
        session, operation, state = self.session, call.operation, call.state
        if state.before_attempt is not None:
            await state.before_attempt(within=deadline.left())
        if session.notifier is not None:
            state.secrets = session.secrets(token, self.options.headers)
            await session.notifier.request(call, deadline.left())
        left = deadline.left()
        if left <= 0:
            return DeadlineExceeded(f"Nothing was sent: the {deadline.seconds:g} s of this call ran out before.")
        timeout = left
        if operation.is_safe and self.options.retry is not None:
            timeout = min(left, self.options.retry.attempt_timeout)
        state.may_have_been_accepted = not operation.is_safe
        result = await session.sender.send(
            operation.method,
            call.url,
            headers=self._headers(call, token),
            content=call.content,
            timeout=timeout,
            # An order must never get a response that was left over from another call.
            new_connection=self._new_connections or is_stale or not operation.is_safe,
        )
        if isinstance(result, RawResponse):
            logger.debug("%s attempt %d: %d in %.3f s", operation.id, state.attempt, result.status, result.elapsed)
            if session.notifier is not None:
                await session.notifier.response(call, result, deadline.left())
        return result

    def _headers(self, call: Call, token: Token | None) -> dict[str, str | Secret]:
        headers: dict[str, str | Secret] = {
            **self.options.headers,
            "Accept": "application/json",
            "Accept-Language": self.options.language,
        }
        if token is not None:
            headers["Authorization"] = token.value.prefixed("Bearer ")
        if call.operation.api_key:
            headers["X-API-Key"] = self.session.settings.api_key
        if call.content is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def _classify(
        self, result: RawResponse | OrderingError, token: Token | None, operation: Operation
    ) -> tuple[OrderingError, float | None]:
        """The failure of an attempt, and the pause that the server asked for, in seconds."""
        session = self.session
        retry_after: float | None = None
        if isinstance(result, RawResponse):
            retry_after = read_retry_after(result.headers, session.clock.now())
            mask = partial(session.mask, token=token)
            failure: OrderingError = api_error(result.status, result.headers, result.body, mask=mask)
            if isinstance(failure, RateLimited):
                failure.retry_after = retry_after
        else:
            failure = result
        sent = not isinstance(failure, DeadlineExceeded)
        failure.may_have_been_accepted = sent and not operation.is_safe and not certainly_not_accepted(failure)
        return failure, retry_after

    async def _pause_or_raise(
        self, call: Call, failure: OrderingError, retry_after: float | None, deadline: Deadline
    ) -> None:
        session, name, state = self.session, call.operation.id, call.state
        delay = next_delay(
            self.options.retry,
            failure,
            safe=call.operation.is_safe,
            attempt=state.attempt,
            left=deadline.left(),
            retry_after=retry_after,
            random=session.clock.random,
        )
        if isinstance(failure, RateLimited) and (retry_after or delay):
            session.cooldown.start(retry_after or delay or 0.0)
        if delay is None:
            logger.info("%s gave up after attempt %d: %s", name, state.attempt, reason_of(failure))
            raise _final(failure, deadline)
        logger.info("%s attempt %d: %s; retry in %.2f s", name, state.attempt, reason_of(failure), delay)
        if session.notifier is not None:
            await session.notifier.retry(call, failure, delay, deadline.left())
            if delay >= deadline.left():
                raise _final(failure, deadline)
        await session.clock.sleep(delay)
        state.waited += delay


def _complete(operation: Operation, response: RawResponse, mask: Callable[[str], str], error: DecodeError) -> None:
    """Add what the call knows to the error of a response that cannot be decoded, and mask secrets in it."""
    error.may_have_been_accepted = not operation.is_safe
    error.reason, error.path = mask(error.reason), mask(error.path)
    error.args = (error.reason,)
    error.request_id = read_request_id(response.headers, mask)
    if (text := repr(error.value)) != mask(text):
        error.value = "***"


def _final(failure: OrderingError, deadline: Deadline) -> OrderingError:
    if deadline.left() > 0 or not isinstance(failure, ConnectionBroken):
        return failure
    late = DeadlineExceeded(f"No answer within the {deadline.seconds:g} s of this call. {failure.args[0]}")
    late.may_have_been_accepted = failure.may_have_been_accepted
    return late


def _with_previous(late: DeadlineExceeded, previous: OrderingError | None) -> DeadlineExceeded:
    """The same exception, with the failure of the previous attempt in its message."""
    if previous is not None:
        late.args = (f"{late.args[0]} The previous attempt failed: {reason_of(previous)}. {previous.args[0]}",)
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
    return data  # pyright: ignore[reportUnknownVariableType]  # any JSON


def _total(headers: Mapping[str, str]) -> int | None:
    """How many items match in all.

    The portal's example has `X-Result-Count: 106` beside `X-Total-Count: 25` (FACTS, Lists), as if
    the two were swapped; a list must not end at the smaller one.
    """
    total = _count(headers.get("x-total-count"))
    return None if total is None else max(total, _count(headers.get("x-result-count")) or 0)


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 16 else None
