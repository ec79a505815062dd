"""Recording what goes over the wire, scrubbed, as files that can be checked and committed."""

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

# What says something about the answer. Everything else, cookies first of all, stays out.
_HEADERS: Final = (
    "allow", "content-language", "content-type", "retry-after", "x-result-count", "x-total-count",
)  # fmt: skip
_SECRET_VARIABLES = ("client_id", "client_secret", "api_key")
_LONGEST_TEXT = 10_000


class Recorder:
    """Writes every answer that a client gets, with the call that it answers, into a directory.

    Hand its `hooks` to a client, or itself as `on_response` of hooks of your own. Credentials and tokens of the client,
    and headers and cookies that may hold a secret, are never written, in whatever spelling an answer repeats them;
    person data is scrubbed unless told otherwise. Equal exchanges share a file, so polling adds none.

    Args:
        directory: where to; made if it is not there.
        personal: keep person data. What is recorded then is as confidential as the orders themselves.
        secrets: more texts to take out, besides those of the client that calls and those that the environment names.
        keep: at most so many files; further exchanges are not written.

    Raises:
        ConfigurationError: the directory cannot be made or written to.
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
        """For `OrderingClient(hooks=...)`."""
        return Hooks(on_response=self)

    async def __call__(self, record: ResponseRecord) -> None:
        """Write one exchange; called by the client."""
        await asyncio.to_thread(self.write, record)

    def write(self, record: ResponseRecord) -> Path | None:
        """Write one exchange.

        Returns:
            Its file; None if there are `keep` already.
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
        # Names of the request may stand in texts of the response, and the other way round.
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
            text=scrub.text(exchange.text)[:_LONGEST_TEXT],
        )


def _name(exchange: Exchange, text: str) -> str:
    operation = re.sub(r"[^A-Za-z0-9._-]+", "-", exchange.operation).strip("-.")[:80]
    return f"{operation}-{exchange.status}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"


def _write(path: Path, text: str) -> None:
    # Whole or not at all, also when several clients record the same at once.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)
