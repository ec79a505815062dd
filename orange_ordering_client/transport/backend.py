"""The http client that a client makes for itself: httpx, over connections of its own choosing."""

from __future__ import annotations

from typing import Any, Final

import httpx

from orange_ordering_client.transport.building import build
from orange_ordering_client.transport.lifo import LifoTransport

__all__ = ["http_client"]

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=5.0)
"""httpx's own, but that as many connections are kept as may be open: opening one anew costs a TLS handshake."""

_AS_KNOWN: Final = all(hasattr(httpx.AsyncClient, name) for name in ("_transport_for_url", "_build_redirect_request"))
"""Whether httpx is inside as it was when its detours were cut short here; if not, it goes its own ways."""


_HEADERS_ONLY: Final = {"headers", "content", "timeout"}
_PLAIN: Final = {"stream": True, "auth": None, "follow_redirects": False}


class _LifoClient(httpx.AsyncClient):
    # These two methods are where httpx makes its transports: with `transport=` it would not look for proxies in the
    # environment. Were they renamed, httpx's own transport would serve instead.

    def _init_transport(self, *_: Any, transport: Any = None, **options: Any) -> httpx.AsyncBaseTransport:
        return transport or LifoTransport(**options)

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        return LifoTransport(proxy=proxy, **options)

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        """Build a request as httpx would, at a third of its cost where there is nothing to merge but headers."""
        only_headers = options.keys() == _HEADERS_ONLY and not self.params and not self.base_url.host
        if not only_headers or not isinstance(url, str) or any(True for _ in self.cookies.jar):
            return super().build_request(method, url, **options)
        given = {name.encode("ascii"): value.encode("ascii") for name, value in options["headers"].items()}
        names = {name.lower() for name in given}
        headers = [(name, value) for name, value in self.headers.raw if name.lower() not in names]
        timeout = httpx.Timeout(options["timeout"]).as_dict()
        built = build(method, url, [*headers, *given.items()], options["content"], timeout)
        return super().build_request(method, url, **options) if built is None else built

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send as httpx would, without asking a cookie jar about an answer that sets none."""
        hooks = self.event_hooks
        if options != _PLAIN or hooks["request"] or hooks["response"] or not _AS_KNOWN:
            return await super().send(request, **options)
        response = await self._transport_for_url(request.url).handle_async_request(request)
        response.request = request
        try:
            if "set-cookie" in response.headers:
                self.cookies.extract_cookies(response)
            if response.has_redirect_location:
                response.next_request = self._build_redirect_request(request, response)
        except BaseException:
            await response.aclose()
            raise
        return response


class _AiohttpClient(_LifoClient):
    def _init_transport(self, *_: Any, transport: Any = None, **options: Any) -> httpx.AsyncBaseTransport:
        from orange_ordering_client.transport.over_aiohttp import AiohttpTransport

        return transport or AiohttpTransport(verify=options["verify"], limits=options["limits"])

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        from orange_ordering_client.transport.over_aiohttp import AiohttpTransport

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
