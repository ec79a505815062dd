"""Sending of one request, and its response, over httpx. Failures say whether sending had begun."""

from __future__ import annotations

import asyncio
import copy
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import attrs

from orange_ordering_client._version import __version__
from orange_ordering_client.checks import check_integer
from orange_ordering_client.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    DecodeError,
    InvalidArgument,
    OrderingError,
    ResponseTooLarge,
)
from orange_ordering_client.secrets import Secret
from orange_ordering_client.transport.foreign import foreign_failures, never_connected

if TYPE_CHECKING:
    import httpx

    from orange_ordering_client.secrets import Secrets

__all__ = ["DEFAULT_MAX_SIZE", "RawResponse", "Sender"]

DEFAULT_MAX_SIZE: Final = 64 * 1024 * 1024
_MAX_ERROR_SIZE: Final = 1024 * 1024
"""Largest size in bytes of a response, and of an error response or a response of the token endpoint."""

_CONNECT_TIMEOUT = 10.0
_HEADERS: Final = {
    "User-Agent": f"orange-ordering-client/{__version__} Python/{sys.version.split()[0]}",
    # What `read_body` can decode.
    "Accept-Encoding": "gzip, deflate",
}
_FORM_HEADERS: Final = {**_HEADERS, "Accept": "application/json"}
_BEGAN: Final = "orange_ordering_began"
"""Request extension set here: True if sending began, so that a later failure to connect was not the only attempt."""


@attrs.frozen(eq=False, repr=False)
class RawResponse:
    """A response with any status, and the request as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    request: httpx.Request | None = None

    def secrets(self) -> Secrets:
        """Return the secrets in the request, including those that an event hook added."""
        from orange_ordering_client.secrets import NO_SECRETS, Secrets, header_secrets, url_secrets

        sent = self.request
        return NO_SECRETS if sent is None else Secrets([*header_secrets(sent.headers), *url_secrets(str(sent.url))])


class Sender:
    """A sender of requests. A failure says whether sending had begun.

    Args:
        http_client: client that is used unchanged and never closed here; None creates one with httpx's defaults (TLS
            verified, proxies from the environment, but not for plain http to this machine).
        max_size: largest size of a response in bytes.

    Raises:
        ConfigurationError: `http_client` is not an `httpx.AsyncClient`, or the environment has unusable proxies or
            certificates.
    """

    def __init__(self, http_client: httpx.AsyncClient | None = None, *, max_size: int = DEFAULT_MAX_SIZE) -> None:
        import httpx

        from orange_ordering_client.transport import bodies, opening, pool

        if http_client is not None and not isinstance(http_client, httpx.AsyncClient):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise ConfigurationError(f"http_client must be an httpx.AsyncClient, not {type(http_client).__name__}.")
        self._max_size = check_integer("max_response_size", max_size, 1, unit="bytes", fault=ConfigurationError)
        self._httpx, self._bodies, self._opening, self._pool = httpx, bodies, opening, pool
        self._owned = http_client is None
        self._client = pool.pooled_client() if http_client is None else http_client
        self._discreet = _without_hooks(self._client)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | Secret],
        content: bytes | None,
        timeout: float,
        new_connection: bool = False,
    ) -> RawResponse | OrderingError:
        """Send one request of the API. A failure is returned, not raised, so that no traceback holds secrets.

        Args:
            method, url: method and absolute URL of the request, with its query.
            headers: headers that override those of the http client.
            content: JSON body.
            timeout: seconds for the whole attempt.
            new_connection: use a connection that was never used before, if the transport allows it.

        Raises:
            InvalidArgument: the URL is invalid, or too long.
            ClientClosed: the http client was closed by its owner.
        """
        request = self._build(method, url, headers, content, timeout)
        if isinstance(request, InvalidArgument):
            raise request
        return await self._attempt(self._client, request, None, timeout, new_connection)

    async def send_form(
        self, url: str, form: Mapping[str, str], *, user: str, password: Secret, timeout: float
    ) -> RawResponse | OrderingError:
        """Send a form with HTTP Basic, without the caller's event hooks, cookies and default headers."""
        request = self._discreet.build_request(
            "POST",
            url,
            data=form,
            headers=_FORM_HEADERS,
            timeout=self._timeouts(timeout),
        )
        basic = self._httpx.BasicAuth(user, password.reveal())
        return await self._attempt(self._discreet, request, basic, timeout, new_connection=True)

    def secrets(self) -> Secrets:
        """Return the secrets in the http client: its headers, cookies, query parameters and basic authentication."""
        from orange_ordering_client.secrets import Secrets, header_secrets, url_secrets

        client = self._client
        headers = [client.headers]
        auth = client.auth
        if auth is not None and isinstance(auth, self._httpx.BasicAuth):
            # The header that the client would set. It is not sent, but a server may know its value.
            flow = auth.auth_flow(self._httpx.Request("GET", "https://x"))
            headers.append(next(flow).headers)
        url = self._httpx.URL("https://x", params=client.params)
        cookies = [cookie.value for cookie in client.cookies.jar if cookie.value]
        return Secrets([*cookies, *url_secrets(str(url)), *(one for each in headers for one in header_secrets(each))])

    async def aclose(self) -> None:
        """Close the http client if it was created here."""
        if self._owned:
            await self._client.aclose()

    def _build(
        self, method: str, url: str, headers: Mapping[str, str | Secret], content: bytes | None, timeout: float
    ) -> httpx.Request | InvalidArgument:
        # This is a separate method that returns before an error is raised, because tracebacks may show local variables.
        shown = {name: value.reveal() if isinstance(value, Secret) else value for name, value in headers.items()}
        given = {**_HEADERS, **shown}
        try:
            request = self._client.build_request(
                method, url, headers=given, content=content, timeout=self._timeouts(timeout)
            )
            if self._client.params:
                # httpx has replaced the query of the call by the client's own.
                request.url = self._httpx.URL(_merged(url, self._client.params.multi_items()))
        except (self._httpx.InvalidURL, UnicodeError) as error:
            return InvalidArgument(f"No URL can be made of the path and query: {_name(error)}.")
        return request

    def _timeouts(self, timeout: float) -> httpx.Timeout:
        # The timeouts for connecting and for the pool are shorter than that of the whole attempt, because after them it
        # is certain that nothing was sent.
        return self._httpx.Timeout(timeout, connect=min(_CONNECT_TIMEOUT, timeout * 0.9), pool=timeout * 0.9)

    async def _attempt(
        self,
        client: httpx.AsyncClient,
        request: httpx.Request,
        auth: httpx.Auth | None,
        timeout: float,
        new_connection: bool,
    ) -> RawResponse | OrderingError:
        httpx = self._httpx
        small = min(self._max_size, _MAX_ERROR_SIZE)
        if self._client.is_closed:
            raise ClientClosed("The http client that this client was given is closed.")
        response = None
        failure: OrderingError
        started = time.perf_counter()
        try:
            async with asyncio.timeout(timeout):
                response = await self._carry(client, request, auth, new_connection)
                try:
                    is_large = response.is_success and auth is None
                    body = await self._bodies.read_body(response, self._max_size if is_large else small)
                finally:
                    await response.aclose()
        except self._opening.ConnectionRefusedHere:
            failure = ConnectionBroken("A response came before the request was sent, so it is not believed.")
        except (httpx.TransportError, *foreign_failures()) as error:
            failure = self._failure(error, request, auth, began=response is not None)
        except httpx.HTTPStatusError as error:
            # An event hook of the caller's client may call `raise_for_status()`, as httpx's documentation shows.
            if error.request is request:
                body = error.response.content if error.response.is_stream_consumed else b""
                elapsed = time.perf_counter() - started
                return RawResponse(error.response.status_code, error.response.headers, body, elapsed, request)
            failure = ConnectionBroken("An event hook of the http client failed: HTTPStatusError.")
        except TimeoutError:
            failure = ConnectionBroken(f"No whole answer came within {timeout:.3g} s.")
        except (DecodeError, ResponseTooLarge) as error:
            # The traceback is removed, because its frames contain the body and the request.
            failure = error.with_traceback(None)
            failure.__context__ = None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ValueError, OSError) as error:
            # httpx parses the target of a redirect even if it does not follow it, which raises other exceptions.
            failure = ConnectionBroken(f"The response could not be read: {type(error).__name__}.")
        except asyncio.CancelledError as error:
            # The traceback is removed, because local variables in its frames contain the bytes of the request.
            raise error.with_traceback(None)  # noqa: B904 -- this is the same exception, not one caused by it
        else:
            return RawResponse(response.status_code, response.headers, body, time.perf_counter() - started, request)
        if response is None:
            return failure
        if not response.is_success:
            # If the body of an error is lost, the status alone is enough.
            return RawResponse(response.status_code, response.headers, b"", time.perf_counter() - started, request)
        if isinstance(failure, ConnectionBroken):
            failure.is_stale = False
        if isinstance(failure, DecodeError):
            failure.headers = response.headers
        if isinstance(failure, (DecodeError, ResponseTooLarge)):
            failure.status = response.status_code
        return failure

    async def _carry(
        self, client: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None, new_connection: bool
    ) -> httpx.Response:
        # Passing `auth`, even None, disables the authentication of the http client.
        send = partial(client.send, request, auth=auth, follow_redirects=False, stream=True)
        request.extensions[self._pool.NEW_CONNECTION] = new_connection
        if self._owned and not new_connection:
            return await send()
        while True:
            guard = self._opening.ConnectionGuard(refuse_used=new_connection)
            request.extensions["trace"] = guard
            try:
                return await send()
            except self._opening.ConnectionRefusedHere as refused:
                # httpcore has closed that connection, so that this loop ends when the pool has no used connection left.
                if not refused.used:
                    raise
            finally:
                request.extensions.pop("trace")
                request.extensions.setdefault(self._pool.REUSED, guard.reused)
                request.extensions[_BEGAN] = guard.began

    def _failure(
        self, error: Exception, request: httpx.Request, auth: httpx.Auth | None, *, began: bool
    ) -> OrderingError:
        httpx = self._httpx
        if not _is_about(error, request):
            # An event hook of the caller's client made a call of its own, perhaps after the response of this one.
            return ConnectionBroken(f"An event hook of the http client failed: {type(error).__name__}.")
        began = began or bool(request.extensions.get(_BEGAN))
        where = f"{request.url.host}:{request.url.port or (443 if request.url.scheme == 'https' else 80)}"
        if proxy := request.extensions.get(self._pool.PROXY):
            where += f" (through the proxy {proxy})"
        connecting = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
        if isinstance(error, connecting) and never_connected(error) and not began:
            cure = _cure(error, "ORANGE_ORDERING_BASE_URL" if auth is None else "ORANGE_OAUTH_TOKEN_URL")
            return ConnectionFailed(f"{where} could not be reached: {_name(error)}. Nothing was sent. {cure}")
        if isinstance(error, httpx.UnsupportedProtocol):
            return ConnectionFailed(f"The http client cannot speak to {where}: {_name(error)}.")
        # Only the class name is shown, because the text may quote the response, which may quote the request.
        broken = ConnectionBroken(f"The connection to {where} failed during the request: {type(error).__name__}.")
        reused = bool(request.extensions.get(self._pool.REUSED))
        broken.is_stale = reused and not isinstance(error, httpx.TimeoutException)
        return broken


def _is_about(error: Exception, request: httpx.Request) -> bool:
    """Return whether an exception of an http client belongs to a request, as far as that is known."""
    try:
        return getattr(error, "request", request) is request
    except RuntimeError:
        # httpx sets the request of every exception of a transport.
        return False


def _merged(url: str, params: list[tuple[str, Any]]) -> str:
    """Add the http client's own query parameters to a URL; those of the call have precedence."""
    given = {pair.partition("=")[0] for pair in urlsplit(url).query.split("&")}
    pairs = [(quote(name, safe=""), quote(str(value), safe="")) for name, value in params]
    more = "&".join(f"{name}={value}" for name, value in pairs if name not in given)
    return f"{url}{'&' if '?' in url else '?'}{more}" if more else url


def _without_hooks(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client with the same transports, pool and proxies, without event hooks, cookies, headers and parameters.

    A shallow copy also works for subclasses; it is never closed.
    """
    twin = copy.copy(client)
    twin.event_hooks = {}
    twin.headers = {}
    twin.cookies = {}
    twin.params = {}
    return twin


def _cure(error: BaseException, variable: str) -> str:
    # Of OpenSSL; the exceptions of httpx and aiohttp quote it.
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return (
            "If a proxy of your company replaces certificates, set SSL_CERT_FILE to a PEM file with its authority, or"
            " pass http_client=."
        )
    return f"Check the network, the proxy (HTTPS_PROXY, NO_PROXY), and the address ({variable})."


def _name(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__} ({text})" if text else type(error).__name__
