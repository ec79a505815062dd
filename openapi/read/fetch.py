"""Reading a description from a file, a URL or the API, with limits of time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from openapi.read.errors import UnusableDescription
from openapi.read.parse import MAX_BYTES, read

if TYPE_CHECKING:
    import httpx

__all__ = ["LIVE", "SECONDS", "fetch", "without_secrets"]

LIVE = "live"
SECONDS = 60.0
_REDIRECTS = 5


def fetch(spec: str, *, seconds: float = SECONDS, limit: int = MAX_BYTES) -> bytes:
    """Read the bytes of a description.

    Args:
        spec: path of a file, an https URL (http on this machine), or "live" for the one that the configured API serves.
        seconds: time limit for a URL or the API.
        limit: maximum size in bytes.

    Raises:
        UnusableDescription: the description cannot be read; the message says why.
    """
    if not spec.strip():
        raise UnusableDescription("Say which description: SPEC=<file, https URL, or live>.")
    if spec == LIVE:
        return asyncio.run(_in_time(_live(seconds, limit), seconds, "GET /doc"))
    if "://" in spec:
        url = _checked(spec)
        return asyncio.run(_in_time(_download(url, limit), seconds, without_secrets(url)))
    path = Path(spec)
    if path.exists() and not path.is_file():
        raise UnusableDescription(f"{spec} is not a file.")
    return read(path)


async def _in_time(work: Awaitable[bytes], seconds: float, what: str) -> bytes:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise UnusableDescription(f"{what} did not send the whole description within {seconds:g} s.") from None


def _checked(url: str) -> str:
    """Reject a URL without TLS, except on this machine, because code is generated from its content."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UnusableDescription("The URL cannot be read; give one like https://host/path.json.") from None
    if parts.scheme not in ("https", "http") or not host:
        raise UnusableDescription(f"{without_secrets(url)} is not an https URL.")
    if parts.scheme == "http" and not _is_here(host):
        raise UnusableDescription(
            f"{without_secrets(url)} is not encrypted: use https, or download the file and give its path."
        )
    return url


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def without_secrets(url: str) -> str:
    """Return a URL without the parts that may contain a password or a signature."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


async def _download(url: str, limit: int) -> bytes:
    import httpx

    async with httpx.AsyncClient(headers={"Accept": "application/json"}, timeout=None) as http:  # noqa: S113  # _in_time limits the whole
        try:
            for _ in range(_REDIRECTS + 1):
                async with http.stream("GET", url) as response:
                    if response.next_request is None:
                        return await _body(response, limit)
                    url = _checked(str(response.next_request.url))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = " ".join(str(error).split())[:120] or type(error).__name__
            raise UnusableDescription(f"{without_secrets(url)} cannot be fetched: {text}.") from None
    raise UnusableDescription(f"{without_secrets(url)} redirects more than {_REDIRECTS} times.")


async def _body(response: httpx.Response, limit: int) -> bytes:
    shown = without_secrets(str(response.url))
    if response.status_code in (401, 403):
        raise UnusableDescription(
            f"{shown} returned {response.status_code}: it needs a login. Download the file, and give its path."
        )
    if response.status_code != 200:
        raise UnusableDescription(f"{shown} returned {response.status_code}, not 200.")
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > limit:
            raise UnusableDescription(f"{shown} sends more than {limit // 1_000_000} MB: not an API description.")
    return bytes(data)


async def _live(seconds: float, limit: int) -> bytes:
    # Imported here, because the other sources must work even if the client in place is broken.
    try:
        from orange_ordering_client.client import OrderingClient
        from orange_ordering_client.errors import ConfigurationError, OrderingError
    except ImportError as error:
        raise UnusableDescription(f"The client in place cannot be imported ({error}): give a file or URL.") from error
    try:
        async with OrderingClient.from_env(timeout=seconds) as ordering:
            answer = await ordering.send("GET", "/doc")
    except ConfigurationError as error:
        raise UnusableDescription(f"SPEC=live asks the configured API, but: {error}") from None
    except OrderingError as error:
        raise UnusableDescription(f"The API sent no description: {error}") from None
    if len(answer.body) > limit:
        raise UnusableDescription(f"GET /doc sends more than {limit // 1_000_000} MB: not an API description.")
    return answer.body
