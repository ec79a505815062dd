"""Refusing a used connection before the first byte of an order is sent, in any http client on httpcore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ConnectionGuard", "ConnectionRefusedHere"]


class ConnectionRefusedHere(Exception):
    """The request was not sent: its connection had been used before, or already had data to read."""

    def __init__(self, *, used: bool) -> None:
        super().__init__("used before" if used else "a response came before the request")
        self.used = used


class ConnectionGuard:
    """An httpx `trace` extension for one request.

    httpcore calls it at each step; an exception raised before `send_request_headers` closes the connection. Nothing is
    refused on HTTP/2, where a response names its request.

    Args:
        refuse_used: refuse connections that were not opened for this request.

    Attributes:
        opened: whether a connection was opened for this request.
        reused: whether the request was sent on an older connection.
    """

    def __init__(self, *, refuse_used: bool) -> None:
        self._refuse_used = refuse_used
        self._plain: Any = None
        self.opened = self.reused = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        step = event.partition(".")[2]
        if step in ("connect_tcp.complete", "connect_unix_socket.complete"):
            self.opened, self._plain = True, info.get("return_value")
        elif step == "start_tls.started":
            # With TLS 1.3 a server sends session tickets unasked, so data to read is normal.
            self._plain = None
        elif event == "http11.send_request_headers.started":
            self.reused = not self.opened
            if self.reused and self._refuse_used:
                raise ConnectionRefusedHere(used=True)
            if self._plain is not None and self._plain.get_extra_info("is_readable"):
                raise ConnectionRefusedHere(used=False)
