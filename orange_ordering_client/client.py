"""The client: puts the parts together, and has no rules of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import unquote

import attrs

from orange_ordering_client._generated.registry import Resources
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.later import Later
from orange_ordering_client.logs import log_to_stderr
from orange_ordering_client.operation import Operation, Query
from orange_ordering_client.pagination import DEFAULT_WIDTH
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.response import Answer
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.session import Session
from orange_ordering_client.settings import (
    DEFAULT_LANGUAGE,
    DEFAULT_TIMEOUT,
    CallOptions,
    Language,
    Settings,
    check_headers,
    check_language,
    environment,
    how_to_set,
)
from orange_ordering_client.text import safe_repr
from orange_ordering_client.transport.sender import DEFAULT_MAX_SIZE, Sender

# Loaded on use, or when the annotations are evaluated.
if TYPE_CHECKING:
    import httpx

    import orange_ordering_client.catalog as _catalog
    import orange_ordering_client.fleet.protocols as _fleet
    import orange_ordering_client.hooks as _hooks
    import orange_ordering_client.requests as _requests
else:
    httpx = Later("httpx")
    _catalog = Later("orange_ordering_client.catalog")
    _fleet = Later("orange_ordering_client.fleet.protocols")
    _hooks = Later("orange_ordering_client.hooks")
    _requests = Later("orange_ordering_client.requests")

__all__ = ["OrderingClient"]


class _Unchanged:
    def __repr__(self) -> str:
        return "unchanged"


_UNCHANGED: Final = _Unchanged()


class OrderingClient(Resources):
    """The Ordering for Business API of Orange Business, v3.1.

    Use it in `async with`, in one event loop; any number of tasks may share it.

    Args:
        client_id, client_secret: OAuth 2.0 client credentials (FACTS G3).
        api_key: sent as `X-API-Key` (FACTS G3).
        base_url, token_url: https, or http to this machine; both default to Orange's production.
        scope: `b2b:ordering`, or `b2b:ordering:readonly` to follow only (FACTS P3).
        language: `en` or `fr`, of texts in answers (FACTS P3).
        timeout: seconds of one call, pauses and retries included.
        retry: None turns retries off.
        fetch_ahead: pages of a list that are requested or in memory at once while `async for` reads it, 1 to 8; 1 reads
            one after the other.
        max_response_size: bytes of a response after decompression; errors and tokens have at most 1 MiB.
        http_client: an `httpx.AsyncClient` of yours, for proxies, certificates or transports. You close it.
        hooks: called for every attempt, with typed records.
        fleet: shares orders, token and rate-limit cooldown with the clients of other processes: a `PostgresFleet`.
        clock: the source of time and jitter, for tests.

    Raises:
        ConfigurationError: a setting is missing or unusable; the message says how to set it.
        InvalidArgument: unknown language, or a timeout that is no positive number.
    """

    def __init__(
        self,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        token_url: str | None = None,
        scope: str | None = None,
        language: Language = DEFAULT_LANGUAGE,
        timeout: float = DEFAULT_TIMEOUT,
        retry: RetryPolicy | None = RetryPolicy(),  # noqa: B008 -- frozen, so sharing one is safe
        fetch_ahead: int = DEFAULT_WIDTH,
        max_response_size: int = DEFAULT_MAX_SIZE,
        http_client: httpx.AsyncClient | None = None,
        hooks: _hooks.Hooks | None = None,
        fleet: _fleet.Fleet | None = None,
        clock: Clock | None = None,
    ) -> None:
        log_to_stderr()
        settings = Settings.of(
            client_id=client_id,
            client_secret=client_secret,
            api_key=api_key,
            base_url=base_url,
            token_url=token_url,
            scope=scope,
        )
        options = CallOptions(language=language, timeout=timeout, retry=retry, fetch_ahead=fetch_ahead)
        session = Session(settings, Sender(http_client, max_size=max_response_size), hooks, clock or Clock(), fleet)
        self._pipeline = Pipeline(session, options)
        super().__init__(self._pipeline)

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """Make a client from ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET and ORANGE_API_KEY.

        ORANGE_ORDERING_BASE_URL, ORANGE_OAUTH_TOKEN_URL, ORANGE_ORDERING_SCOPE and ORANGE_ACCEPT_LANGUAGE are optional.

        Args:
            options: arguments of the constructor; they override the environment.

        Raises:
            ConfigurationError: a variable is missing or unusable; the message names it.
        """
        found: dict[str, Any] = {**environment()}
        if "language" in found and "language" not in options:
            try:
                check_language(found["language"])
            except InvalidArgument as error:
                raise ConfigurationError(f"{error} {how_to_set('language')}") from None
        return cls(**{**found, **options})

    def with_options(
        self,
        *,
        language: Language | _Unchanged = _UNCHANGED,
        timeout: float | _Unchanged = _UNCHANGED,
        retry: RetryPolicy | _Unchanged | None = _UNCHANGED,
        fetch_ahead: int | _Unchanged = _UNCHANGED,
        headers: Mapping[str, str] | _Unchanged = _UNCHANGED,
    ) -> Self:
        """A view of this client with other options; connections, token and rate-limit pause stay shared.

        Args:
            language: `en` or `fr`.
            timeout: seconds of one call.
            retry: None turns retries off.
            fetch_ahead: pages of a list that are requested or in memory at once, 1 to 8.
            headers: sent with every call of the view, such as a correlation id; they replace those it had. Headers that
                the SDK sets itself (credentials, Host, Content-Length, Accept-Language, ...) are refused.

        Raises:
            InvalidArgument: one of them is unusable.
        """
        mine = self._pipeline.options
        options = CallOptions(
            language=mine.language if isinstance(language, _Unchanged) else language,
            timeout=mine.timeout if isinstance(timeout, _Unchanged) else timeout,
            retry=mine.retry if isinstance(retry, _Unchanged) else retry,
            fetch_ahead=mine.fetch_ahead if isinstance(fetch_ahead, _Unchanged) else fetch_ahead,
            headers=mine.headers if isinstance(headers, _Unchanged) else check_headers(headers),
        )
        view = object.__new__(type(self))
        # What a subclass has added is kept. Resources are made again, because they belong to their view.
        kept = ((name, value) for name, value in self.__dict__.items() if not _is_cached(type(self), name))
        view.__dict__.update(kept)
        view._pipeline = Pipeline(self._pipeline.session, options)
        Resources.__init__(view, view._pipeline)
        return view

    @cached_property
    def requests(self) -> _requests.Requests:
        """Requests: list, get, create, submit, submit_many, wait, watch."""
        from orange_ordering_client.requests import Requests

        return Requests(self._pipeline)

    @cached_property
    def catalog(self) -> _catalog.Catalog:
        """Catalog: list, get, validate."""
        from orange_ordering_client.catalog import Catalog

        return Catalog(self._pipeline)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer[Any]:
        """Make a call that is not in the description, through the whole pipeline.

        Args:
            method: HTTP method. Only GET, HEAD and OPTIONS are repeated when their outcome is unknown.
            path: under the base URL, such as `/orders`; percent-encode the values in it.
            query: parameters; several values are separated by commas.
            body: anything that JSON can hold.
            headers: added to those of this view; not those that the SDK sets itself.

        Raises:
            InvalidArgument: the method is not an HTTP method, or the path is not under the base URL.
            OrderingError: its subclass says what went wrong.
        """
        operation = Operation(id=f"{method} {path}", method=_method(method), path=_literal(path))
        pipeline = self._pipeline
        if headers is not None:
            merged = {**pipeline.options.headers, **check_headers(headers)}
            pipeline = Pipeline(pipeline.session, attrs.evolve(pipeline.options, headers=merged))
        return await pipeline.answer(operation, _as_is, query=query, body=body)

    async def aclose(self) -> None:
        """Close the connections of all views. An http client of yours stays open."""
        await self._pipeline.session.aclose()

    async def __aenter__(self) -> Self:
        self._pipeline.session.check_usable()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        settings, options = self._pipeline.session.settings, self._pipeline.options
        return f"<OrderingClient {settings.base_url} language={options.language} timeout={options.timeout:g}>"


def _is_cached(kind: type, name: str) -> bool:
    return isinstance(getattr(kind, name, None), cached_property)


def _method(method: object) -> str:
    if not isinstance(method, str) or not re.fullmatch(r"[A-Za-z]+", method):
        raise InvalidArgument(f"{safe_repr(method)} is not an HTTP method, such as 'GET'.")
    return method.upper()


def _literal(path: object) -> str:
    # Only characters of a path (RFC 3986, section 3.3), and no dot segments, also after decoding as a server may do it.
    if (
        not isinstance(path, str)
        or not re.fullmatch(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*", path)
        or any(part in (".", "..") for part in re.split(r"[/\\]", unquote(path)))
    ):
        raise InvalidArgument(
            f"{safe_repr(path)} is not a path under the base URL: start with '/', give the query as query=."
        )
    return path


def _as_is(data: Any) -> Any:
    return data
