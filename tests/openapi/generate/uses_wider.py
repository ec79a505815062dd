"""Uses what the build makes of the wider description, over a socket. Run by test_sloppy, beside that code."""

import asyncio
import importlib
import json
import sys
from typing import Any

from orange_ordering_client import OrderingClient

# Made by the test. Whether this repository has it, too, depends on the vendored description.
Note: Any = importlib.import_module("orange_ordering_client._generated.models.note").Note

seen: list[str] = []


def answer(method: str, path: str, body: bytes) -> tuple[str, str, bytes]:
    """Answer as such an API would: status, media type, body."""
    if path == "/token":
        return "200 OK", "application/json", b'{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}'
    if path.endswith("/file"):
        return "200 OK", "application/pdf", b"%PDF"
    if method == "DELETE":
        return "204 No Content", "application/json", b""
    if method == "POST":
        return "201 Created", "application/json", body
    listed = path.rsplit("/", 1)[1] in ("orders", "notes")
    return "200 OK", "application/json", b'[{"id": "1", "status": "NEW", "text": "t"}]' if listed else b'{"id": "1"}'


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection until it is closed."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()
            return
        line, *headers = head.decode().split("\r\n")
        length = sum(int(one.split(":")[1]) for one in headers if one.lower().startswith("content-length:"))
        method, path = line.split(" ")[0], line.split(" ")[1].split("?")[0]
        seen.append(f"{method} {path}")
        status, kind, body = answer(method, path, await reader.readexactly(length))
        lines = [
            f"HTTP/1.1 {status}",
            f"content-type: {kind}",
            f"content-length: {len(body)}",
            "x-total-count: 1",
            "",
            "",
        ]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()


async def main() -> None:
    """Use every kind of method."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = OrderingClient(client_id="a", client_secret="b", api_key="c", base_url=base, token_url=f"{base}/token")
    async with client as typed:
        ordering: Any = typed
        orders = [order async for order in ordering.orders.list(status="NEW", limit=50)]
        results = {
            "order": [orders[0].id, orders[0].status, orders[0].status.is_known],
            "notes": [note.text async for note in ordering.orders.list_notes("1")],
            "note": (await ordering.orders.create_note("1", Note(text="hello"))).text,
            "quote": (await ordering.quotes.get("1")).id,
            "file": (await ordering.reports.get_file("1")).decode(),
            "deleted": await ordering.orders.delete("1"),
        }
    server.close()
    sys.stdout.write(json.dumps({**results, "seen": seen}))


if __name__ == "__main__":
    asyncio.run(main())
