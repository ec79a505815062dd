"""Records requests and responses as files, without secrets and person data."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from orange_ordering_client.contract.exchanges import ABSENT, Exchange
from orange_ordering_client.contract.scrub import Scrubber
from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.hooks import Hooks, ResponseRecord
from orange_ordering_client.secrets import header_secrets
from orange_ordering_client.settings import VARIABLES

__all__ = ["Recorder"]

# All other headers, such as cookies, are not recorded.
_HEADERS: Final = (
    "allow", "content-language", "content-type", "retry-after", "x-result-count", "x-total-count",
)  # fmt: skip
_SECRET_VARIABLES = ("client_id", "client_secret", "api_key")
_LONGEST_TEXT = 10_000


class Recorder:
    """Writes every response that a client receives, with its request, into a directory.

    Pass its `hooks` to a client, or the recorder itself as `on_response` of your own hooks. Credentials and tokens of
    the client, and headers and cookies that may contain a secret, are never written, even if a response repeats them in
    another encoding. Person data is replaced by default. Equal exchanges share a file, so polling adds none.

    Args:
        directory: where to write; it is created if it does not exist.
        personal: keep person data; the files are then as confidential as the orders themselves.
        secrets: further texts to replace, besides the secrets of the client and of the environment variables.
        keep: the number of files at most; further exchanges are not written.

    Raises:
        ConfigurationError: the directory cannot be created or written to.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        personal: bool = False,
        secrets: Iterable[str] = (),
        keep: int = 1000,
    ) -> None:
        self.directory = Path(directory)
        self.keep = keep
        known = [os.environ.get(VARIABLES[name], "").strip() for name in _SECRET_VARIABLES]
        self._secrets = (*secrets, *known)
        self._personal = personal
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.directory).close()
        except OSError as error:
            why = error.strerror or error
            raise ConfigurationError(f"Exchanges cannot be recorded in {self.directory}: {why}.") from None

    @property
    def hooks(self) -> Hooks:
        """Hooks for `OrderingClient(hooks=...)`."""
        return Hooks(on_response=self)

    async def __call__(self, record: ResponseRecord) -> None:
        """Write one exchange; the client calls this."""
        await asyncio.to_thread(self.write, record)

    def write(self, record: ResponseRecord) -> Path | None:
        """Write one exchange.

        Returns:
            Its file; None if there are `keep` files already.
        """
        request = record.request
        exchange = self._scrubbed(
            Exchange.of(
                request.operation,
                request.method,
                request.url,
                sent=request.body,
                status=record.status,
                headers=record.headers,
                body=record.body,
            ),
            self._scrubber(record),
        )
        text = exchange.write()
        path = self.directory / _name(exchange, text)
        if not path.exists():
            if sum(1 for _ in self.directory.glob("*.json")) >= self.keep:
                return None
            _write(path, text)
        return path

    def _scrubber(self, record: ResponseRecord) -> Scrubber:
        cookies = header_secrets({"cookie": record.headers.get("set-cookie", "")})
        return Scrubber([*self._secrets, *record.request.secrets.reveal(), *cookies], personal=not self._personal)

    def _scrubbed(self, exchange: Exchange, scrubber: Scrubber) -> Exchange:
        # Texts of the response can contain names of the request, and the reverse.
        scrub = scrubber.learning(*(body for body in (exchange.sent, exchange.received) if body is not ABSENT))
        return Exchange(
            operation=scrub.path(exchange.operation),
            method=exchange.method,
            path=scrub.path(exchange.path),
            query=scrub.query(dict(exchange.query)),
            sent=ABSENT if exchange.sent is ABSENT else scrub.body(exchange.sent),
            status=exchange.status,
            headers={name: scrub.text(value) for name, value in exchange.headers.items() if name in _HEADERS},
            received=ABSENT if exchange.received is ABSENT else scrub.body(exchange.received),
            text=scrub.document(exchange.text)[:_LONGEST_TEXT],
        )


def _name(exchange: Exchange, text: str) -> str:
    operation = re.sub(r"[^A-Za-z0-9._-]+", "-", exchange.operation).strip("-.")[:80]
    return f"{operation}-{exchange.status}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"


def _write(path: Path, text: str) -> None:
    # Readers never see half a file, even if several clients write the same one at once.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)
