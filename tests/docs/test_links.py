"""What `make docs-check` says of the links of a built site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.links import dead_links


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "index.html").write_text('<h2 id="there">There</h2>')
    return tmp_path


@pytest.mark.parametrize(
    "target",
    [
        "../index.html",
        "../index.html#there",
        "..",
        "#own",
        "https://example.com/nowhere",
        "mailto:a@example.com",
        "../",
    ],
)
def test_a_link_that_leads_somewhere_or_out_of_the_site_is_no_fault(site: Path, target: str) -> None:
    (site / "deep" / "page.html").write_text(f'<p id="own"><a href="{target}">on</a>')
    assert dead_links(site) == []


@pytest.mark.parametrize("target", ["index.html", "../index.html#nowhere", "#nowhere", "../deep/missing.svg"])
def test_a_link_that_leads_nowhere_is_said_with_its_page(site: Path, target: str) -> None:
    (site / "deep" / "page.html").write_text(f'<img src="../index.html"><a href="{target}">on</a>')
    assert dead_links(site) == [f"deep/page.html links to {target}, which is not there"]


def test_an_image_that_is_missing_is_a_fault(site: Path) -> None:
    (site / "page.html").write_text('<img src="plot.svg">')
    assert dead_links(site) == ["page.html links to plot.svg, which is not there"]
