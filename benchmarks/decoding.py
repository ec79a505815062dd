"""A page of 250 requests, from bytes to models."""

from __future__ import annotations

import json

import orjson

from benchmarks import peers, sample, stock
from benchmarks.rounds import Medians, interleave
from orange_ordering_client import Request
from orange_ordering_client.transport.codec import json_reader

_PAGES = 101


def measure() -> Medians:
    """Seconds per page of each contender."""
    body = sample.page()
    theirs = stock.load("models.request").Request
    pydantic_page, msgspec_page = peers.pydantic_page(), peers.msgspec_page()
    plain, fast = json_reader(frozenset()), json_reader(frozenset({"fast"}))
    contenders = {
        "stock": lambda: [theirs.from_dict(item) for item in json.loads(body)],
        "this SDK": lambda: [Request.from_dict(item) for item in plain(body)],
        "this SDK, [fast]": lambda: [Request.from_dict(item) for item in fast(body)],
        "pydantic": lambda: pydantic_page.validate_json(body),
        "msgspec, drops keys": lambda: msgspec_page.decode(body),
        "json.loads alone": lambda: json.loads(body),
        "orjson.loads alone": lambda: orjson.loads(body),
    }
    # One page each time, many times: what is measured must not depend on how many pages are already in memory.
    return interleave(contenders, rounds=_PAGES)
