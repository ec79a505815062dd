"""A caller that notes what it is asked to do, and answers with what it was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs

from orange_ordering_client.operation import Operation
from orange_ordering_client.pagination import Batch, Pager
from orange_ordering_client.response import Answer


@attrs.define
class Notebook:
    """Satisfies `Caller`."""

    reply: bytes = b"{}"
    asked: dict[str, Any] = attrs.field(factory=dict)

    async def call(self, operation: Operation, decode: Callable[[Any], Any], **asked: Any) -> Any:
        """Note it and decode the reply."""
        return (await self.answer(operation, decode, **asked)).parse()

    async def answer(self, operation: Operation, decode: Callable[[Any], Any], **asked: Any) -> Answer[Any]:
        """Note it."""
        self.asked = {"operation": operation, **asked}
        return Answer(200, {}, self.reply, decode)

    def pager(
        self,
        operation: Operation,
        decode_item: Callable[[Any], Any],
        *,
        offset: int = 0,
        limit: int | None = None,
        **asked: Any,
    ) -> Pager[Any]:
        """Note it, with the window of the page that is asked for."""

        async def fetch(offset: int, limit: int) -> Batch:
            self.asked = {"operation": operation, "offset": offset, "limit": limit, **asked}
            return Batch(json.loads(self.reply), None)

        return Pager(fetch, decode_item, offset=offset, limit=limit)
