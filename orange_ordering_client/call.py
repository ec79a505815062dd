"""One logical call in progress: its request, and the state of its attempts."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

import attrs

from orange_ordering_client.errors import OrderingError
from orange_ordering_client.operation import Operation
from orange_ordering_client.secrets import NO_SECRETS, Secrets

__all__ = ["BeforeAttempt", "Call", "CallState"]


class BeforeAttempt(Protocol):
    """A function that the pipeline awaits before each attempt."""

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
    """The state of the attempts of one call. The pipeline updates it; its owner may read it at any time.

    Attributes:
        attempt: number of the current attempt, from 1; a replay after 401 keeps the number.
        waited: seconds of the pauses between attempts.
        failure: failure of the last attempt.
        may_have_been_accepted: whether an attempt was sent that changes something, and no response shows that it was
            refused.
        secrets: secrets of the current attempt; collected only if there are hooks.
        before_attempt: function awaited before each attempt; set by the owner.
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
        operation: called operation.
        url: absolute URL with its query.
        content: JSON body; None if there is none.
        state: state of its attempts.
    """

    operation: Operation
    url: str
    content: bytes | None
    state: CallState
