"""Run all benchmarks, print the results, and write build/bench.json."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks import calling, children, decoding, fleet, listing, server, stock

GOALS = {
    "import_lazy": 0.20,
    "import_ready": 1.30,
    "cold_start": 1.25,
    "decode_json": 0.42,
    "decode_json_vs_pydantic": 0.75,
    "memory": 0.77,
    "call_sequential": 1.05,
    "call_sequential_aiohttp": 0.75,
    "call_50": 0.10,
    "call_50_default": 0.15,
    "order": 1.15,
    "list_10k": 0.17,
    "list_first_item": 0.95,
    "list_pages_held": 8,
    "views": 1,
    "fleet_order_trips": 3,
    "fleet_read_trips": 0,
    "fleet_order": 4,
}
_STRICT = ("decode_json_vs_pydantic",)
_SHOWN = ("httpx", "httpcore", "aiohttp", "pydantic", "msgspec", "openai", "openapi-python-client", "attrs")


def main() -> None:
    """Run all benchmarks; a missed goal is printed, and is not a failure."""
    print(f"{_processor()}, Python {platform.python_version()}, {platform.system()}")
    print(", ".join(f"{name} {version(name)}" for name in _SHOWN))
    stock.generate()
    results: dict[str, float] = {}

    taken = _show("imports, each in a new process", children.imports(), "import httpx", 1e3, "ms")
    results["import_lazy"] = taken["import orange_ordering_client"]
    results["import_ready"] = taken["this SDK, ready for the first call"]

    decoded = decoding.measure()
    taken = _show("a page of 250, bytes to models", decoded, "stock", 1e3, "ms")
    results["decode_json"] = taken["this SDK"]
    results["decode_json_vs_pydantic"] = decoded["this SDK"] / decoded["pydantic"]
    results["memory"] = _show("memory of 10,000 requests", children.memory(), "stock", 1e-6, "MB")["this SDK"]

    with server.running() as origin:
        taken = _show("the first answer of a process", children.first_answers(origin), "raw httpx", 1e3, "ms")
        results["cold_start"] = taken["this SDK"]
        taken = _show("one GET after the other", asyncio.run(calling.sequential(origin)), "raw httpx", 1e6, "us a call")
        results["call_sequential"] = taken["this SDK"]
        results["call_sequential_aiohttp"] = taken["this SDK, aiohttp_client()"]
        taken = _show("50 tasks at once", asyncio.run(calling.concurrent(origin)), "raw httpx", 1e6, "us a call")
        taken_of_orders = asyncio.run(calling.orders(origin))
        results["order"] = _show("orders", taken_of_orders, "raw httpx, a connection each", 1e6, "us")["this SDK"]
        results["call_50"], results["call_50_default"] = taken["this SDK, aiohttp_client()"], taken["this SDK"]
        taken = _show(
            "10,000 requests in 40 pages", asyncio.run(listing.everything(origin)), "stock, sequential", 1, "s"
        )
        results["list_10k"] = taken["this SDK, 8 pages"]
        taken = _show("until the first of them", asyncio.run(listing.first_item(origin)), "stock", 1e3, "ms")
        results["list_first_item"] = taken["this SDK"]
        results["list_pages_held"] = asyncio.run(listing.pages_held(origin))
    results["views"] = _show("views", calling.views(), "one client", 1e3, "ms")["1,000 views"]

    shared = fleet.measure()
    results["fleet_order_trips"], results["fleet_read_trips"] = shared.of_order, shared.of_read
    taken = _show("an order that a fleet claims", shared.seconds, "three plain statements", 1e3, "ms")
    results["fleet_order"] = taken["a claimed order"]

    _conclude(results)


def _show(title: str, medians: Mapping[str, float], base: str, scale: float, unit: str) -> dict[str, float]:
    print(f"\n{title}")
    for name, value in medians.items():
        print(f"  {name:36} {value * scale:10.2f} {unit:10} {value / medians[base]:6.2f}")
    return {name: value / medians[base] for name, value in medians.items()}


def _conclude(results: Mapping[str, float]) -> None:
    print("\nratios                           reached    goal")
    missed: list[str] = []
    for name, goal in GOALS.items():
        reached = results[name] < goal if name in _STRICT else results[name] <= goal
        print(f"  {name:30} {results[name]:7.3f}  {goal:7.3f}  {'' if reached else 'not reached'}")
        if not reached:
            missed.append(name)
    target = Path("build/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({name: round(results[name], 4) for name in GOALS}, indent=2) + "\n")
    print(f"\nwritten to {target}; {'not reached: ' + ', '.join(missed) if missed else 'every goal is reached'}")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


if __name__ == "__main__":
    main()
