"""Failures of http clients whose transport is not httpx's own.

`httpx-aiohttp` 0.2 reports every lost connection as a connect timeout, and raises some exceptions of aiohttp. An order
on such a connection may have been accepted.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["foreign_failures", "never_connected"]


def never_connected(error: Exception) -> bool:
    """Return whether a connection error really means that no connection was established."""
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is None or not isinstance(error.__cause__, aiohttp.ClientError):
        return True
    return isinstance(
        error.__cause__, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
    )


def foreign_failures() -> tuple[type[Exception], ...]:
    """Return the exceptions that such a transport raises and that are not exceptions of httpx."""
    aiohttp: Any = sys.modules.get("aiohttp")
    return () if aiohttp is None else (aiohttp.ClientError,)
