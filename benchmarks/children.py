"""Benchmarks that need a separate process: imports, the first response, and memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Mapping

from benchmarks import server
from benchmarks.rounds import Medians

_TIMED = """
import sys, time
for name in ('click', 'rich', 'pygments'): sys.modules[name] = None
started = time.perf_counter()
{code}
print(time.perf_counter() - started)
"""
"""It blocks packages that httpx imports for its command line if they are installed; most programs do not have them."""

_READY = """
from orange_ordering_client import OrderingClient
import httpx, orange_ordering_client.transport.sender, orange_ordering_client.transport.pool
import orange_ordering_client.transport.opening, orange_ordering_client.transport.bodies
import orange_ordering_client.requests
from orange_ordering_client._generated.models.request import Request
"""
"""The imports of `OrderingClient(...).requests.get(...)` until it has a request, except httpx's connections."""

IMPORTS = {
    "import httpx": "import httpx",
    "import orange_ordering_client": "import orange_ordering_client",
    "httpx, asyncio and attrs alone": "import httpx, asyncio, attrs",
    "this SDK, ready for the first call": _READY,
    "the same, with aiohttp_client()": f"{_READY}\nimport orange_ordering_client.transport.aiohttp",
    "import openai": "import openai",
    "stock, one endpoint": "import stock_client.api.requests.requests_list, stock_client.client",
}

_FIRST_ANSWER = """
import asyncio
async def main():
{code}
asyncio.run(main())
"""

_OURS = """
    from orange_ordering_client import OrderingClient
    async with OrderingClient(
        client_id="id", client_secret="secret", api_key="key",
        base_url="{origin}/api", token_url="{origin}{token}",
    ) as ordering:
        await ordering.requests.get("{id}")
"""

FIRST_ANSWERS = {
    "raw httpx": """
    import json
    import httpx
    async with httpx.AsyncClient() as client:
        form = {{"grant_type": "client_credentials", "scope": "b2b:ordering"}}
        grant = (await client.post("{origin}{token}", data=form, auth=("id", "secret"))).json()
        headers = {{"Authorization": "Bearer " + grant["access_token"], "X-API-Key": "key"}}
        json.loads((await client.get("{origin}{one}", headers=headers)).content)
""",
    "this SDK": _OURS,
}

_MEMORY = """
import gc, json, tracemalloc
from benchmarks import sample
{code}
pages = [sample.page(offset) for offset in range(0, sample.TOTAL, sample.PAGE)]
decode(sample.request(0))
gc.collect()
tracemalloc.start()
kept = [decode(item) for page in pages for item in json.loads(page)]
gc.collect()
print(tracemalloc.get_traced_memory()[0])
"""

MEMORY = {
    "stock": "from stock_client.models.request import Request; decode = Request.from_dict",
    "this SDK": "from orange_ordering_client import Request; decode = Request.from_dict",
}


def imports() -> Medians:
    """Return the seconds of each import, in a new process each time."""
    return _interleave({name: _TIMED.format(code=code) for name, code in IMPORTS.items()})


def first_answers(origin: str) -> Medians:
    """Return the seconds from the first import until a request was read, in a new process each time."""
    where = {"origin": origin, "token": server.TOKEN, "one": server.ONE, "id": server.ONE.rsplit("/", 1)[1]}
    return _interleave(
        {
            name: _TIMED.format(code=_FIRST_ANSWER.format(code=code.format(**where)))
            for name, code in FIRST_ANSWERS.items()
        }
    )


def memory() -> Medians:
    """Return the bytes that 10,000 requests occupy after their JSON was released."""
    return {name: _run(_MEMORY.format(code=code)) for name, code in MEMORY.items()}


def _interleave(codes: Mapping[str, str], rounds: int = 15) -> Medians:
    taken: dict[str, list[float]] = {name: [] for name in codes}
    for number in range(rounds + 1):
        for name, code in codes.items():
            # With -P, the installed and compiled package is imported instead of the source tree.
            seconds = _run(code, "-P")
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def _run(code: str, *options: str) -> float:
    done = subprocess.run([sys.executable, *options, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 -- our own code
    return float(done.stdout)
