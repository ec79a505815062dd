"""proxies: what the environment says of proxies and certificates, and what is said where it cannot be used."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import httpx
import pytest

from orange_ordering_client import ConfigurationError, OrderingClient, aiohttp_client
from orange_ordering_client.transport.proxies import proxy_mounts
from tests.calls import API_KEY, CLIENT_ID, SECRET

NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": SECRET, "api_key": API_KEY}


def make_client() -> OrderingClient:
    return OrderingClient(**CREDENTIALS)


@pytest.mark.parametrize("make", [make_client, aiohttp_client])
@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE .* names no usable certificates"),
        ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE .* names no usable certificates"),
        ("ALL_PROXY", "socks://user:hidden@h:1", "ALL_PROXY in the environment is no URL of a proxy"),
        ("all_proxy", "socks://h:1", "all_proxy in the environment is no URL of a proxy"),
        ("HTTPS_PROXY", "ftp://h:1", "HTTPS_PROXY in the environment is no URL of a proxy"),
        ("HTTPS_PROXY", "http://h:hidden", "HTTPS_PROXY in the environment is no URL of a proxy"),
        ("HTTPS_PROXY", "http://[::1", "HTTPS_PROXY in the environment is no URL of a proxy"),
        (
            "NO_PROXY",
            "fd00::/8",
            "no host name or address. Leave it out; ranges of addresses are not supported.$",
        ),
        ("no_proxy", "a,https://[::1", r"no_proxy in the environment has 'https://\[::1'"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str, make: Any
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=told) as raised:
        make()
    assert "hidden" not in str(raised.value)


def test_certificates_that_certifi_lost_are_not_blamed_on_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certifi.where", lambda: "/nowhere/cacert.pem")

    with pytest.raises(ConfigurationError, match=r"^The package certifi has no usable .* in SSL_CERT_FILE\.$"):
        make_client()


def test_an_empty_environment_keeps_plain_http_from_proxies_and_says_no_more() -> None:
    assert proxy_mounts(httpx.AsyncHTTPTransport) == {"http://": None}


def test_a_socks_proxy_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("socksio"):
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setenv("ALL_PROXY", "socks5://h:1")
    with pytest.raises(ConfigurationError) as raised:
        make_client()
    assert str(raised.value) == (
        "ALL_PROXY in the environment asks for a SOCKS proxy, which needs another package: pip install 'httpx[socks]'."
    )


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_folder_without_certificates_trusts_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / folder))
    make_client()


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        ("localhost", "localhost", True),
        ("localhost", "api.localhost", False),
        ("LOCALHOST", "localhost", True),
        ("example.com", "api.example.com", True),
        ("example.com", "example.com", True),
        (".example.com", "example.com", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.0/8", "10.0.0.1", False),
        ("::1", "[::1]", True),
        ("[::1]", "[::1]", True),
        ("https://api.example.com", "api.example.com", True),
        ("*", "api.example.com", True),
        ("", "api.example.com", False),
        ("other.example", "api.example.com", False),
    ],
)
async def test_no_proxy_means_what_it_means_to_httpx(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    taken: list[str] = []

    class Named(httpx.AsyncBaseTransport):
        def __init__(self, proxy: httpx.Proxy | None) -> None:
            self.name = "direct" if proxy is None else str(proxy.url)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            taken.append(self.name)
            return httpx.Response(200)

    async with httpx.AsyncClient(transport=Named(None), mounts=proxy_mounts(Named)) as http:
        await http.get(f"https://{host}/")
        await http.get("http://localhost/")
    assert taken == ["direct" if direct else "http://proxy.invalid:3128", "direct"]
