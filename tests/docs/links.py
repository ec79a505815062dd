"""The links of a built site."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["dead_links"]


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.names.update(value for key in ("id", "name") if (value := found.get(key)))
        self.targets += [value for key in ("href", "src") if (value := found.get(key))]


def dead_links(site: Path) -> list[str]:
    """What the pages of a site refer to within it, and is not there; each a sentence.

    Args:
        site: the directory of the pages. Addresses elsewhere are not asked for.
    """
    pages = {page.resolve(): _read(page) for page in site.rglob("*.html")}
    faults: list[str] = []
    for page, collector in pages.items():
        for target in sorted(set(collector.targets)):
            link = urlsplit(target)
            if (
                link.scheme or link.netloc or page.name == "404.html"
            ):  # The page for what is missing is served anywhere.
                continue
            there = (page.parent / unquote(link.path)).resolve() if link.path else page
            if there.is_dir():
                there /= "index.html"
            fragment = unquote(link.fragment)
            missing = there in pages and fragment and fragment not in pages[there].names and fragment != "__top"
            if not there.exists() or missing:
                faults.append(f"{page.relative_to(site.resolve())} links to {target}, which is not there")
    return faults


def _read(page: Path) -> _Collector:
    collector = _Collector()
    collector.feed(page.read_text())
    return collector
