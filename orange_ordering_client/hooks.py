"""Hooks of a client, and the typed records that they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import attrs

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.secrets import NO_SECRETS, Secrets

__all__ = ["Hooks", "RequestRecord", "ResponseRecord", "RetryRecord"]


@attrs.frozen
class RequestRecord:
    """An attempt that is about to be sent. Its representation shows no credentials.

    Attributes:
        operation: name of the operation, such as `requests.list`.
        method, url: method and URL of the attempt.
        attempt: number of the attempt, counted from 1.
        body: JSON body as it is sent; None if there is none.
        secrets: credentials of the client, token, headers and cookies of the attempt, which a recorder must not write.
            Their representation is masked; pickling drops them.
    """

    operation: str
    method: str
    url: str
    attempt: int
    body: bytes | None = attrs.field(default=None, repr=False)
    secrets: Secrets = attrs.field(default=NO_SECRETS, repr=False, eq=False)


@attrs.frozen
class ResponseRecord:
    """A response, of any status.

    Attributes:
        request: the attempt.
        status, headers, body: parts of the response.
        elapsed: seconds from sending the request to the end of the body.
    """

    request: RequestRecord
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    elapsed: float


@attrs.frozen
class RetryRecord:
    """A decision to retry.

    Attributes:
        request: the attempt that failed.
        reason: class of the failure, and its HTTP status if it has one.
        delay: seconds until the next attempt.
        error: the failure of the attempt.
        waited: seconds of the pauses before earlier attempts of this call.
    """

    request: RequestRecord
    reason: str
    delay: float
    error: OrderingError | None = attrs.field(default=None, repr=False, eq=False)
    waited: float = 0.0


@attrs.frozen
class Hooks:
    """Callables, plain or async, that are called for every attempt.

    An exception that a hook raises is logged and does not change the call. An async hook is cancelled at the deadline
    of its call (`timeout`), and the call still returns its response. A plain hook must not block.
    """

    on_request: Callable[[RequestRecord], Awaitable[None] | None] | None = None
    on_response: Callable[[ResponseRecord], Awaitable[None] | None] | None = None
    on_retry: Callable[[RetryRecord], Awaitable[None] | None] | None = None
