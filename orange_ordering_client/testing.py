"""Pytest fixtures over the sandbox, found by pytest once the package is installed.

- `ordering_sandbox`: a new `Sandbox` for each test; its responses are validated against the description.
- `ordering`: an `OrderingClient` of this sandbox, in process, without sockets.

Nothing is imported before a fixture is used: pytest loads the plugin in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orange_ordering_client.later import Later

if TYPE_CHECKING:
    import httpx

    import orange_ordering_client.client as _client
    import orange_ordering_client.sandbox as _sandbox
else:
    httpx = Later("httpx")
    _client = Later("orange_ordering_client.client")
    _sandbox = Later("orange_ordering_client.sandbox")

__all__ = ["in_process", "ordering", "ordering_sandbox"]

_BASE = "http://127.0.0.1"


@pytest.fixture
def ordering_sandbox() -> _sandbox.Sandbox:
    """An Ordering API in memory."""
    from orange_ordering_client.sandbox import Sandbox

    return Sandbox(check_answers=True)


@pytest.fixture
def ordering(ordering_sandbox: _sandbox.Sandbox) -> _client.OrderingClient:
    """A client of `ordering_sandbox`.

    Not an async fixture, so that it does not matter which plugin runs async tests; and as no socket is opened, none is
    left open. `async with ordering:` closes it all the same.
    """
    from orange_ordering_client.client import OrderingClient

    return OrderingClient(
        **_settings(ordering_sandbox.environment(_BASE)),
        http_client=in_process(ordering_sandbox),
    )


def in_process(sandbox: _sandbox.Sandbox) -> httpx.AsyncClient:
    """Make an HTTP client that calls a sandbox directly; a dropped connection is an `httpx.ReadError` there, too."""
    import httpx

    from orange_ordering_client.sandbox import ConnectionDropped

    class InProcess(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                return await super().handle_async_request(request)
            except ConnectionDropped as error:
                raise httpx.ReadError(str(error), request=request) from error

    return httpx.AsyncClient(transport=InProcess(app=sandbox.app))


def _settings(environment: dict[str, str]) -> dict[str, Any]:
    names = {
        "ORANGE_CLIENT_ID": "client_id",
        "ORANGE_CLIENT_SECRET": "client_secret",
        "ORANGE_API_KEY": "api_key",
        "ORANGE_ORDERING_BASE_URL": "base_url",
        "ORANGE_OAUTH_TOKEN_URL": "token_url",
    }
    return {names[variable]: value for variable, value in environment.items()}
