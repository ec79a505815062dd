"""Typed records of what the client does, for those who watch it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import attrs

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.secrets import NO_SECRETS, Secrets

__all__ = ["Hooks", "RequestRecord", "ResponseRecord", "RetryRecord"]


@attrs.frozen
class RequestRecord:
    """One attempt about to be sent. It shows no credentials.

    Attributes:
        operation: `requests.list` and the like.
        method, url: of the attempt.
        attempt: counted from 1.
        body: JSON as it is sent, None without one.
        secrets: what a recorder must not write: credentials of the client, token, headers and cookies of the attempt.
            They do not show themselves; a pickled record has lost them.
    """

    operation: str
    method: str
    url: str
    attempt: int
    body: bytes | None = attrs.field(default=None, repr=False)
    secrets: Secrets = attrs.field(default=NO_SECRETS, repr=False, eq=False)


@attrs.frozen
class ResponseRecord:
    """One answer, of whatever status.

    Attributes:
        request: what was answered.
        status, headers, body: of the answer.
        elapsed: seconds from sending to the whole body.
    """

    request: RequestRecord
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    elapsed: float


@attrs.frozen
class RetryRecord:
    """A decision to try again.

    Attributes:
        request: the attempt that failed.
        reason: why, in words, such as `429` or `ConnectionFailed`.
        delay: seconds until the next attempt.
        error: the exception that would be raised without another attempt.
        waited: seconds of the pauses before earlier attempts of this call.
    """

    request: RequestRecord
    reason: str
    delay: float
    error: OrderingError | None = attrs.field(default=None, repr=False, eq=False)
    waited: float = 0.0


@attrs.frozen
class Hooks:
    """Callables, plain or async, that are told of every attempt.

    An exception that a hook raises is logged and does not change the call. An async hook is cancelled at the deadline
    of its call (`timeout`), and the call returns its response all the same. A plain hook must not block.
    """

    on_request: Callable[[RequestRecord], Awaitable[None] | None] | None = None
    on_response: Callable[[ResponseRecord], Awaitable[None] | None] | None = None
    on_retry: Callable[[RetryRecord], Awaitable[None] | None] | None = None
