"""The interface of the pipeline for generated resources: one protocol, and the types in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from orange_ordering_client.operation import Operation, Query
from orange_ordering_client.pagination import Pager
from orange_ordering_client.response import Answer

__all__ = ["Answer", "Caller", "Operation", "Pager"]

T = TypeVar("T")


class Caller(Protocol):
    """The interface of the pipeline for generated resources."""

    async def call(
        self,
        operation: Operation,
        decode: Callable[[Any], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
    ) -> T:
        """Make one logical call and decode its response."""
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
        """Make one logical call; its response is decoded when `parse()` is called."""
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
        """Return a pager for a list; nothing is sent until it is awaited or iterated."""
        ...
