"""Proxies and certificates of the environment, which httpx reads for its own transports only."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from urllib.request import getproxies

import httpx

from orange_ordering_client.errors import ConfigurationError

__all__ = ["proxy_mounts", "tls_context"]


def tls_context() -> ssl.SSLContext:
    """Return the TLS context of httpx: certificates are verified, with SSL_CERT_FILE or SSL_CERT_DIR if set.

    Raises:
        ConfigurationError: SSL_CERT_FILE, or certifi without it, does not name readable certificates.
    """
    try:
        return httpx.create_ssl_context()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        place = (
            "SSL_CERT_FILE in the environment names" if os.environ.get("SSL_CERT_FILE") else "The package certifi has"
        )
        raise ConfigurationError(
            f"{place} no usable certificates ({error}). Give the path of a file in PEM format in SSL_CERT_FILE."
        ) from None


def proxy_mounts(
    transport: Callable[[httpx.Proxy | None], httpx.AsyncBaseTransport],
) -> dict[str, httpx.AsyncBaseTransport | None]:
    """Read HTTPS_PROXY, ALL_PROXY and NO_PROXY (or the system's settings) as httpx does; return `mounts` of a client.

    Plain http never uses a proxy, because the settings allow it to this machine only.

    Args:
        transport: function that returns a transport with a proxy.

    Raises:
        ConfigurationError: a variable is unusable; the message names it.
    """
    found = getproxies()
    bypassed = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    if "*" in bypassed:
        return {}
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {"http://": None}
    for scheme in ("https", "all"):
        if address := found.get(scheme):
            mounts[f"{scheme}://"] = _through(scheme, address, transport)
    for host in bypassed:
        pattern = _pattern(host)
        try:
            httpx.AsyncClient(mounts={pattern: None}, transport=httpx.AsyncBaseTransport())
        except (httpx.InvalidURL, ValueError):
            raise ConfigurationError(
                f"{_variable('no')} in the environment has {host!r}, which is no host name or address. Leave it out;"
                " ranges of addresses are not supported."
            ) from None
        mounts[pattern] = None
    return mounts


def _through(
    scheme: str, address: str, transport: Callable[[httpx.Proxy | None], httpx.AsyncBaseTransport]
) -> httpx.AsyncBaseTransport:
    # The address may contain a password, so neither it nor an exception that quotes it is shown.
    try:
        return transport(httpx.Proxy(address if "://" in address else f"http://{address}"))
    except ImportError:
        fault = "asks for a SOCKS proxy, which needs another package: pip install 'httpx[socks]'"
    except (httpx.InvalidURL, ValueError):
        fault = "is no URL of a proxy; give http://host:port, https://host:port or socks5://host:port"
    raise ConfigurationError(f"{_variable(scheme)} in the environment {fault}.")


def _pattern(host: str) -> str:
    if "://" in host:
        return host
    try:
        version = ip_address(host.strip("[]")).version
    except ValueError:
        return f"all://{host}" if host.lower() == "localhost" else f"all://*{host}"
    return f"all://{host}" if version == 4 else f"all://[{host.strip('[]')}]"


def _variable(scheme: str) -> str:
    name = f"{scheme}_proxy"
    return name if name in os.environ else name.upper()
