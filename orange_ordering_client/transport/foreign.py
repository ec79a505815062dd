"""What to make of failures when something else than httpx's own transport carries a http client that was given.

`httpx-aiohttp` 0.2 calls every lost connection a connect timeout, and lets some of aiohttp's exceptions out. An order
on such a connection may have been accepted.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["foreign_failures", "never_connected"]


def never_connected(error: Exception) -> bool:
    """Whether a failure that bears the name of one of connecting is one."""
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is None or not isinstance(error.__cause__, aiohttp.ClientError):
        return True
    return isinstance(
        error.__cause__, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
    )


def foreign_failures() -> tuple[type[Exception], ...]:
    """The exceptions that come through without being httpx's."""
    aiohttp: Any = sys.modules.get("aiohttp")
    return () if aiohttp is None else (aiohttp.ClientError,)
