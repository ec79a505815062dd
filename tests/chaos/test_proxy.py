"""The proxy of the chaos run: what it leaves behind an answer, and what it does not touch."""

from __future__ import annotations

import asyncio

from tests.chaos.proxy import FOREIGN_ID, Proxy

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


async def serve(answer: bytes) -> asyncio.Server:
    """A server that answers everything that arrives with the same bytes, and closes after a part of an answer."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(answer)
            if answer != ANSWER:
                break
        writer.close()

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def talk(*, stray: float = 0.0, stale: float = 0.0, answer: bytes = ANSWER, seed: int = 0) -> bytes:
    """Send two requests over one connection; everything that comes back, and how the connection ended."""
    async with await serve(answer) as server:
        proxy = Proxy(server.sockets[0].getsockname()[1], stray=stray, stale=stale, seed=seed)
        async with await proxy.serve() as front:
            reader, writer = await asyncio.open_connection(*front.sockets[0].getsockname())
            came = b""
            try:
                for number in (1, 2):
                    writer.write(REQUEST)
                    while came.count(b"hello") < number:
                        data = await asyncio.wait_for(reader.read(65_536), 10)
                        if not data:
                            return came + b"<closed>"
                        came += data
                # Strays that come later.
                await asyncio.sleep(0.1)
                writer.write_eof()
                return came + await asyncio.wait_for(reader.read(), 10)
            except ConnectionResetError:
                return came + b"<reset>"
            finally:
                writer.close()


async def test_answers_pass_unchanged() -> None:
    assert await talk() == ANSWER * 2


async def test_a_second_response_is_left_on_the_connection() -> None:
    seen = b"".join([await talk(stray=1.0, seed=seed) for seed in range(12)])
    assert seen.count(b"hello") == 24
    for status in (b" 503 ", b" 429 ", b" 201 "):
        assert status in seen
    assert FOREIGN_ID.encode() in seen


async def test_a_connection_is_closed_after_a_whole_answer() -> None:
    assert await talk(stale=1.0) in (ANSWER + b"<closed>", ANSWER + b"<reset>")


async def test_an_answer_that_breaks_off_is_passed_on_and_the_connection_closed() -> None:
    assert await talk(answer=ANSWER[:-2]) in (ANSWER[:-2] + b"<closed>", ANSWER[:-2] + b"<reset>")
