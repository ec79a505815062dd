"""Whatever the caller or the environment gives, only exceptions of this SDK come out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orange_ordering_client import Hooks, OrderingClient, OrderingError, RetryPolicy
from orange_ordering_client.settings import VARIABLES
from tests.calls import API_KEY, CLIENT_ID, SECRET

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": SECRET, "api_key": API_KEY}
REFUSED = "http://127.0.0.1:1"
"""Nothing listens on port 1 of this machine."""

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
    st.builds(object),
)
OPTIONS = [
    *CREDENTIALS,
    "base_url",
    "token_url",
    "scope",
    "language",
    "timeout",
    "retry",
    "fetch_ahead",
    "http_client",
    "hooks",
]
paths = st.text(st.characters(exclude_categories=[]), max_size=30)


@pytest.fixture(scope="module")
def http() -> httpx.AsyncClient:
    """For clients that are made by the thousand: reading the certificates of the system takes most of the time."""
    return httpx.AsyncClient()


@pytest.mark.parametrize("option", OPTIONS)
@given(value=anything)
def test_a_constructor_option_of_any_kind_is_taken_or_refused(option: str, value: Any, http: httpx.AsyncClient) -> None:
    own = {} if option == "timeout" else {"http_client": http}
    options: dict[str, Any] = {**CREDENTIALS, **own, option: value}
    try:
        OrderingClient(**options)
    except OrderingError as error:
        refused = error
    else:
        return
    assert str(refused).isprintable()


@pytest.mark.parametrize("variable", [*VARIABLES.values()])
@given(value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_variable_of_any_text_is_taken_or_refused(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    for option, name in VARIABLES.items():
        if option in CREDENTIALS:
            monkeypatch.setenv(name, CREDENTIALS[option])
    monkeypatch.setenv(variable, value)
    try:
        OrderingClient.from_env(http_client=http)
    except OrderingError as error:
        refused = error
    else:
        return
    assert str(refused).isprintable()


@given(path=paths)
@settings(max_examples=60, deadline=None)
async def test_an_address_of_any_text_fails_as_an_error_of_this_sdk(path: str) -> None:
    with pytest.raises(OrderingError) as raised:
        async with OrderingClient(
            **CREDENTIALS, base_url=f"{REFUSED}/{path}", token_url=f"{REFUSED}/{path}", retry=None, timeout=5
        ) as ordering:
            await ordering.requests.get("3-1")
    assert str(raised.value).isprintable()


@given(text=paths, number=st.integers() | st.floats())
@settings(max_examples=100, deadline=None)
async def test_arguments_of_any_value_fail_as_errors_of_this_sdk(text: str, number: float) -> None:
    untyped: Any = number
    async with OrderingClient(
        **CREDENTIALS, base_url=REFUSED, token_url=REFUSED, retry=None, timeout=5, hooks=Hooks()
    ) as ordering:
        for call in (
            lambda: ordering.requests.get(text),
            lambda: ordering.requests.get(untyped),
            lambda: ordering.requests.list(customer_reference=text),
            lambda: ordering.requests.list(limit=untyped),
            lambda: ordering.requests.create({"customerReference": text, "type": number}),  # type: ignore[arg-type]  # wrong on purpose
            lambda: ordering.requests.submit({"customerReference": text, "type": "X"}),  # type: ignore[arg-type]  # wrong on purpose
        ):
            with pytest.raises(OrderingError) as raised:
                await call()  # type: ignore[no-untyped-call]  # a table of calls
            assert str(raised.value).isprintable()


@pytest.mark.parametrize("name", ["max_attempts", "first_delay", "max_delay", "attempt_timeout"])
@given(value=anything)
def test_a_retry_policy_of_any_kind_is_taken_or_refused(name: str, value: Any) -> None:
    try:
        RetryPolicy(**{name: value})
    except OrderingError as error:
        refused = error
    else:
        return
    assert str(refused).isprintable()
