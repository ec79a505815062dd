"""The one thing that generated resources may ask of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from orange_ordering_client.operation import Operation, Query
from orange_ordering_client.pagination import Pager
from orange_ordering_client.response import Answer

__all__ = ["Caller"]

T = TypeVar("T")


class Caller(Protocol):
    """The pipeline as generated resources see it."""

    async def call(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> T:
        """Send one logical call and decode its answer."""
        ...

    async def answer(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> Answer[T]:
        """Send one logical call; the answer is decoded only when asked."""
        ...

    def pager(
        self,
        operation: Operation,
        decode_item: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pager[T]:
        """Prepare reading a list; nothing is sent until it is awaited or iterated."""
        ...
