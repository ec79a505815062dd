"""What the site has beyond the pages as they are written: MkDocs calls the functions by their names.

A page holds a marker such as `<!-- generated: operations -->`, which is replaced when the site is built.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

# MkDocs finds modules beside this one.
import described
import names
import plots
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent.parent
MERMAID = ROOT / "build" / "mermaid" / "package" / "dist" / "mermaid.min.js"
DESCRIPTION = ROOT / "orange_ordering_client" / "_generated" / "description.json"
MEASURED = ROOT / "build" / "bench.json"
COMMITTED = Path(__file__).parent / "bench.json"
"""The figures of docs/performance.md, for whoever has not run `make bench`."""

_MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not a page: Mermaid, and the plots."""
    if not MERMAID.exists():
        raise PluginError(f"{MERMAID.relative_to(ROOT)} is missing; `make docs` fetches it.")
    files.append(File.generated(config, "assets/mermaid.js", abs_src_path=str(MERMAID)))
    figures = json.loads(_bench().read_text())
    for path, picture in plots.drawn(figures).items():
        files.append(File.generated(config, path, content=picture))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace the markers of a page."""
    return _MARKER.sub(lambda found: _generated(found[1]), markdown)


def on_post_page(output: str, *, page: Page, **_: Any) -> str:
    """Load Mermaid on pages that have a diagram, and on no other: it is large."""
    if 'class="diagram"' not in output:
        return output
    up = "../" * page.url.count("/")
    scripts = "".join(f'<script src="{up}assets/{name}"></script>' for name in ("mermaid.js", "diagrams.js"))
    return output.replace("</body>", f"{scripts}</body>")


def _generated(what: str) -> str:
    if what == "operations":
        return described.operations(json.loads(DESCRIPTION.read_text()))
    if what == "errors":
        return described.errors(json.loads(DESCRIPTION.read_text()))
    if what == "measured":
        return plots.origin(_bench() is MEASURED)
    return "\n\n".join(f"::: {name}" for name in names.group(what))


def _bench() -> Path:
    return MEASURED if MEASURED.exists() else COMMITTED
