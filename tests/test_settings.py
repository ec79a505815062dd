"""settings: options and environment, and what is said of those that are missing or unusable."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.settings import (
    DEFAULT_BASE_URL,
    DEFAULT_SCOPE,
    DEFAULT_TOKEN_URL,
    CallOptions,
    Secret,
    Settings,
    environment,
)

GIVEN: dict[str, Any] = {"client_id": "id", "client_secret": "s3cret", "api_key": "k3y"}


def test_what_is_not_given_is_oranges_production() -> None:
    settings = Settings.of(**GIVEN)

    assert settings.base_url == DEFAULT_BASE_URL == "https://api.orange.com/ordering/b2b/v3"
    assert settings.token_url == DEFAULT_TOKEN_URL == "https://api.orange.com/oauth/v3/token"
    assert settings.scope == DEFAULT_SCOPE == "b2b:ordering"


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("client_id", "ORANGE_CLIENT_ID"),
        ("client_secret", "ORANGE_CLIENT_SECRET"),
        ("api_key", "ORANGE_API_KEY"),
        ("base_url", "ORANGE_ORDERING_BASE_URL"),
        ("token_url", "ORANGE_OAUTH_TOKEN_URL"),
        ("scope", "ORANGE_ORDERING_SCOPE"),
    ],
)
@pytest.mark.parametrize("value", ["", 5, b"bytes", ["a"]], ids=repr)
def test_an_unusable_setting_is_named_with_how_to_set_it(option: str, variable: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.of(**{**GIVEN, option: value})

    assert str(caught.value).startswith(f"{option} ")
    assert f"Set {variable} in the environment, or pass {option}=." in str(caught.value)


@pytest.mark.parametrize("option", ["client_id", "client_secret", "api_key"])
def test_credentials_have_no_default(option: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} is missing"):
        Settings.of(**{**GIVEN, option: None})


@pytest.mark.parametrize(
    ("option", "value", "fault"),
    [
        ("api_key", "k3y planted", "has spaces, line breaks"),
        ("api_key", "planted\r\nX-Evil: 1", "has spaces, line breaks"),
        ("api_key", "planted\u00e9", "has spaces, line breaks"),
        ("client_id", "planted:id", "has a colon"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_without_being_shown(option: str, value: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault) as caught:
        Settings.of(**{**GIVEN, option: value})

    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("secret", ["p:w", "pass word", "motd\u00e9passe", "\u2713"])
def test_a_secret_may_hold_what_http_basic_can_carry(secret: str) -> None:
    assert Settings.of(**{**GIVEN, "client_secret": secret}).client_secret.reveal() == secret


@pytest.mark.parametrize("scope", [" ", "a  b", " a", "a ", 'a"b', "a\\b", "a\nb", "\u00e9"])
def test_a_scope_that_is_none_is_refused(scope: str) -> None:
    with pytest.raises(ConfigurationError, match="scope is"):
        Settings.of(**{**GIVEN, "scope": scope})


@pytest.mark.parametrize("scope", ["b2b:ordering", "b2b:ordering:readonly", "a b c"])
def test_scopes_are_names_separated_by_spaces(scope: str) -> None:
    assert Settings.of(**{**GIVEN, "scope": scope}).scope == scope


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example/v3", "https://api.example/v3"),
        ("https://api.example/v3/", "https://api.example/v3"),
        ("https://api.example", "https://api.example"),
        ("https://api.example:8443/v3", "https://api.example:8443/v3"),
        ("http://localhost:8787/v3", "http://localhost:8787/v3"),
        ("http://127.0.0.1:1/v3", "http://127.0.0.1:1/v3"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8787", "http://[::1]:8787"),
        ("HTTP://LOCALHOST", "HTTP://LOCALHOST"),
    ],
)
@pytest.mark.parametrize("option", ["base_url", "token_url"])
def test_an_address_is_https_or_http_to_this_machine(option: str, url: str, kept: str) -> None:
    assert getattr(Settings.of(**{**GIVEN, option: url}), option) == kept


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://api.orange.com/v3", "is not encrypted"),
        ("http://localhost.evil.example", "is not encrypted"),
        ("http://127.0.0.1.evil.example", "is not encrypted"),
        ("http://0.0.0.0", "is not encrypted"),
        ("http://10.0.0.1", "is not encrypted"),
        ("http://2130706433", "is not encrypted"),
        ("http://127.0.0.1@evil.example", "user name or password"),
        ("https://me:s3cret@api.example", "user name or password"),
        ("https://@api.example", "user name or password"),
        ("https://api.example?x=s3cret", "query or fragment"),
        ("https://api.example/#s3cret", "query or fragment"),
        ("https://api.example/v3?", "query or fragment"),
        ("https://api.example/v3#", "query or fragment"),
        ("ftp://api.example", "is not a URL"),
        ("api.orange.com", "is not a URL"),
        ("https://", "is not a URL"),
        ("https:///v3", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://[fe80::1]x/", "is not a URL"),
        ("https://[v1.x]/", "is not a URL"),
        ("https://999.1.1.1/x", "is not a URL"),
        ("https://api.example:port", "is not a URL"),
        ("https://api.example:99999", "is not a URL"),
        ("https://api.\u00e9xample", "is not a URL"),
        ("https://api.example/a b", "is not a URL"),
        (" https://api.example", "is not a URL"),
        ("https://api.example\n", "is not a URL"),
        ("https://api.exa\tmple/", "is not a URL"),
        ("https://api.example/\x00", "is not a URL"),
        ("https://api.example\\v3", "is not a URL"),
        ("https://api.example/{id}", "is not a URL"),
    ],
)
@pytest.mark.parametrize("option", ["base_url", "token_url"])
def test_an_unusable_address_is_refused_without_its_secrets_being_shown(option: str, url: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} .*{fault}") as caught:
        Settings.of(**{**GIVEN, option: url})

    assert "s3cret" not in str(caught.value)


@given(st.text("a.-_1927[]:%?#/@", max_size=24))
def test_an_address_that_is_accepted_can_be_used_and_its_path_stays(rest: str) -> None:
    try:
        settings = Settings.of(**{**GIVEN, "base_url": f"https://{rest}"})
    except ConfigurationError:
        return
    called = httpx.URL(settings.base_url + "/requests?offset=0")
    assert called.path.endswith("/requests")
    assert called.query == b"offset=0"


def test_settings_show_no_credentials() -> None:
    shown = repr(Settings.of(client_id="plantedid", client_secret="plantedsecret", api_key="plantedkey"))

    assert "planted" not in shown
    assert DEFAULT_BASE_URL in shown


# ---- the environment ----

ALL = {
    "ORANGE_CLIENT_ID": "id",
    "ORANGE_CLIENT_SECRET": "s3cret",
    "ORANGE_API_KEY": "k3y",
    "ORANGE_ORDERING_BASE_URL": "https://b",
    "ORANGE_OAUTH_TOKEN_URL": "https://t",
    "ORANGE_ORDERING_SCOPE": "s",
    "ORANGE_ACCEPT_LANGUAGE": "fr",
}


def test_each_option_has_its_variable() -> None:
    assert environment(ALL) == {
        "client_id": "id",
        "client_secret": "s3cret",
        "api_key": "k3y",
        "base_url": "https://b",
        "token_url": "https://t",
        "scope": "s",
        "language": "fr",
    }


def test_empty_variables_count_as_unset_and_blanks_around_a_value_are_dropped() -> None:
    assert environment({"ORANGE_CLIENT_ID": "", "ORANGE_API_KEY": "  ", "ORANGE_CLIENT_SECRET": " s \n"}) == {
        "client_secret": "s"
    }


def test_the_process_environment_is_read_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment() == {}
    monkeypatch.setenv("ORANGE_API_KEY", "k")

    assert environment() == {"api_key": "k"}


# ---- options of a view ----


@pytest.mark.parametrize("language", ["de", "EN", "", None, 5, [], "fr-FR"])
def test_only_two_languages_are_spoken(language: Any) -> None:
    with pytest.raises(InvalidArgument, match="language is"):
        CallOptions(language=language)


@pytest.mark.parametrize("timeout", [0, -1, math.nan, math.inf, True, "5", None, pytest.param(10**400, id="huge")])
def test_a_timeout_is_a_number_of_seconds_above_zero(timeout: Any) -> None:
    with pytest.raises(InvalidArgument, match="timeout is"):
        CallOptions(timeout=timeout)


@pytest.mark.parametrize("retry", [3, True, "no", {}, RetryPolicy])
def test_retry_is_a_policy_or_none(retry: Any) -> None:
    with pytest.raises(InvalidArgument, match="give a RetryPolicy, or None"):
        CallOptions(retry=retry)


def test_what_is_not_said_is_english_a_minute_and_four_attempts() -> None:
    assert CallOptions() == CallOptions(language="en", timeout=60.0, retry=RetryPolicy(max_attempts=4))
    assert CallOptions(retry=None, timeout=5).retry is None


# ---- secrets ----


def test_a_secret_shows_itself_to_nobody_but_who_asks() -> None:
    secret = Secret("s3cret")

    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r}", repr([secret])):
        assert "s3cret" not in text
    assert secret.reveal() == "s3cret"
    assert secret.prefixed("Bearer ").reveal() == "Bearer s3cret"
    assert "s3cret" not in repr(secret.prefixed("Bearer "))


def test_a_secret_cannot_be_written_anywhere() -> None:
    for write in (pickle.dumps, copy.deepcopy, copy.copy, json.dumps):
        with pytest.raises(TypeError):
            write(Secret("s3cret"))


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_all_missing_credentials_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.of(client_id=None, client_secret="s", api_key="")

    assert str(caught.value) == (
        "client_id, api_key are missing. Set ORANGE_CLIENT_ID, ORANGE_API_KEY in the environment,"
        " or pass client_id=, api_key=."
    )


def test_credentials_that_are_in_the_environment_point_to_from_env(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY"):
        monkeypatch.setenv(name, "planted")

    with pytest.raises(ConfigurationError, match=r"OrderingClient\.from_env\(\) reads them") as caught:
        Settings.of(client_id=None, client_secret=None, api_key=None)

    assert "planted" not in str(caught.value)
