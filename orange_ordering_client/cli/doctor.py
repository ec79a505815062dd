"""The checks of `doctor`: they run in sequence, and each has a finding and a fix."""

from __future__ import annotations

import contextlib
import os
import platform
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import attrs
import httpx

from orange_ordering_client._version import __version__
from orange_ordering_client.cli.failures import DONE, REFUSED, USAGE, code_of, sentence_of
from orange_ordering_client.cli.options import client
from orange_ordering_client.client import OrderingClient
from orange_ordering_client.errors import NotFound, OrderingError, TokenError
from orange_ordering_client.settings import DEFAULT_BASE_URL, DEFAULT_TOKEN_URL
from orange_ordering_client.transport.pool import pooled_client

__all__ = ["Check", "examine"]

_SKEW: Final = 60.0
"""Accepted error of this machine's clock in seconds; tokens and signatures of other systems tolerate about as much."""
_EXPIRES_SOON: Final = 14
"""Days of remaining validity below which a certificate causes a warning."""
_EXTRAS: Final = {"sandbox": "uvicorn", "validate": "regress", "intents": "filelock", "aiohttp": "aiohttp"}
_CREDENTIALS: Final = ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY")


@attrs.frozen
class Check:
    """The result of one check.

    Attributes:
        name: name of the check.
        state: outcome of the check.
        found: text of the finding.
        fix: what to do; None if there is nothing to do.
        code: exit code for this result.
    """

    name: str
    state: Literal["ok", "warning", "fault", "skipped"]
    found: str
    fix: str | None = None
    code: int = DONE

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        fix = {} if self.fix is None else {"fix": self.fix}
        return {"name": self.name, "state": self.state, "found": self.found, **fix}


async def examine(language: str | None, timeout: float | None) -> list[Check]:
    """Run the checks; a check that depends on a failed one is skipped.

    Args:
        language: value of `--language`.
        timeout: seconds for one call.
    """
    checks = [_versions(), _language(language)]
    try:
        await pooled_client().aclose()
    except OrderingError as error:
        name = "TLS" if "SSL_CERT" in str(error) else "proxy"
        return [*checks, _fault(name, error), *_skipped(f"the {name} settings come first", besides=(name,))]
    try:
        ordering = client("en", timeout)
    except OrderingError as error:
        return [*checks, _fault("settings", error), *_skipped("the settings come first", besides=("settings",))]
    async with ordering:
        checks.append(_settings())
        proxy = _proxy()
        checks.append(proxy)
        if proxy.state == "fault":
            return [*checks, *_skipped("the proxy settings come first", besides=("proxy", "settings"))]
        seen: list[datetime] = []
        hosts = {urlsplit(url).netloc: (variable, url) for variable, url in reversed(_addresses())}
        checks += [await _reached(variable, url, seen) for variable, url in reversed(hosts.values())]
        checks.append(_clock(seen))
        checks += await _asked(ordering)
    return checks


def _skipped(why: str, *, besides: Sequence[str]) -> list[Check]:
    names = ("settings", "proxy", "TLS", "clock", "token", "key", "API")
    return [Check(name, "skipped", why) for name in names if name not in besides]


def _versions() -> Check:
    extras = [name for name, module in _EXTRAS.items() if find_spec(module) is not None]
    found = (
        f"orange-ordering-client {__version__}, Python {platform.python_version()}, httpx {version('httpx')},"
        f" {ssl.OPENSSL_VERSION}; extras: {', '.join(extras) or 'none'}"
    )
    return Check("versions", "ok", found)


def _language(option: str | None) -> Check:
    value = option or os.environ.get("ORANGE_ACCEPT_LANGUAGE", "").strip()
    if value in ("", "en", "fr"):
        return Check("language", "ok", value or "en (nothing is set)")
    found = f"ORANGE_ACCEPT_LANGUAGE is {value[:20]!r}"
    return Check("language", "fault", found, "The API speaks en and fr: set one of them, or unset it.", USAGE)


def _settings() -> Check:
    names = ", ".join(_CREDENTIALS)
    where = "; ".join(f"{variable} {url}" for variable, url in _addresses())
    return Check("settings", "ok", f"{names} are set; {where}")


def _addresses() -> list[tuple[str, str]]:
    pairs = (("ORANGE_ORDERING_BASE_URL", DEFAULT_BASE_URL), ("ORANGE_OAUTH_TOKEN_URL", DEFAULT_TOKEN_URL))
    return [(variable, os.environ.get(variable, "").strip() or default) for variable, default in pairs]


def _proxy() -> Check:
    proxies = getproxies()
    used: list[str] = []
    for _, url in _addresses():
        parts = urlsplit(url)
        kind = parts.scheme if proxies.get(parts.scheme) else "all"
        address = proxies.get(kind)
        if parts.scheme == "https" and address and not proxy_bypass(parts.netloc):
            # Only host and port are shown, because the address may contain a password.
            try:
                proxy = urlsplit(address if "://" in address else f"http://{address}")
                used.append(f"{parts.hostname} through {proxy.hostname}:{proxy.port or proxy.scheme}")
            except ValueError:
                variable = f"{kind}_proxy" if f"{kind}_proxy" in os.environ else f"{kind.upper()}_PROXY"
                found = f"{variable} in the environment is no URL of a proxy"
                return Check(
                    "proxy", "fault", found, "Give http://host:port, https://host:port or socks5://host:port.", USAGE
                )
    return Check("proxy", "ok", "; ".join(used) or "none is used for these addresses")


async def _reached(variable: str, url: str, seen: list[datetime]) -> Check:
    """Open a connection as the SDK does, without credentials; any response counts as success."""
    parts = urlsplit(url)
    name = f"TLS to {parts.netloc}"
    try:
        async with pooled_client() as http, http.stream("GET", url, timeout=10.0) as answer:
            if "date" in answer.headers:
                with contextlib.suppress(ValueError, OverflowError):
                    seen.append(parsedate_to_datetime(answer.headers["date"]).astimezone(UTC))
            stream = answer.extensions.get("network_stream")
            secured = stream.get_extra_info("ssl_object") if stream is not None else None
            return _secured(name, secured)
    except httpx.HTTPError as error:
        said = f"{parts.hostname} cannot be reached: {type(error).__name__} ({error})"
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            fix = (
                "If a proxy of your company replaces certificates, set SSL_CERT_FILE to a PEM file with its authority."
            )
            return Check(name, "fault", said, fix, USAGE)
        fix = f"Check the network, the proxy (HTTPS_PROXY, NO_PROXY), and the address ({variable})."
        return Check(name, "fault", said, fix, REFUSED)


def _secured(name: str, connection: Any) -> Check:
    if connection is None:
        return Check(name, "ok", "reached, not encrypted: allowed to this machine only")
    certificate: dict[str, Any] = connection.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(certificate["notAfter"])
    days = int((ends - datetime.now(UTC).timestamp()) / 86400)
    found = f"{connection.version()}, certificate valid for {days} more days"
    if days < _EXPIRES_SOON:
        return Check(name, "warning", found, "It expires soon: ask whoever runs that host to renew it.")
    return Check(name, "ok", found)


def _clock(seen: list[datetime]) -> Check:
    if not seen:
        return Check("clock", "skipped", "no answer had a date")
    skew = (datetime.now(UTC) - seen[-1]).total_seconds()
    found = f"differs from the server's by {abs(skew):.0f} s"
    if abs(skew) > _SKEW:
        ahead = "ahead" if skew > 0 else "behind"
        return Check(
            "clock", "warning", f"{found} ({ahead})", "Let NTP set this machine's clock (timedatectl set-ntp true)."
        )
    return Check("clock", "ok", found)


async def _asked(ordering: OrderingClient) -> list[Check]:
    """Call an operation that needs a token, then operations that need the API key, too."""
    checks: list[Check] = []

    async def ask(name: str, question: Callable[[], Awaitable[str]]) -> bool:
        try:
            checks.append(Check(name, "ok", await question()))
        except NotFound:
            checks.append(Check(name, "skipped", "this API does not tell"))
        except OrderingError as error:
            checks.append(_fault(name, error))
            return False
        return True

    async def token() -> str:
        answer = await ordering.service.status()
        return f"granted; the API says {answer.status or 'nothing about its state'}"

    async def key() -> str:
        owner = await ordering.service.me()
        return f"of {owner.login or owner.id or 'an owner without a name'}, {owner.type or 'type unknown'}"

    async def api() -> str:
        answer = (await ordering.service.version()).to_dict()
        number = ".".join(str(part) for part in answer.get("version", {}).values())
        return f"version {number or 'unknown'}{', deprecated' if answer.get('deprecated') else ''}"

    if await ask("token", token):
        await ask("key", key)
        await ask("API", api)
    else:
        checks += [Check(name, "skipped", "the token comes first") for name in ("key", "API")]
    return checks


def _fault(name: str, error: OrderingError) -> Check:
    text = sentence_of(error)
    first, _, rest = text.partition(". ")
    code = USAGE if isinstance(error, TokenError) else code_of(error)
    return Check(name, "fault", first, rest or text, code)
