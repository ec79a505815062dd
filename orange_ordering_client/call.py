"""One logical call while it is made: its request, and the state of its attempts."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

import attrs

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.operation import Operation
from orange_ordering_client.secrets import NO_SECRETS, Secrets

__all__ = ["BeforeAttempt", "Call", "CallState"]


class BeforeAttempt(Protocol):
    """What the pipeline awaits before each attempt."""

    def __call__(self, *, within: float) -> Awaitable[None]:
        """Prepare for an attempt.

        Args:
            within: seconds after which the attempt is certainly over.

        Raises:
            OrderingError: the attempt must not be made; the call ends with this error.
        """
        ...


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
        before_attempt: awaited before each attempt; set by the owner.
    """

    attempt: int = 1
    waited: float = 0.0
    failure: OrderingError | None = None
    may_have_been_accepted: bool = False
    secrets: Secrets = NO_SECRETS
    before_attempt: BeforeAttempt | None = None


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
