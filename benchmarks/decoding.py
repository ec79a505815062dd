"""Benchmark of decoding a page of 250 requests from bytes to models."""

from __future__ import annotations

import json
from collections.abc import Callable

from benchmarks import peers, sample, stock
from benchmarks.rounds import Medians, interleave
from orange_ordering_client import Answer, Page, Pager, Request
from orange_ordering_client.pagination import Batch

_PAGES = 101


def measure() -> Medians:
    """Return the seconds per page of each contender."""
    body = sample.page()
    theirs = stock.load("models.request").Request
    pydantic_page, msgspec_page = peers.pydantic_page(), peers.msgspec_page()
    contenders = {
        "stock": lambda: [theirs.from_dict(item) for item in json.loads(body)],
        "this SDK": _reading(body),
        "pydantic": lambda: pydantic_page.validate_json(body),
        "msgspec, drops keys": lambda: msgspec_page.decode(body),
        "json.loads alone": lambda: json.loads(body),
    }
    # Each round decodes one page, so that the result does not depend on the number of pages in memory.
    return interleave(contenders, rounds=_PAGES)


def _reading(body: bytes) -> Callable[[], Page[Request]]:
    """Return a function that does the work of `await ordering.requests.list()` after its response."""
    answer = Answer(200, {}, body, lambda data: data)

    async def fetch(offset: int, limit: int) -> Batch:
        return Batch(answer.parse, sample.TOTAL)

    def read() -> Page[Request]:
        try:
            # The coroutine never waits, so that one step completes it.
            Pager(fetch, Request.from_dict).__await__().send(None)
        except StopIteration as ended:
            page: Page[Request] = ended.value
            return page
        raise AssertionError("it waited")

    return read
