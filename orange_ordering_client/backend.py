"""The http client that a client makes for itself: httpx, over connections of its own choosing."""

from __future__ import annotations

from typing import Any, Final

import httpx

from orange_ordering_client.lifo import LifoTransport

__all__ = ["http_client"]

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=5.0)
"""httpx's own, but that as many connections are kept as may be open: opening one anew costs a TLS handshake."""


class _LifoClient(httpx.AsyncClient):
    # These two methods are where httpx makes its transports: with `transport=` it would not look for proxies in the
    # environment. Were they renamed, httpx's own transport would serve instead.

    def _init_transport(self, *_: Any, transport: Any = None, **options: Any) -> httpx.AsyncBaseTransport:
        return transport or LifoTransport(**options)

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        return LifoTransport(proxy=proxy, **options)


class _AiohttpClient(_LifoClient):
    def _init_transport(self, *_: Any, transport: Any = None, **options: Any) -> httpx.AsyncBaseTransport:
        from orange_ordering_client.over_aiohttp import AiohttpTransport

        return transport or AiohttpTransport(verify=options["verify"], limits=options["limits"])

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        from orange_ordering_client.over_aiohttp import AiohttpTransport

        if not proxy.url.scheme.startswith("http"):
            # aiohttp speaks to no other kind of proxy (SOCKS); httpx does, with its own extra.
            return super()._init_proxy_transport(proxy, **options)
        return AiohttpTransport(verify=options["verify"], limits=options["limits"], proxy=proxy)


def http_client(extras: frozenset[str], **options: Any) -> httpx.AsyncClient:
    """Make an http client: TLS verified, proxies from the environment, whatever carries it.

    Args:
        extras: with `aiohttp`, aiohttp carries the calls.
        options: what `httpx.AsyncClient` takes.
    """
    kind = _AiohttpClient if "aiohttp" in extras else _LifoClient
    # One TLS context for all transports, those of proxies too: each takes its time to make.
    given: dict[str, Any] = {"limits": _LIMITS, **options}
    if "verify" not in given:
        given["verify"] = httpx.create_ssl_context()
    return kind(**given)
