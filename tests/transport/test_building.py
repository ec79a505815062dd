"""building: requests that nobody can tell from those of httpx but by what they cost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orange_ordering_client.transport import backend, building
from orange_ordering_client.transport.building import build, parse

ORIGINS = st.sampled_from(
    [
        "https://api.orange.com",
        "http://127.0.0.1:8000",
        "http://localhost:80",
        "https://api.orange.com:443",
        "HTTPS://API.Orange.com",
        "https://[::1]:8000",
        "https://user:word@host",
        "https://bücher.example",
        "https://a b",
        "https://host:port",
        "https://1.2.3",
        "https://[::x]",
        "https://",
        "ftp://host",
        "host",
        "",
    ]
)
TARGETS = st.text(alphabet="/.?#%&=+,;:@!$'()*~-_aZ09 \"<>\\^`{|}[]\x00\x7fé\ud800", max_size=30)
TIMEOUT = {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0}


def outcome(read: Any, *given: Any) -> Any:
    try:
        made = read(*given)
    except (httpx.InvalidURL, UnicodeError) as error:
        return type(error)
    return made, str(made), made.raw_path, made.raw_host, made.netloc, made.port, made.userinfo, made.fragment


@given(ORIGINS, TARGETS)
@example("https://api.orange.com", "/ordering/b2b/v3/requests?status=A,B&offset=250")
@example("https://api.orange.com", "/a/../b")
@example("https://api.orange.com", "/a?b=../c")
@example("https://api.orange.com", "/a%2Fb%")
@example("https://api.orange.com", "/a?")
@example("https://api.orange.com", "/a??b")
@example("https://api.orange.com", "?a/b")
@example("https://api.orange.com", "#a/b")
@example("host", "0000/")
@example("https://api.orange.com", "/" + "x" * 70_000)
def test_a_url_is_read_as_httpx_reads_it(origin: str, target: str) -> None:
    assert outcome(parse, origin + target) == outcome(httpx.URL, origin + target)


def test_the_httpx_that_is_installed_is_known_inside() -> None:
    assert building._AS_KNOWN


def no_such_attribute(*_: object) -> httpx.URL:
    raise AttributeError("_uri_reference")


def something_else(*_: object) -> httpx.URL:
    return httpx.URL("https://a.example:1/other")


@pytest.mark.parametrize("changed", [no_such_attribute, something_else])
def test_a_httpx_that_is_another_inside_is_noticed(monkeypatch: pytest.MonkeyPatch, changed: Any) -> None:
    monkeypatch.setattr(building, "_at", changed)

    assert not building._as_known()


def test_a_httpx_that_is_another_inside_reads_urls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_AS_KNOWN", False)
    monkeypatch.setattr(building, "_at", no_such_attribute)

    assert parse("https://host/a?b") == httpx.URL("https://host/a?b")


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"type":"T"}'])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("more", [{}, {"Host": "other"}, {"content-length": "7"}, {"X-Key": "k", "accept": "text/x"}])
async def test_a_request_is_the_one_httpx_builds(method: str, content: bytes | None, more: dict[str, str]) -> None:
    url, headers = "https://api.orange.com:8443/requests?limit=1", {"User-Agent": "ours", **more}
    timeout = httpx.Timeout(2.0, connect=1.0)
    async with backend.http_client(frozenset(), verify=False) as client:
        ours = client.build_request(method, url, headers=headers, content=content, timeout=timeout)
        theirs = httpx.AsyncClient.build_request(client, method, url, headers=headers, content=content, timeout=timeout)

    assert (ours.method, ours.url, ours.extensions) == (theirs.method, theirs.url, theirs.extensions)
    assert ours.headers.raw == theirs.headers.raw
    assert await ours.aread() == await theirs.aread() == (content or b"")


@pytest.mark.parametrize(
    ("method", "headers", "content"),
    [
        ("POST", [], None),
        ("GET", [], b""),
        ("POST", [(b"Content-Length", b"2")], b"{}"),
        ("POST", [(b"Transfer-Encoding", b"chunked")], b"{}"),
        ("GET", [(b"HOST", b"other")], None),
    ],
)
def test_what_is_not_plain_is_left_to_httpx(method: str, headers: Any, content: bytes | None) -> None:
    assert build(method, "https://host/a", headers, content, TIMEOUT) is None


def test_a_url_without_a_host_is_left_to_httpx() -> None:
    assert build("GET", "https:///a", [], None, TIMEOUT) is None


def test_what_is_plain_is_not() -> None:
    made = build("POST", "https://host/a", [(b"Accept", b"x")], b"{}", TIMEOUT)

    assert made is not None
    assert made.headers.raw == [(b"Host", b"host"), (b"Accept", b"x"), (b"Content-Length", b"2")]
    assert made.extensions == {"timeout": TIMEOUT}
