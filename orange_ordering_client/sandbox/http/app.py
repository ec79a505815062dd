"""The sandbox as an ASGI application, with the faults of the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.messages import Reply
from orange_ordering_client.sandbox.faults.injection import FaultyCall
from orange_ordering_client.sandbox.http.admin import PREFIX, administer
from orange_ordering_client.sandbox.http.asgi import (
    BodyTooLarge,
    Receive,
    Send,
    call_of,
    read_body,
    run_lifespan,
    send_reply,
    send_slowly,
    wait_for_disconnect,
)
from orange_ordering_client.sandbox.http.connection import CONNECTION, Connection, NoConnection
from orange_ordering_client.sandbox.http.served import ServedSandbox

__all__ = ["App"]

_BODY_TIMEOUT = 30.0


class App:
    """A sandbox as an ASGI application.

    Args:
        sandbox: answers the calls.
        admin: serve `/_sandbox/` as well, by which another process controls the sandbox.
    """

    def __init__(self, sandbox: ServedSandbox, *, admin: bool = False) -> None:
        self.sandbox = sandbox
        self.admin = admin

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await run_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _http(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        connection: Connection = scope.get("state", {}).get(CONNECTION) or NoConnection()
        refusal = None
        try:
            body = await asyncio.wait_for(read_body(receive, self.sandbox.largest_body), _BODY_TIMEOUT)
        except TimeoutError:
            body, refusal = b"", Refusal(408, 63, "The body did not arrive in time.")
        except BodyTooLarge:
            body, refusal = b"", Refusal(413, 66, f"A body has {self.sandbox.largest_body} bytes at most.")
        if body is None:
            return
        call = call_of(scope, body)
        if self.admin and call.path.startswith(PREFIX):
            await send_reply(administer(self.sandbox, call), send)
            return
        arrived = self.sandbox.arrive(call, refusal)
        reply = await self._answer(arrived, connection)
        if reply is None:
            connection.abort()
            await wait_for_disconnect(receive)
            return
        await self._deliver(arrived, reply, connection, receive, send)

    async def _answer(self, call: FaultyCall, connection: Connection) -> Reply | None:
        """Return the reply to a call, None if the connection is to be dropped."""
        faults, entry = call.faults, call.arrival.entry
        if "latency" in faults:
            await connection.pause(faults["latency"].seconds)
        if "drop-before" in faults:
            return None
        reply = self.sandbox.carry_out(call)
        entry.status = reply.status
        if "stall" in faults:
            await connection.pause(faults["stall"].seconds)
        if "drop-after" in faults:
            entry.status = None
            return None
        return reply

    async def _deliver(
        self, call: FaultyCall, reply: Reply, connection: Connection, receive: Receive, send: Send
    ) -> None:
        if "truncate" in call.faults:
            await send_reply(reply, send, share=0.5)
            connection.close()
            await wait_for_disconnect(receive)
            return
        # From here on the answer counts as delivered: whether the caller still reads it cannot be known.
        call.arrival.entry.delivered = True
        if "slow" in call.faults:
            await send_slowly(reply, send, connection, call.faults["slow"].seconds)
        else:
            await send_reply(reply, send)
