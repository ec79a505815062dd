"""Open the built site in a browser, as a reader would: `make docs-check`.

Every page, on a phone and on a desktop, in light and in dark: nothing on the console, nothing fetched from elsewhere,
no scrolling sideways, no text smaller than 14 px or too weak to read. Every link leads somewhere; search finds things.
Exit 1: something is wrong; 2: there is no browser or no site.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from tests.docs.links import dead_links

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENS = {"phone": (360, 740), "desktop": (1280, 900)}
SMALLEST = 14
WEAKEST = 4.5
"""Contrast of text, by WCAG 2.2, level AA."""
LOOKS = (Path(__file__).parent / "looks.js").read_text()
WAIT = 10_000
"""Milliseconds for anything to appear."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: faults are reported by who sees them."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a directory on this machine, and give its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def found_browser() -> str | None:
    """The browser that BROWSER names, or the first that is installed."""
    candidates = [os.environ["BROWSER"]] if os.environ.get("BROWSER") else BROWSERS
    return next(filter(None, map(shutil.which, candidates)), None)


def look_at(browser: Browser, url: str, pages: Sequence[str]) -> list[str]:
    """Open every page on every screen in both colour schemes; the faults, each a sentence."""
    faults: list[str] = []
    for screen, (width, height) in SCREENS.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.add_init_script("localStorage.clear()")  # Each page as on a first visit.
        said = _listen(page, url)
        for path in pages:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.goto(f"{url}/{path}")
                try:
                    _settle(page, scheme)
                except TookTooLong:
                    faults.append(f"{path} ({screen}, {scheme}) does not get its colours and diagrams")
                    continue
                seen = page.evaluate(f"({LOOKS})({{ smallest: {SMALLEST}, weakest: {WEAKEST} }})")
                if seen["dark"] != (scheme == "dark"):
                    said.append(f"is {'dark' if seen['dark'] else 'light'} where the reader wants it {scheme}")
                faults += [f"{path} ({screen}, {scheme}) {fault}" for fault in [*said, *seen["faults"]]]
                said.clear()
        context.close()
    return faults


def change_colours(browser: Browser, url: str) -> list[str]:
    """Change from light to dark by the page's own button."""
    page = browser.new_page(color_scheme="light")
    page.goto(f"{url}/retry.html")
    _settle(page, "light")
    before = page.locator("pre.diagram svg").first.inner_html()
    page.get_by_title("Dark").click()
    try:
        _settle(page, "dark")
    except TookTooLong:
        return ["the button for dark does not make the page and its diagrams dark"]
    faults = []
    if page.locator("pre.diagram svg").first.inner_html() == before:
        faults.append("the button for dark leaves diagrams light")
    page.close()
    return faults


def search(browser: Browser, url: str, words: str, *, expected: str | None) -> list[str]:
    """Search as a reader does, and follow the first result.

    Args:
        browser: any.
        url: of the site.
        words: typed into the search box.
        expected: text of the page that the first result leads to; None if nothing is to be found.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    # What is typed before the index is loaded is not searched for.
    page.goto(f"{url}/index.html", wait_until="networkidle")
    page.keyboard.press("/")
    page.locator("input.md-search__input:focus").press_sequentially(words)
    results = page.locator(".md-search-result__list > li a.md-search-result__link")
    try:
        if expected is None:
            page.get_by_text("No matching documents").wait_for(timeout=WAIT)
            return []
        results.first.wait_for(timeout=WAIT)
        page.goto(str(results.first.evaluate("each => each.href")))
        if expected not in page.locator("article").inner_text():
            return [f"the first result for {words!r} is {page.url}, which does not have {expected!r}"]
    except TookTooLong:
        return [f"search finds {results.count()} pages for {words!r}"]
    else:
        return []
    finally:
        page.close()


def _listen(page: Page, url: str) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on("requestfailed", lambda request: said.append(f"does not load {request.url}"))
    page.on("response", lambda answer: answer.status >= 400 and said.append(f"{answer.status} for {answer.url}"))
    page.on("request", lambda request: _is_elsewhere(request.url, url) and said.append(f"fetches {request.url}"))
    return said


def _is_elsewhere(address: str, url: str) -> bool:
    return not address.startswith((url, "data:", "blob:"))


def _settle(page: Page, scheme: str) -> None:
    name = {"light": "default", "dark": "slate"}[scheme]
    page.wait_for_function(
        """name => document.body.getAttribute("data-md-color-scheme") === name
            && [...document.querySelectorAll("pre.diagram")].every(each => each.dataset.drawn === name)""",
        arg=name,
        timeout=WAIT,
    )
    page.wait_for_timeout(300)  # Colours fade.


def main(site: Path) -> int:
    """Check a built site; see the module."""
    pages = sorted(str(page.relative_to(site)) for page in site.rglob("*.html") if page.name != "404.html")
    if not pages:
        print(f"There is no site in {site}; `make docs` builds it.", file=sys.stderr)
        return 2
    executable = found_browser()
    if executable is None:
        print(
            "There is no browser: `apt-get install chromium`, or name one: BROWSER=/path/to/chrome make docs-check",
            file=sys.stderr,
        )
        return 2
    faults = dead_links(site)
    with served(site) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        faults += look_at(browser, url, pages)
        faults += change_colours(browser, url)
        faults += search(browser, url, "customer_reference", expected="customer_reference")
        faults += search(browser, url, "OutcomeUnknown", expected="OutcomeUnknown")
        faults += search(browser, url, "qqzzxv", expected=None)
        browser.close()
    for fault in faults:
        print(fault)
    looks = f"{len(pages)} pages, {', '.join(SCREENS)}, light and dark"
    print(f"{looks}: {len(faults)} faults" if faults else f"{looks}: nothing is wrong")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
