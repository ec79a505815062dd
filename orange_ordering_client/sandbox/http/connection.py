"""The connection of a call, which faults can break or delay."""

from __future__ import annotations

import asyncio
from typing import Protocol

__all__ = ["CONNECTION", "Connection", "ConnectionDropped", "NoConnection"]

CONNECTION = "orange_ordering_client.sandbox"
"""Key of the `Connection` in `scope["state"]`, if the server provides one."""


class ConnectionDropped(Exception):
    """A fault drops the connection, but the application is called without a socket."""


class Connection(Protocol):
    """The connection that a call came on."""

    def abort(self) -> None:
        """Close it at once; data that was not sent yet is lost."""
        ...

    def close(self) -> None:
        """Close it after the data that was written has been sent."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, at most until the server stops."""
        ...


class NoConnection:
    """Used where the application is called in process, without a socket."""

    def abort(self) -> None:
        """Raise an exception instead of closing a socket.

        Raises:
            ConnectionDropped: always.
        """
        raise ConnectionDropped("The sandbox dropped the connection.")

    close = abort

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
