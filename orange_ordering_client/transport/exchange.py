"""One HTTP exchange: the only room that knows httpx."""

from __future__ import annotations

import asyncio
import copy
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import attrs

from orange_ordering_client._version import __version__
from orange_ordering_client.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionBroken,
    ConnectionFailed,
    DecodeError,
    InvalidArgument,
    OrderingError,
)
from orange_ordering_client.settings import Secret
from orange_ordering_client.transport.codec import json_reader
from orange_ordering_client.transport.foreign import foreign_failures, never_connected

if TYPE_CHECKING:
    import httpx

__all__ = ["Exchange", "Reply"]

_CONNECT_TIMEOUT = 10.0
_USER_AGENT = f"orange-ordering-client/{__version__} Python/{sys.version.split()[0]}"


@attrs.frozen(eq=False, repr=False)
class Reply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float


class Exchange:
    """Sends attempts and says, where one fails, whether it had begun to leave.

    Args:
        http_client: used as it is and never closed here; None makes one, with httpx's defaults (TLS verified, proxies
            from the environment, which plain http to this machine itself never goes through).
        extras: those to use: `aiohttp` for a http client made here, `fast` for reading JSON.

    Attributes:
        read_json: what reads the bodies of answers.
    """

    def __init__(self, http_client: httpx.AsyncClient | None = None, *, extras: frozenset[str] = frozenset()) -> None:
        import httpx

        if http_client is not None and not isinstance(http_client, httpx.AsyncClient):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
            raise ConfigurationError(f"http_client must be an httpx.AsyncClient, not {type(http_client).__name__}.")
        self._httpx = httpx
        self.read_json = json_reader(extras)
        self._owned = http_client is None
        # Settings allow plain http to loopback only; a proxy from the environment would carry it off, readable.
        if http_client is None:
            from orange_ordering_client.transport import backend

            http_client = backend.http_client(extras, mounts={"http://": None})
        self._client: httpx.AsyncClient = http_client
        self._discreet = _without_hooks(self._client)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | Secret],
        content: bytes | None,
        timeout: float,
    ) -> Reply | OrderingError:
        """Send one business call; a failure is returned, not raised, so that it carries no frames that hold secrets.

        Args:
            method, url: where to; absolute, with its query.
            headers: sent over those of the http client.
            content: the body, JSON.
            timeout: seconds for the whole attempt.

        Raises:
            InvalidArgument: no URL can be made of it, or none so long.
            ClientClosed: the http client was closed by whoever owns it.
        """
        request = self._build(method, url, headers, content, timeout)
        if isinstance(request, InvalidArgument):
            raise request
        return await self._attempt(self._client, request, None, timeout)

    async def send_form(
        self, url: str, form: Mapping[str, str], *, user: str, password: Secret, timeout: float
    ) -> Reply | OrderingError:
        """Send a form with HTTP Basic, past the caller's event hooks, cookies and default headers."""
        request = self._discreet.build_request(
            "POST",
            url,
            data=form,
            headers={"Accept": "application/json", "User-Agent": _USER_AGENT},
            timeout=self._timeouts(timeout),
        )
        return await self._attempt(self._discreet, request, self._httpx.BasicAuth(user, password.reveal()), timeout)

    async def aclose(self) -> None:
        """Close the http client, if it was made here."""
        if self._owned:
            await self._client.aclose()

    def _build(
        self, method: str, url: str, headers: Mapping[str, str | Secret], content: bytes | None, timeout: float
    ) -> httpx.Request | InvalidArgument:
        # A frame of its own, gone before anything is raised: a traceback that shows locals must not show these.
        shown = {name: value.reveal() if isinstance(value, Secret) else value for name, value in headers.items()}
        try:
            return self._client.build_request(
                method,
                url,
                headers={"User-Agent": _USER_AGENT, **shown},
                content=content,
                timeout=self._timeouts(timeout),
            )
        except (self._httpx.InvalidURL, UnicodeError) as error:
            return InvalidArgument(f"No URL can be made of the path and query: {_name(error)}.")

    def _timeouts(self, timeout: float) -> httpx.Timeout:
        # Connecting and waiting for the pool end a little before the whole attempt does: they are the failures after
        # which it is certain that nothing was sent.
        return self._httpx.Timeout(timeout, connect=min(_CONNECT_TIMEOUT, timeout * 0.9), pool=timeout * 0.9)

    async def _attempt(
        self, client: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None, timeout: float
    ) -> Reply | OrderingError:
        httpx = self._httpx
        if self._client.is_closed:
            raise ClientClosed("The http client that this client was given is closed.")
        response = None
        failure: OrderingError
        started = time.perf_counter()
        try:
            async with asyncio.timeout(timeout):
                # An `auth` given here, even None, keeps that of the http client away from our credentials.
                response = await client.send(request, auth=auth, follow_redirects=False, stream=True)
                try:
                    body = await _whole(response)
                finally:
                    await response.aclose()
        except (httpx.TransportError, *foreign_failures()) as error:
            failure = self._failure(error)
        except UnicodeError as error:
            # httpx reads the target of a redirect even when it is not to follow it, and lets this one through.
            failure = ConnectionBroken(f"The answer points to an address that is none: {type(error).__name__}.")
        except TimeoutError:
            failure = ConnectionBroken(f"No whole answer came within {timeout:.3g} s.")
        except httpx.DecodingError as error:
            failure = DecodeError(f"its content encoding is broken ({_name(error)})", body=b"")
        except asyncio.CancelledError as error:
            # Without the frames of the layers below, whose locals hold what is being written to the socket.
            raise error.with_traceback(None)  # noqa: B904 -- it is the same exception, not one caused by it
        else:
            return Reply(response.status_code, response.headers, body, time.perf_counter() - started)
        if response is None:
            return failure
        if not response.is_success:
            # A body lost on the way does not hide a status that says it all.
            return Reply(response.status_code, response.headers, b"", time.perf_counter() - started)
        if isinstance(failure, DecodeError):
            failure.status, failure.headers = response.status_code, response.headers
        return failure

    def _failure(self, error: Exception) -> OrderingError:
        httpx = self._httpx
        connecting = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
        if isinstance(error, connecting) and never_connected(error):
            return ConnectionFailed(f"The API could not be reached: {_name(error)}. Nothing was sent.")
        if isinstance(error, httpx.UnsupportedProtocol):
            return ConnectionFailed(f"The http client cannot speak to this address: {_name(error)}.")
        # Its name alone: the text may quote what came instead of an answer, and that may quote what we sent.
        return ConnectionBroken(f"The connection failed while the call was under way: {type(error).__name__}.")


async def _whole(response: httpx.Response) -> bytes:
    if response.is_stream_consumed or "content-encoding" in response.headers:
        return await response.aread()
    # Nothing to unpack: the parts as they come, past the layers that would.
    return b"".join([part async for part in cast("httpx.AsyncByteStream", response.stream)])


def _without_hooks(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same transports, pool and proxies, without the caller's event hooks, cookies, headers and parameters.

    A shallow copy shares what matters, also for clients of a subclass; it is never closed.
    """
    twin = copy.copy(client)
    twin.event_hooks = {}
    twin.headers = {}
    twin.cookies = {}
    twin.params = {}
    return twin


def _name(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__} ({text[:120]})" if text else type(error).__name__
