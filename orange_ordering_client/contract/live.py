"""Checks the configured API itself, by every GET that needs no id."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import AsyncIterator
from typing import Any

from orange_ordering_client.client import OrderingClient
from orange_ordering_client.contract.checker import Checker
from orange_ordering_client.contract.description import Operation, fingerprint
from orange_ordering_client.contract.exchanges import Exchange
from orange_ordering_client.contract.findings import Finding, distinct
from orange_ordering_client.errors import (
    ApiError,
    ConfigurationError,
    ConnectionFailed,
    InvalidArgument,
    OrderingError,
    TokenError,
    Unauthorized,
)
from orange_ordering_client.response import Answer

__all__ = ["checked_live"]

# After these, no other call can succeed either.
HOPELESS = (ConfigurationError, ConnectionFailed, InvalidArgument, TokenError, Unauthorized)
_SPECIFICATION = "service.specification"


async def checked_live(
    client: OrderingClient, checker: Checker, *, limit: int = 50
) -> AsyncIterator[tuple[str, list[Finding]]]:
    """Call every GET without required parameters once, and check each response.

    Args:
        client: a client of the API.
        checker: checks each exchange.
        limit: number of items to request of each list.

    Yields:
        The call and its status (`GET /requests 200`), and the findings.

    Raises:
        OrderingError: the API cannot be reached, or does not accept the credentials.
    """
    for operation in checker.description.operations:
        if not operation.answers_without_arguments:
            continue
        try:
            answer: Answer[Any] = await _call(client, operation, limit)
        except HOPELESS:
            raise
        except ApiError as error:
            name = f"{operation.method} {operation.path} {error.status}"
            found = [Finding("answer", f"the call fails with status {error.status}", violation=True)]
            yield (
                name,
                distinct([*found, *checker.check(_exchange(operation, error.status, error.headers, error.body))]),
            )
        except OrderingError as error:
            failure = Finding("answer", f"the call fails: {type(error).__name__}", violation=True)
            yield f"{operation.method} {operation.path}", [failure]
        else:
            exchange = _exchange(operation, answer.status, answer.headers, answer.body)
            found = checker.check(exchange)
            if operation.id == _SPECIFICATION and hashlib.sha256(answer.body).hexdigest() != fingerprint():
                found.append(Finding("answer", "differs from the description that this client was generated from"))
            yield f"{operation.method} {operation.path} {answer.status}", found


async def _call(client: OrderingClient, operation: Operation, limit: int) -> Answer[Any]:
    resource, _, name = operation.id.partition(".")
    method: Any = getattr(getattr(client, resource).raw, name)
    arguments = {"limit": limit} if "limit" in inspect.signature(method).parameters else {}
    answer: Answer[Any] = await method(**arguments)
    return answer


def _exchange(operation: Operation, status: int, headers: Any, body: bytes) -> Exchange:
    where = (operation.id, operation.method, operation.path)
    return Exchange.of(*where, sent=None, status=status, headers=headers, body=body)
