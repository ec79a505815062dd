"""Reading and decompression of the body of a response, in pieces, up to a limit."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

import httpx

from orange_ordering_client.errors import DecodeError, ResponseTooLarge

__all__ = ["read_body"]

_STEP: Final = 256 * 1024
"""Bytes decompressed at a time, which takes at most a millisecond, after which other tasks may run."""


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Read and return a whole body.

    Args:
        response: response with an unread body; a mock may have read it.
        limit: largest size in bytes, before and after decompression.

    Raises:
        ResponseTooLarge: the body is larger.
        DecodeError: the content encoding is unknown, applied more than once, or broken (RFC 9110, section 8.4).
        httpx.TransportError: the connection broke.
    """
    if response.is_stream_consumed:
        whole = await response.aread()
        if len(whole) > limit:
            raise ResponseTooLarge(limit)
        return whole
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:18]) > limit:
        raise ResponseTooLarge(limit)
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return await _read_plain(response, limit)
    return await _read_packed(response, coding, limit)


async def _read_plain(response: httpx.Response, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_raw():
        size += len(piece)
        if size > limit:
            raise ResponseTooLarge(limit)
        pieces.append(piece)
    return b"".join(pieces)


async def _read_packed(response: httpx.Response, coding: str, limit: int) -> bytes:
    unpacker = _Unpacker(coding)
    pieces: list[bytes] = []
    size = packed = 0
    async for piece in response.aiter_raw():
        packed += len(piece)
        rest = piece
        while rest:
            unpacked, rest = unpacker.step(rest)
            size += len(unpacked)
            if max(size, packed) > limit:
                raise ResponseTooLarge(limit)
            pieces.append(unpacked)
            if rest:
                await asyncio.sleep(0)
    if packed:
        unpacker.check_ended()
    return b"".join(pieces)


class _Unpacker:
    def __init__(self, coding: str) -> None:
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise DecodeError(
                f"its content encoding is {coding[:40]!r}; one of gzip and deflate is understood", body=b""
            )
        self._bits = zlib.MAX_WBITS if coding == "deflate" else zlib.MAX_WBITS | 16
        self._inner = zlib.decompressobj(self._bits)
        self._begun = False

    def step(self, packed: bytes) -> tuple[bytes, bytes]:
        """Decompress at most one step; return the decompressed bytes and the remaining compressed bytes."""
        if self._inner.eof:
            # A gzip file may have several members (RFC 1952, section 2.2).
            if self._bits == zlib.MAX_WBITS | 16 and packed[:1] == b"\x1f":
                self._inner = zlib.decompressobj(self._bits)
            else:
                raise self._broken("there is something behind it")
        try:
            unpacked = self._inner.decompress(packed, _STEP)
        except zlib.error as error:
            if self._bits == zlib.MAX_WBITS and not self._begun:
                # Some servers send "deflate" without the zlib header.
                self._bits = -zlib.MAX_WBITS
                self._inner = zlib.decompressobj(self._bits)
                return self.step(packed)
            raise self._broken(str(error)) from None
        self._begun = True
        return unpacked, self._inner.unconsumed_tail or self._inner.unused_data

    def check_ended(self) -> None:
        """Raise DecodeError for an incomplete body."""
        if not self._inner.eof:
            raise self._broken("it was cut off")

    def _broken(self, reason: str) -> DecodeError:
        return DecodeError(f"its content encoding is broken ({reason})", body=b"")
