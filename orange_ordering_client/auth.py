"""Access tokens: OAuth 2.0 client credentials (RFC 6749, section 4.4), with one fetch for all callers."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar, cast

import attrs

from orange_ordering_client.clock import Clock, Deadline
from orange_ordering_client.error_mapping import api_error, read_request_id
from orange_ordering_client.errors import ClientClosed, DeadlineExceeded, OrderingError, TokenError
from orange_ordering_client.retry import RetryPolicy, next_delay, read_retry_after
from orange_ordering_client.secrets import Secret
from orange_ordering_client.settings import Settings
from orange_ordering_client.transport.sender import RawResponse, Sender

__all__ = ["Token", "TokenSource", "fetch_token", "read_token"]

logger = logging.getLogger("orange_ordering_client")

_REFRESH_AHEAD: Final = 60.0
_REFRESH_SHARE: Final = 0.1
"""A token is renewed 60 s, or a tenth of its lifetime if that is less, before it expires."""

_REFRESH_PAUSE: Final = 5.0
"""Seconds between two attempts to renew a token that has not expired."""

_FETCH_TIMEOUT: Final = 15.0
_FETCH_RETRY: Final = RetryPolicy(max_attempts=3)
_FETCH_DEADLINE: Final = 40.0
"""Seconds for one attempt, and for one fetch with all attempts, independent of the timeout of the calls."""

_REFUSAL_KEPT: Final = 30.0
"""Seconds without a token request after a definite refusal, such as invalid_client, unless the server asks for more."""

_SUCCESS: Final = (200, 201)
_NOT_DEFINITE: Final = (408, 425, 429)
"""Temporary 4xx statuses (RFC 9110, RFC 8470, RFC 6585)."""

_ERRORS: Final = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)
"""Values of `error` (RFC 6749, section 5.2)."""


@attrs.frozen(eq=False, repr=False)
class Token:
    """One access token.

    Attributes:
        value: text sent in `Authorization`.
        refresh_at: monotonic time from which a new token is fetched in the background.
        expires_at: monotonic time at which the token expires; infinite if the server did not state it.
    """

    value: Secret
    refresh_at: float
    expires_at: float


def read_token(status: int, body: bytes, *, sent_at: float) -> Token | TokenError:
    """Read a response of the token endpoint. A failure is returned, not raised, so that no traceback holds a token.

    Args:
        status: HTTP status.
        body: body of the response.
        sent_at: monotonic time before the request was sent; the lifetime of the token is counted from this time.

    Returns:
        The token, or a TokenError without one (RFC 6749, section 5.2). Its message never contains the body.
    """
    fields = _fields(body)
    if status not in _SUCCESS:
        return _refusal(status, fields)
    value, kind = fields.get("access_token"), fields.get("token_type", "Bearer")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value or " " in value:
        return TokenError("The response of the token endpoint has no usable access_token.", status=status)
    if not isinstance(kind, str) or kind.lower() not in ("bearer", "bearertoken"):
        return TokenError("The token of the token endpoint is not a bearer token.", status=status)
    lifetime = _lifetime(fields.get("expires_in"))
    ahead = min(_REFRESH_AHEAD, lifetime * _REFRESH_SHARE) if math.isfinite(lifetime) else 0.0
    return Token(Secret(value), refresh_at=sent_at + lifetime - ahead, expires_at=sent_at + lifetime)


def _fields(body: bytes) -> dict[str, object]:
    try:
        data: object = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    return cast("dict[str, object]", data) if isinstance(data, dict) else {}


def _refusal(status: int, fields: dict[str, object]) -> TokenError:
    error, words = fields.get("error"), fields.get("error_description")
    error = error if isinstance(error, str) else None
    hint = ""
    if error == "invalid_client" or status == 401:
        hint = " Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."
    elif error == "invalid_scope":
        hint = " Check ORANGE_ORDERING_SCOPE."
    # Only codes of the standard are repeated, because any other text may contain parts of the request.
    said = f" ({error})" if error in _ERRORS else ""
    return TokenError(
        f"The token endpoint refused with status {status}{said}.{hint}",
        status=status,
        error=error,
        error_description=words if isinstance(words, str) else None,
    )


def _lifetime(value: object) -> float:
    """Return the seconds of a number or a string of digits; zero for an expired token, infinity if unknown."""
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 20:
        value = int(value)
    # The value is bounded, because JSON can contain integers that are larger than any float.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e12 < value < 1e12:
        return math.inf
    return max(0.0, float(value))


async def fetch_token(
    sender: Sender, settings: Settings, clock: Clock, policy: RetryPolicy | None = _FETCH_RETRY
) -> Token:
    """Fetch a new token. Failures are retried, because a token request changes nothing.

    Args:
        sender: sends the request.
        settings: credentials, scope and address.
        clock: the source of time and jitter.
        policy: retry policy; None makes only one attempt.

    Raises:
        TokenError: no token was received.
    """
    result = await _fetch(sender, settings, clock, policy)
    if isinstance(result, TokenError):
        raise result
    return result


async def _fetch(sender: Sender, settings: Settings, clock: Clock, policy: RetryPolicy | None) -> Token | TokenError:
    deadline = Deadline.after(_FETCH_DEADLINE, clock)
    attempt = 0
    while True:
        attempt += 1
        logger.debug("fetching an access token, attempt %d", attempt)
        sent_at = clock.monotonic()
        response = await sender.send_form(
            settings.token_url,
            {"grant_type": "client_credentials", "scope": settings.scope},
            user=settings.client_id,
            password=settings.client_secret,
            timeout=min(_FETCH_TIMEOUT, deadline.left()),
        )
        failure, retry_after = _failure(response, clock)
        if failure is None:
            break
        delay = next_delay(
            policy,
            failure,
            safe=True,
            attempt=attempt,
            left=deadline.left(),
            retry_after=retry_after,
            random=clock.random,
        )
        if delay is None:
            break
        await clock.sleep(delay)
    if isinstance(response, OrderingError):
        return TokenError(f"No access token could be had. {response}")
    outcome = read_token(response.status, response.body, sent_at=sent_at)
    if isinstance(outcome, TokenError):
        outcome.retry_after = retry_after
        outcome.request_id = read_request_id(response.headers)
        _mask(outcome, settings.client_secret, settings.api_key, *_tokens(response.body))
    return outcome


def _mask(error: TokenError, *secrets: Secret) -> None:
    """Mask secrets, in every encoding, in the texts of a token endpoint."""
    # Imported at the first failure, because most programs have none.
    from orange_ordering_client.masking import Mask

    mask = Mask(secret.reveal() for secret in secrets)
    error.error = error.error and mask(error.error)
    error.error_description = error.error_description and mask(error.error_description)
    error.request_id = error.request_id and mask(error.request_id)


def _tokens(body: bytes) -> list[Secret]:
    """Return the tokens in a response that was rejected although it contains them."""
    fields = _fields(body)
    values = (fields.get(name) for name in ("access_token", "refresh_token", "id_token"))
    return [Secret(value) for value in values if isinstance(value, str)]


def _failure(response: RawResponse | OrderingError, clock: Clock) -> tuple[OrderingError | None, float | None]:
    if isinstance(response, OrderingError):
        return response, None
    if response.status in _SUCCESS:
        return None, None
    return api_error(response.status, response.headers, response.body), read_retry_after(response.headers, clock.now())


E = TypeVar("E", bound=OrderingError)


class TokenSource:
    """A source of tokens that keeps one token fresh for all callers of a client.

    Args:
        fetch: fetches a new token, with its own timeout and retries.
        clock: the source of time.
        fetch_once: fetches a new token in one attempt, for calls without a retry policy; None uses `fetch`.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Token]],
        clock: Clock,
        fetch_once: Callable[[], Awaitable[Token]] | None = None,
    ) -> None:
        self._fetch = fetch
        self._fetch_once = fetch_once or fetch
        self._refusal: TokenError | None = None
        self._blocked_until = float("-inf")
        self._clock = clock
        self._token: Token | None = None
        self._fetching: asyncio.Task[Token] | None = None
        self._refresh_not_before = float("-inf")

    async def get(self, deadline: Deadline, *, retrying: bool = True) -> Token:
        """Return a token that has not expired.

        Args:
            deadline: deadline of the call that needs the token.
            retrying: False makes one attempt if this call starts the fetch; a running fetch is shared as it is.

        Raises:
            TokenError: the fetch failed. After a refusal, or a `Retry-After`, no request is made until the pause is
                over, and the same error is raised again. All callers that waited for one fetch get the same error.
            DeadlineExceeded: the fetch takes longer than this call may take; it continues for the other calls.
        """
        now = self._clock.monotonic()
        token = self._token
        if token is not None and now < token.expires_at:
            if now >= token.refresh_at and now >= max(self._refresh_not_before, self._blocked_until):
                self._start(retrying=retrying)
            return token
        if self._fetching is None and self._refusal is not None and now < self._blocked_until:
            raise _repeated(self._refusal, self._blocked_until - now)
        # `wait` instead of `await`, because cancelling the caller that started the fetch must not cancel it for others.
        fetching = self._start(retrying=retrying)
        await asyncio.wait([fetching], timeout=deadline.left())
        if not fetching.done():
            raise DeadlineExceeded(f"Nothing was sent: no access token within the {deadline.seconds:g} s of this call.")
        if fetching.cancelled():
            raise ClientClosed("This client was closed while the call waited for an access token.")
        error = fetching.exception()
        if error is None:
            return fetching.result()
        # Each caller gets a copy, because one exception raised in many tasks would collect all their tracebacks.
        raise _copy(error) if isinstance(error, OrderingError) else error

    def discard(self, token: Token) -> None:
        """Drop a token that was refused, unless a newer one has replaced it."""
        if self._token is token:
            self._token = None

    async def aclose(self) -> None:
        """Cancel a running fetch."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _start(self, *, retrying: bool) -> asyncio.Task[Token]:
        if self._fetching is None:
            self._fetching = asyncio.create_task(
                self._renew(self._fetch if retrying else self._fetch_once), name="orange-ordering-token"
            )
            self._fetching.add_done_callback(self._ended)
        return self._fetching

    async def _renew(self, fetch: Callable[[], Awaitable[Token]]) -> Token:
        try:
            self._token = await fetch()
        except TokenError as error:
            if self._token is not None:
                _mask(error, self._token.value)
            raise
        return self._token

    def _ended(self, task: asyncio.Task[Token]) -> None:
        self._fetching = None
        # Reading the exception also marks it as retrieved: after a background refresh no caller reads it.
        if not task.cancelled() and (error := task.exception()) is not None:
            now = self._clock.monotonic()
            self._refresh_not_before = now + _REFRESH_PAUSE
            if isinstance(error, TokenError):
                self._refusal = _copy(error)
                self._blocked_until = now + _quiet(error)
            logger.warning("no new access token: %s", error)


def _quiet(error: TokenError) -> float:
    """Return the seconds without another token request after a failure."""
    status = error.status
    definite = status is not None and 400 <= status < 500 and status not in _NOT_DEFINITE
    return max(error.retry_after or 0.0, _REFUSAL_KEPT if definite else 0.0)


def _repeated(refusal: TokenError, left: float) -> TokenError:
    error = _copy(refusal)
    error.args = (f"{refusal.args[0]} This is the last response; no token is requested for another {left:.3g} s.",)
    return error


def _copy(error: E) -> E:
    maker, arguments, state = error.__reduce__()
    twin: E = maker(*arguments)
    twin.__dict__.update(state)
    return twin
