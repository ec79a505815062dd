"""Rejection of a used connection before the first byte of an order is sent, in any http client that uses httpcore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ConnectionGuard", "ConnectionRefusedHere"]


class ConnectionRefusedHere(Exception):
    """An error for a request that was not sent: its connection had been used before, or already had data to read."""

    def __init__(self, *, used: bool) -> None:
        super().__init__()
        self.used = used


class ConnectionGuard:
    """An httpx `trace` extension for one request.

    httpcore calls it at each step; an exception raised before `send_request_headers` closes the connection. HTTP/2
    connections are never rejected, because each response refers to its request.

    Args:
        refuse_used: whether to reject connections that were not opened for this request.

    Attributes:
        opened: whether a connection was opened for this request.
        reused: whether the request was sent on an older connection.
        began: whether sending began, on any connection.
    """

    def __init__(self, *, refuse_used: bool) -> None:
        self._refuse_used = refuse_used
        self._plain: Any = None
        self.opened = self.reused = self.began = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        step = event.partition(".")[2]
        if step in ("connect_tcp.complete", "connect_unix_socket.complete"):
            self.opened, self._plain = True, info.get("return_value")
        elif step == "start_tls.started":
            # A TLS 1.3 server sends session tickets without a request, so that data to read is normal.
            self._plain = None
        elif event == "http11.send_request_headers.started":
            self.reused = not self.opened
            if self.reused and self._refuse_used:
                raise ConnectionRefusedHere(used=True)
            if self._plain is not None and self._plain.get_extra_info("is_readable"):
                raise ConnectionRefusedHere(used=False)
        if step == "send_request_headers.started" and info["request"].method != b"CONNECT":
            # A tunnel through a proxy is requested first.
            self.began = True
