"""Benchmarks of sequential GET calls, of fifty tasks at once, of orders, and of views."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date

import aiohttp
import httpx

from benchmarks import server
from benchmarks.rounds import Medians, interleave, interleave_async
from orange_ordering_client import NewRequest, OrderingClient, aiohttp_client

_CALLS = 200
_TASKS = 50
_BURSTS = 6
_ID = server.ONE.rsplit("/", 1)[1]
_HEADERS = {
    "Accept": "application/json",
    "Accept-Language": "en",
    "Authorization": "Bearer t",
    "X-API-Key": "key",
    "User-Agent": "benchmark",
}

Call = Callable[[], Awaitable[object]]


def client(origin: str, http: httpx.AsyncClient | None = None) -> OrderingClient:
    """Return a client of this SDK for the benchmark's server, with its own http client or the given one."""
    return OrderingClient(
        client_id="id",
        client_secret="secret",  # noqa: S106 -- not a real secret
        api_key="key",
        base_url=f"{origin}/api",
        token_url=origin + server.TOKEN,
        http_client=http,
    )


async def sequential(origin: str) -> Medians:
    """Return the seconds per call of sequential calls."""

    def repeat(call: Call) -> Call:
        async def run() -> None:
            for _ in range(_CALLS):
                await call()

        return run

    measured = await _with_contenders(origin, repeat)
    return {name: seconds / _CALLS for name, seconds in measured.items()}


async def concurrent(origin: str) -> Medians:
    """Return the seconds per call of fifty tasks at once, each with one call, followed by the next fifty."""

    def spread(call: Call) -> Call:
        async def run() -> None:
            for _ in range(_BURSTS):
                await asyncio.gather(*(call() for _ in range(_TASKS)))

        return run

    measured = await _with_contenders(origin, spread)
    return {name: seconds / (_TASKS * _BURSTS) for name, seconds in measured.items()}


async def orders(origin: str) -> Medians:
    """Return the seconds per order of sequential orders, each on a new connection."""
    order = NewRequest(type="R_BVPN_FR_1", requested_at=date(2027, 1, 11), customer_reference="WAN-042")
    body = json.dumps(order.to_dict()).encode()
    headers = {**_HEADERS, "Content-Type": "application/json"}

    def repeat(call: Call) -> Call:
        async def run() -> None:
            for _ in range(_CALLS):
                await call()

        return run

    never_kept = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=never_kept) as raw, client(origin) as ours:

        async def raw_httpx() -> object:
            response = await raw.post(origin + server.LIST, headers=headers, content=body)
            return json.loads(response.content)

        measured = await interleave_async(
            {
                "raw httpx, a connection each": repeat(raw_httpx),
                "this SDK": repeat(lambda: ours.requests.create(order)),
            }
        )
    return {name: seconds / _CALLS for name, seconds in measured.items()}


def views() -> Medians:
    """Return the seconds of creating a thousand views, and of creating one client."""
    one = client("http://127.0.0.1:1")
    return interleave(
        {
            "1,000 views": lambda: [one.with_options(language="fr", timeout=5) for _ in range(1000)],
            "one client": lambda: client("http://127.0.0.1:1"),
        }
    )


async def _with_contenders(origin: str, shape: Callable[[Call], Call]) -> Medians:
    # Fifty connections are kept, because by default httpx closes connections that are idle for five seconds.
    limits = httpx.Limits(max_connections=_TASKS, max_keepalive_connections=_TASKS, keepalive_expiry=600)
    async with (
        httpx.AsyncClient(limits=limits) as raw,
        aiohttp.ClientSession() as session,
        client(origin) as plain,
        aiohttp_client() as carrier,
        client(origin, carrier) as carried,
    ):

        async def raw_httpx() -> object:
            response = await raw.get(origin + server.ONE, headers=_HEADERS)
            return json.loads(response.content)

        async def raw_aiohttp() -> object:
            async with session.get(origin + server.ONE, headers=_HEADERS) as response:
                return json.loads(await response.read())

        return await interleave_async(
            {
                "raw httpx": shape(raw_httpx),
                "raw aiohttp": shape(raw_aiohttp),
                "this SDK": shape(lambda: plain.requests.get(_ID)),
                "this SDK, aiohttp_client()": shape(lambda: carried.requests.get(_ID)),
            }
        )
