"""Options of a client, and the environment variables that set them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final, Literal, cast, get_args
from urllib.parse import SplitResult, urlsplit

import attrs

from orange_ordering_client.checks import check_seconds
from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.pagination.prefetch import DEFAULT_WIDTH, check_width
from orange_ordering_client.retry import RetryPolicy
from orange_ordering_client.secrets import Secret
from orange_ordering_client.text import safe_repr

__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_LANGUAGE",
    "DEFAULT_SCOPE",
    "DEFAULT_TIMEOUT",
    "DEFAULT_TOKEN_URL",
    "IS_WORKER",
    "CallOptions",
    "Language",
    "Settings",
    "check_headers",
    "check_language",
    "environment",
    "how_to_set",
]

DEFAULT_BASE_URL: Final = "https://api.orange.com/ordering/b2b/v3"  # FACTS G3
DEFAULT_TOKEN_URL: Final = "https://api.orange.com/oauth/v3/token"  # noqa: S105 -- an address, no secret; FACTS G3
DEFAULT_SCOPE: Final = "b2b:ordering"  # FACTS P3
DEFAULT_LANGUAGE: Final = "en"
DEFAULT_TIMEOUT: Final = 60.0
"""Seconds."""

VARIABLES: Final = {
    "client_id": "ORANGE_CLIENT_ID",
    "client_secret": "ORANGE_CLIENT_SECRET",
    "api_key": "ORANGE_API_KEY",
    "base_url": "ORANGE_ORDERING_BASE_URL",
    "token_url": "ORANGE_OAUTH_TOKEN_URL",
    "scope": "ORANGE_ORDERING_SCOPE",
    "language": "ORANGE_ACCEPT_LANGUAGE",
}
IS_WORKER: Final = "ORANGE_ORDERING_VALIDATION_WORKER"
"""Variable that is set in validation workers, which make no client."""

Language = Literal["en", "fr"]  # FACTS P3: only these two.
_IN_HEADERS = frozenset(map(chr, range(0x21, 0x7F)))
_IN_SCOPES = _IN_HEADERS - frozenset('"\\')  # RFC 6749, section 3.3
_IN_NAMES = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)  # RFC 9110, 5.6.2
_OWN_HEADERS = frozenset(
    (
        *("authorization", "x-api-key", "cookie", "host", "user-agent"),
        *("accept", "accept-language", "accept-encoding", "accept-charset"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding"),
        *("connection", "keep-alive", "te", "trailer", "upgrade", "expect", "http2-settings"),
    )
)
_IN_IPV4 = frozenset("0123456789.")
_IN_URLS = _IN_HEADERS - frozenset('"<>\\^`{|}')  # RFC 3986, section 2; urlsplit accepts more


@attrs.frozen(kw_only=True, repr=False)
class CallOptions:
    """Options of one view of a client.

    Args:
        language: `en` or `fr`, sent as `Accept-Language`.
        timeout: seconds that one logical call may take, including pauses and retries.
        retry: retry policy; None turns retries off.
        fetch_ahead: pages of a list that are requested or in memory at once, 1 to 8; 1 reads the pages in sequence.
        headers: headers sent with every call, such as a correlation id, except those that the SDK sets itself.

    Raises:
        InvalidArgument: an option is unusable.
    """

    language: Language = DEFAULT_LANGUAGE
    timeout: float = DEFAULT_TIMEOUT
    retry: RetryPolicy | None = attrs.field(factory=RetryPolicy)
    fetch_ahead: int = DEFAULT_WIDTH
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)

    def __attrs_post_init__(self) -> None:
        # Types are checked here, because most callers use no type checker, and a wrong value fails far from its cause.
        retry = _untyped(self.retry)
        check_language(self.language)
        check_seconds("timeout", self.timeout)
        if retry is not None and not isinstance(retry, RetryPolicy):
            raise InvalidArgument(f"retry is {type(retry).__name__}; give a RetryPolicy, or None to turn retrying off.")
        check_width(self.fetch_ahead)
        check_headers(self.headers)


def check_language(language: object) -> None:
    """Check a language.

    Raises:
        InvalidArgument: the API does not support the language.
    """
    if language not in get_args(Language):
        raise InvalidArgument(f"language is {safe_repr(language)}; the API speaks 'en' and 'fr'.")


def check_headers(headers: object) -> dict[str, str]:
    """Check headers that a user adds to a call, and return them with lower-case names.

    Raises:
        InvalidArgument: a name or value is unusable, or the SDK sets that header itself. The message shows no value.
    """
    if not isinstance(headers, Mapping):
        raise InvalidArgument(f"headers must be a mapping of text to text, not {type(headers).__name__}.")
    checked: dict[str, str] = {}
    for name, value in cast("Mapping[object, object]", headers).items():
        if not isinstance(name, str) or not name or not _IN_NAMES.issuperset(name):
            raise InvalidArgument(f"headers has the name {safe_repr(name)}, which no header can have.")
        lower = name.lower()
        if lower in _OWN_HEADERS or lower.startswith("proxy-"):
            raise InvalidArgument(f"headers has {name!r}, which the SDK sets itself.")
        if lower in checked:
            raise InvalidArgument(f"headers has {name!r} twice, in different case.")
        # Servers differ in how they read tabs and text outside ASCII (RFC 9110, section 5.5).
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value != value.strip():
            raise InvalidArgument(f"headers[{name!r}] must be printable ASCII text without space around it.")
        checked[lower] = value
    return checked


@attrs.frozen(kw_only=True, eq=False)
class Settings:
    """Credentials and addresses of a client.

    Raises:
        ConfigurationError: a setting is missing or unusable; the message names its variable.
    """

    client_id: str = attrs.field(repr=False)
    client_secret: Secret
    api_key: Secret
    base_url: str = DEFAULT_BASE_URL
    token_url: str = DEFAULT_TOKEN_URL
    scope: str = DEFAULT_SCOPE

    @classmethod
    def of(
        cls,
        *,
        client_id: str | None,
        client_secret: str | None,
        api_key: str | None,
        base_url: str | None = None,
        token_url: str | None = None,
        scope: str | None = None,
    ) -> Settings:
        """Check the options of a user, and return the settings; None means the default, if there is one."""
        if IS_WORKER in os.environ:
            # Without this, a program that is started instead of a Python interpreter would place its orders again.
            raise ConfigurationError(
                f"This program was started in place of a validation worker: {sys.executable} is no Python interpreter."
                " Pass validate=False to submit."
            )
        _require(client_id=client_id, client_secret=client_secret, api_key=api_key)
        return cls(
            client_id=_credential("client_id", client_id, _no_colon),
            client_secret=Secret(_credential("client_secret", client_secret)),
            api_key=Secret(_credential("api_key", api_key, _header_safe)),
            base_url=_url("base_url", DEFAULT_BASE_URL if base_url is None else base_url),
            token_url=_url("token_url", DEFAULT_TOKEN_URL if token_url is None else token_url),
            scope=_scope(DEFAULT_SCOPE if scope is None else scope),
        )


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Read the settings of the environment by option name; empty variables count as unset.

    Args:
        variables: environment variables; None means `os.environ`.
    """
    source = os.environ if variables is None else variables
    return {option: source[name].strip() for option, name in VARIABLES.items() if source.get(name, "").strip()}


def _untyped(value: object) -> object:
    return value


def how_to_set(option: str) -> str:
    """Return a sentence that says how to set an option."""
    return f"Set {VARIABLES[option]} in the environment, or pass {option}=."


def _require(**credentials: object) -> None:
    """Raise one error that names all missing credentials."""
    missing = [option for option, value in credentials.items() if value is None or value == ""]
    if not missing:
        return
    if len(missing) == 1:
        text = f"{missing[0]} is missing. {how_to_set(missing[0])}"
    else:
        variables = ", ".join(VARIABLES[option] for option in missing)
        arguments = ", ".join(f"{option}=" for option in missing)
        text = f"{', '.join(missing)} are missing. Set {variables} in the environment, or pass {arguments}."
    if not set(missing) - environment().keys():
        text += " They are set in the environment: OrderingClient.from_env() reads them, the constructor does not."
    raise ConfigurationError(text)


def _text(option: str, value: object) -> str:
    if value is None or value == "":
        raise ConfigurationError(f"{option} is empty. {how_to_set(option)}")
    if not isinstance(value, str):
        raise ConfigurationError(f"{option} must be text, not {type(value).__name__}. {how_to_set(option)}")
    return value


def _credential(option: str, value: object, *checks: Callable[[str], str | None]) -> str:
    text = _text(option, value)
    for check in checks:
        if fault := check(text):
            # The value is not shown, because it is a secret or part of a credential.
            raise ConfigurationError(f"{option} {fault}. {how_to_set(option)}")
    return text


def _header_safe(text: str) -> str | None:
    return None if _IN_HEADERS.issuperset(text) else "has spaces, line breaks or characters that no header can carry"


def _no_colon(text: str) -> str | None:
    return "has a colon, which HTTP Basic cannot carry (RFC 7617)" if ":" in text else None


def _scope(value: object) -> str:
    text = _text("scope", value)
    if not all(name and _IN_SCOPES.issuperset(name) for name in text.split(" ")):
        raise ConfigurationError(f"scope is {text!r}; give names separated by single spaces. {how_to_set('scope')}")
    return text


def _url(option: str, value: object) -> str:
    text = _text(option, value)
    try:
        parts = urlsplit(text)
        host, _ = _host(parts), parts.port
    except ValueError:
        parts, host = None, None
    # A URL may contain a password, so an invalid one is not shown.
    if parts is None or parts.scheme not in ("https", "http") or not host or not _IN_URLS.issuperset(text):
        raise ConfigurationError(f"{option} is not a URL such as https://api.orange.com/... {how_to_set(option)}")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{option} carries a user name or password; credentials have options of their own.")
    # Not only where something follows the mark: a path is appended to this URL.
    if not {"?", "#"}.isdisjoint(text):
        raise ConfigurationError(f"{option} has a query or fragment; leave off everything from '?' or '#'.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(f"{option} is not encrypted; use https:// (http:// only goes to this machine itself).")
    return text.rstrip("/")


def _host(parts: SplitResult) -> str | None:
    """Return the host of a URL; urlsplit accepts addresses that httpx rejects.

    Raises:
        ValueError: it looks like an IP address, and is none.
    """
    host = parts.hostname
    _, bracket, rest = parts.netloc.rpartition("]")
    if rest and bracket and not rest.startswith(":"):
        raise ValueError("text behind an address")
    if host and (bracket or (_IN_IPV4.issuperset(host) and host.count(".") == 3)):
        ip_address(host)
    return host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
