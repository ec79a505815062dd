"""One logical call while it is made: its request, and the state of its attempts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.operation import Operation
from orange_ordering_client.secrets import NO_SECRETS, Secrets

__all__ = ["Call", "CallState"]


@attrs.define(eq=False, repr=False)
class CallState:
    """What became of the attempts of one call so far. The pipeline updates it; its owner reads it at any time.

    Attributes:
        attempt: number of the current attempt, from 1; a replay after 401 keeps the number.
        waited: seconds of the pauses between attempts.
        failure: how the last attempt failed.
        may_have_been_accepted: whether an attempt was sent that changes something, and no response shows that it was
            refused.
        secrets: what the current attempt carries; collected only if there are hooks.
        before_attempt: awaited before every attempt with the seconds that the call has left; what it raises ends the
            call, and nothing is sent.
    """

    attempt: int = 1
    waited: float = 0.0
    failure: OrderingError | None = None
    may_have_been_accepted: bool = False
    secrets: Secrets = NO_SECRETS
    before_attempt: Callable[[float], Awaitable[None]] | None = None


@attrs.frozen(eq=False, repr=False)
class Call:
    """One logical call.

    Attributes:
        operation: what is called.
        url: absolute, with its query.
        content: the body, JSON; None without one.
        state: of its attempts.
    """

    operation: Operation
    url: str
    content: bytes | None
    state: CallState
