"""What needs a process of its own: imports, and memory."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks.rounds import Medians

_TIMED = """
import time
started = time.perf_counter()
{code}
print(time.perf_counter() - started)
"""

IMPORTS = {
    "import httpx": "import httpx",
    "import orange_ordering_client": "import orange_ordering_client",
    "this SDK, ready for the first call": """
from orange_ordering_client import OrderingClient
import httpx, orange_ordering_client.transport.backend
from orange_ordering_client._generated.resources.requests import RequestsResource
""",
    "the same, with [aiohttp]": """
from orange_ordering_client import OrderingClient
import httpx, orange_ordering_client.transport.backend, orange_ordering_client.transport.over_aiohttp
from orange_ordering_client._generated.resources.requests import RequestsResource
""",
    "import openai": "import openai",
    "stock, one endpoint": "import stock_client.api.requests.requests_list, stock_client.client",
}

_WITHOUT_CLI = "import sys\nfor name in ('click', 'rich', 'pygments'): sys.modules[name] = None\n"
"""What httpx imports for its command line if it is there, as it is beside the stock generator."""

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


def imports(rounds: int = 15, *, without_cli: bool = False) -> Medians:
    """Seconds of each import, in a new process each time."""
    before = _WITHOUT_CLI if without_cli else ""
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for number in range(rounds + 1):
        for name, code in IMPORTS.items():
            seconds = _run(before + _TIMED.format(code=code))
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def memory() -> Medians:
    """Bytes that 10,000 requests keep, once their JSON is gone."""
    return {name: _run(_MEMORY.format(code=code)) for name, code in MEMORY.items()}


def _run(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 -- above
    return float(done.stdout)
