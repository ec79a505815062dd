"""Plots of what `make bench` measured, one for light and one for dark pages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

__all__ = ["drawn", "origin"]

_PLOTS: dict[str, tuple[str, dict[str, str]]] = {
    "calls": (
        "Calls, against raw httpx",
        {
            "call_sequential": "one after the other",
            "call_sequential_aiohttp": "those with aiohttp_client()",
            "order": "an order",
            "call_50_default": "50 tasks at once",
            "call_50": "50 with aiohttp_client()",
        },
    ),
    "data": (
        "Data, against its peer",
        {
            "decode_json": "a page of 250, stock",
            "decode_json_vs_pydantic": "a page of 250, pydantic",
            "memory": "memory of 10,000, stock",
            "list_10k": "10,000 in 40 pages, stock",
            "list_first_item": "the first of them, stock",
        },
    ),
    "start": (
        "Start, against httpx",
        {
            "import_lazy": "import",
            "import_ready": "all imports of a call",
            "cold_start": "until the first answer",
        },
    ),
}

_WIDTH = 4.2
"""Inches."""
_TEXT = 14
"""Points. Shrunk from 403 to the 328 pixels of a phone, they are 15 pixels."""

_COLOURS = {"light": ("#1a1a1a", "#c75000"), "dark": ("#e8e8e8", "#ff9d4d")}


def drawn(figures: Mapping[str, float]) -> dict[str, str]:
    """The plots by their paths in the site, as SVG.

    Args:
        figures: the ratios of build/bench.json by name; a plot leaves out what was not measured.
    """
    return {
        f"assets/{name}-{scheme}.svg": _bars(
            title, {label: figures[key] for key, label in rows.items() if key in figures}, *colours
        )
        for name, (title, rows) in _PLOTS.items()
        for scheme, colours in _COLOURS.items()
    }


def origin(measured_here: bool) -> str:
    """Where the figures of the plots come from, as a sentence of the page."""
    if measured_here:
        return "The plots show `build/bench.json`, which `make bench` wrote on the machine that built this site."
    return "The plots show the figures of the table below: no `make bench` was run where this site was built."


def _bars(title: str, rows: Mapping[str, float], ink: str, fill: str) -> str:
    figure = Figure(figsize=(_WIDTH, 0.8 * len(rows) + 1.1), layout="constrained")
    axes: Any = figure.subplots()
    places = range(len(rows))
    axes.barh(places, list(rows.values()), color=fill, height=0.45)
    for place, (label, value) in enumerate(rows.items()):
        axes.text(0, place - 0.3, f"{label}: {value:.2f}", color=ink, fontsize=_TEXT, va="bottom")
    axes.axvline(1, color=ink, linewidth=1, linestyle="--")
    axes.set_title(title, color=ink, fontsize=_TEXT, fontweight="bold", loc="left")
    axes.set_xlabel("1 is the peer; less is better", color=ink, fontsize=_TEXT)
    axes.set_xlim(0, max(1.1, *rows.values()) * 1.05)
    axes.set_ylim(len(rows) - 0.5, -0.9)
    axes.set_yticks([])
    axes.tick_params(colors=ink, labelsize=_TEXT)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(ink)
    picture = io.StringIO()
    figure.savefig(picture, format="svg", transparent=True, metadata={"Date": None})
    return picture.getvalue()
